"""What pages and REST show of the utility: plain read models, each confined to what its subject may see."""

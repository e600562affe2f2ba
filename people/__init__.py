"""People: accounts, sessions, passwords, groups, rights."""

"""The utility's own rows: customers and contracts, meters and readings, tariffs and invoices."""

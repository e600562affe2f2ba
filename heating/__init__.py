"""The utility's own world: contracts, meters, readings, invoices, and the handlers its processes call."""

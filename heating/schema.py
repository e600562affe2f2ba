"""Every table of the utility: importing this module adds them to those of storage."""

from heating.tables import billing, contracts, metering, terms  # noqa: F401 - declare their tables

"""All tables of the utility in one place, so that migrations see them."""

from sqlalchemy import MetaData

from heating.tables import billing, contracts, metering
from storage.base import Base

TABLES = (billing, contracts, metering)
METADATA: MetaData = Base.metadata
"""The tables of storage and of heating: whoever imports this has them all."""

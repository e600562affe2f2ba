"""Every table of this floor: importing this module fills `Base.metadata`."""

from sqlalchemy import MetaData

from storage import bundles, cases, documents, jobs, people, tasks, tenants
from storage.base import Base

MODULES = (bundles, cases, documents, jobs, people, tasks, tenants)


def metadata() -> MetaData:
    """The tables of `storage`, and of every floor above that has been imported."""
    return Base.metadata

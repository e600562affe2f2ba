"""Every table of this floor: importing this module fills `Base.metadata`."""

from sqlalchemy import MetaData

from storage import (  # noqa: F401 - declare their tables
    bundle_drafts,
    bundles,
    calendars,
    cases,
    desk,
    documents,
    identity,
    jobs,
    people,
    signatures,
    tasks,
    tenants,
)
from storage.base import Base


def metadata() -> MetaData:
    """The tables of `storage`, and of every floor above that has been imported."""
    return Base.metadata

"""The bytes of deployed bundles: stored once per tenant and content, read back as bundles."""

from collections.abc import Mapping

from sqlalchemy import select

from akta.errors import NotFound
from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from storage.bundles import BundleArchive
from storage.unit_of_work import Transaction


def read(tx: Transaction, content_hash: str) -> Bundle:
    """The bundle with this content.

    Raises:
        NotFound: this tenant never deployed it.
    """
    return bundles.from_archive(_content(tx, content_hash))


def files(tx: Transaction, content_hash: str) -> Mapping[str, bytes]:
    """The files of the bundle with this content, by path.

    Raises:
        NotFound: this tenant never deployed it.
    """
    return bundles.unpacked(_content(tx, content_hash))


def _content(tx: Transaction, content_hash: str) -> bytes:
    content = tx.session.scalar(select(BundleArchive.content).where(BundleArchive.content_hash == content_hash))
    if content is None:
        raise NotFound(f"bundle {content_hash}")
    return content


def keep(tx: Transaction, bundle: Bundle) -> None:
    """Store the bundle unless this tenant has it already."""
    known = select(BundleArchive.id).where(BundleArchive.content_hash == bundle.content_hash)
    if tx.session.scalar(known) is None:
        tx.add(BundleArchive(content_hash=bundle.content_hash, content=bundle.to_archive()))

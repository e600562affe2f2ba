"""Who else has a draft open, and at which file."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from akta.ids import BundleDraftId
from akta.subjects import Actor
from storage.bundle_drafts import BundleDraft, DraftVisitor
from storage.unit_of_work import Transaction

SILENT = timedelta(seconds=45)
"""After which a page that says nothing is taken to be closed; pages speak every 15 seconds."""


def say(tx: Transaction, draft_id: BundleDraftId, path: str, by: Actor, now: datetime) -> Sequence[DraftVisitor]:
    """Say that somebody looks at a file of a draft; gives the others who do.

    Raises:
        NotFound: there is no such draft.
    """
    draft = tx.get(BundleDraft, draft_id)
    tx.session.execute(delete(DraftVisitor).where(DraftVisitor.seen_at < now - SILENT))
    mine = select(DraftVisitor).where(DraftVisitor.draft_id == draft.id, DraftVisitor.account_id == by.account)
    row = tx.session.scalar(mine.with_for_update())
    if row is None:
        tx.add(DraftVisitor(draft_id=draft.id, account_id=by.account, name=by.name, path=path[:200], seen_at=now))
    else:
        row.path, row.seen_at = path[:200], now
    return others(tx, draft, by, now)


def others(tx: Transaction, draft: BundleDraft, by: Actor, now: datetime) -> Sequence[DraftVisitor]:
    """Who else has spoken lately, by name."""
    found = select(DraftVisitor).where(
        DraftVisitor.draft_id == draft.id,
        DraftVisitor.account_id != by.account,
        DraftVisitor.seen_at >= now - SILENT,
    )
    return tx.session.scalars(found.order_by(DraftVisitor.name, DraftVisitor.id)).all()

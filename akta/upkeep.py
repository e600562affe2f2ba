"""What an administrator does with a whole installation: asks whether it is well, keeps a copy, puts one back."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from akta import bootstrap
from akta.bootstrap import Akta
from storage import backup, inventory, migrate
from storage.backup import Manifest
from storage.cases import Incident, Timer
from storage.inventory import Mismatch
from storage.jobs import Job

LATE = timedelta(minutes=10)
"""What is due this long and has not happened waits for a worker that is not there."""
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Looked:
    """One part of an installation and what is wrong with it; nothing is wrong where that is empty."""

    part: str
    wrong: tuple[str, ...] = ()


def look(*, whole: bool = False, remove_orphans: bool = False) -> Iterator[Looked]:
    """Look at every part, each also where another is not well.

    Args:
        whole: read every document and compare its hash, too.
        remove_orphans: delete objects no document names.
    """
    with closing(bootstrap.without_work()) as akta:
        now = akta.clock.now()
        parts: list[tuple[str, Callable[[], Iterator[str]]]] = [
            ("database", lambda: _database(akta)),
            ("files", lambda: _files(akta)),
            ("work", lambda: _work(akta, now)),
            ("incidents", lambda: _incidents(akta)),
            ("documents", lambda: _documents(akta, now, whole=whole, remove=remove_orphans)),
        ]
        for part, looks in parts:
            yield Looked(part, _told(looks))


def keep(folder: Path) -> Manifest:
    """Copy rows and objects to an empty folder (see `storage.backup.write`)."""
    with closing(bootstrap.without_work()) as akta:
        return backup.write(akta.database, akta.files, bootstrap.metadata(), folder, akta.clock.now())


def put_back(folder: Path) -> Manifest:
    """Bring a copy into an installation that is migrated and empty (see `storage.backup.restore`)."""
    with closing(bootstrap.without_work()) as akta:
        return backup.restore(akta.database, akta.files, bootstrap.metadata(), folder)


def _told(looks: Callable[[], Iterator[str]]) -> tuple[str, ...]:
    """What a look found. One that fails says of what kind the failure is: its words may name a password."""
    try:
        return tuple(looks())
    except Exception as error:
        return (f"cannot be looked at: {type(error).__qualname__}",)


def _database(akta: Akta) -> Iterator[str]:
    akta.database.ready()
    if migrate.pending(akta.database):
        yield "is not at this version's tables: run akta migrate"


def _files(akta: Akta) -> Iterator[str]:
    akta.files.ready()
    yield from ()


def _work(akta: Akta, now: datetime) -> Iterator[str]:
    jobs = select(func.count()).select_from(Job).where(Job.state == "waiting", Job.run_at < now - LATE)
    timers = select(func.count()).select_from(Timer).where(Timer.due_at < now - LATE)
    with akta.database.view_across_tenants() as session:
        for what, statement in (("jobs", jobs), ("timers", timers)):
            if count := session.scalar(statement):
                yield f"{count} {what} are late: does akta work run?"


def _incidents(akta: Akta) -> Iterator[str]:
    still = select(func.count()).select_from(Incident).where(Incident.resolved_at.is_(None))
    with akta.database.view_across_tenants() as session:
        if count := session.scalar(still):
            yield f"{count} wait for somebody on the page of failed cases"


def _documents(akta: Akta, now: datetime, *, whole: bool, remove: bool) -> Iterator[str]:
    found = list(inventory.compare(akta.database, akta.files, now, whole=whole))
    orphans = [each for each in found if each.kind == "orphan"]
    if remove:
        for each in orphans:
            akta.files.delete(each.key)
    wrong = [each for each in found if each not in orphans] if remove else found
    yield from map(_sentence, wrong[:_SHOWN])
    if len(wrong) > _SHOWN:
        yield f"and {len(wrong) - _SHOWN} more"


def _sentence(one: Mismatch) -> str:
    if one.kind == "orphan":
        return f"the object {one.key} belongs to no document"
    return f"the object {one.key} of document {one.document} is {one.kind}"

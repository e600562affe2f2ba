"""The unit of work: one tenant, one transaction, one commit."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import ClauseElement, Executable, FromClause, TableClause, TextClause, event, func, inspect, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption

from akta.errors import Conflict, NotFound
from akta.ids import TenantId
from akta.languages import N_
from storage.base import Base, TenantOwned
from storage.changes import CHANNEL, Changes

READING = "akta_reading"
"""Execution option of a connection that only reads (SQLite: BEGIN instead of BEGIN IMMEDIATE)."""

_CONFINED = "akta confined"

_COLLISIONS = frozenset({"40001", "40P01"})
"""PostgreSQL: serialization failure, deadlock."""

Row = TypeVar("Row", bound=Base)


class ChangedMeanwhile(Conflict):
    """A row was changed by somebody else between reading and writing it."""

    title = N_("Someone was faster: this has changed meanwhile.")


class Transaction:
    """What a use case works with between begin and commit; every query is confined to the tenant.

    Lock order: a case row first (`locked(Case, id)`), then contracts, then accounts, then the rest by id.
    """

    def __init__(self, session: Session, tenant: TenantId) -> None:
        self.session = session
        self.tenant = tenant
        self._afterwards: list[Callable[[], object]] = []
        self._undoings: list[Callable[[], None]] = []
        # The session forgets rows that nobody holds, and would read them again.
        self._held: dict[UUID, Base] = {}
        self.changed: set[UUID] = set()
        """Cases in which this transaction did something: live pages are told of them once it is durable."""

    def add(self, *rows: Base) -> None:
        """Add rows and send them to the database, so that constraints speak now; fills in the tenant."""
        for row in rows:
            if isinstance(row, TenantOwned):
                row.tenant_id = self.tenant
        self.session.add_all(rows)
        self.session.flush()

    def find(self, kind: type[Row], key: UUID) -> Row | None:
        row = self.session.get(kind, key)
        if row is None or getattr(row, "tenant_id", self.tenant) != self.tenant:
            return None
        self._held[key] = row
        return row

    def get(self, kind: type[Row], key: UUID) -> Row:
        """The row of this tenant.

        Raises:
            NotFound: there is none.
        """
        row = self.find(kind, key)
        if row is None:
            raise NotFound(f"{kind.__name__} {key}")
        return row

    def locked(self, kind: type[Row], key: UUID) -> Row:
        """The row, locked until the end of the transaction and read afresh.

        Raises:
            NotFound: there is none.
        """
        if self.session.info.get("reading"):
            raise RuntimeError("a view locks nothing")
        wanted = select(kind).where(inspect(kind).primary_key[0] == key).with_for_update()
        row = self.session.scalar(wanted, execution_options={"populate_existing": True})
        if row is None or getattr(row, "tenant_id", self.tenant) != self.tenant:
            raise NotFound(f"{kind.__name__} {key}")
        self._held[key] = row
        return row

    def after_commit(self, call: Callable[[], object]) -> None:
        """Run `call` once the transaction is durable; it must not raise."""
        self._afterwards.append(call)

    def after_rollback(self, call: Callable[[], None]) -> None:
        """Run `call` if the transaction is given up before its commit was tried: for what a rollback does not undo."""
        self._undoings.append(call)

    def finished(self) -> None:
        for call in self._afterwards:
            call()

    def undone(self) -> None:
        for call in self._undoings:
            with suppress(Exception):  # the failure that led here is the one to be seen
                call()


class UnitOfWork:
    """Opens transactions for one tenant. Leaving `begin` cleanly commits; an exception rolls back; nesting raises."""

    def __init__(self, sessions: sessionmaker[Session], tenant: TenantId, changes: Changes) -> None:
        self._sessions = sessions
        self._changes = changes
        self.tenant = tenant
        self._open = False

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        from sqlalchemy.orm.exc import StaleDataError

        if self._open:
            raise RuntimeError("a transaction is already open in this unit of work")
        self._open = True
        try:
            with self._sessions(info={"tenant": self.tenant}) as session:
                tx = Transaction(session, self.tenant)
                try:
                    yield tx
                    session.flush()
                    self._notify(session, tx.changed)
                except BaseException:
                    session.rollback()
                    tx.undone()
                    raise
                session.commit()
        except StaleDataError as stale:
            raise ChangedMeanwhile from stale
        except OperationalError as failed:
            if _collided(failed):
                raise ChangedMeanwhile from failed
            raise
        finally:
            self._open = False
        tx.finished()
        if not self._changes.from_server:
            for case in tx.changed:
                self._changes.tell(self.tenant, case)

    def _notify(self, session: Session, cases: Iterable[UUID]) -> None:
        """PostgreSQL hands it on to every process with the commit, and not without one."""
        if self._changes.from_server:
            for case in cases:
                session.execute(select(func.pg_notify(CHANNEL, f"{self.tenant} {case}")))

    @contextmanager
    def view(self) -> Iterator[Transaction]:
        """A transaction for reading: takes no write lock on SQLite, and whatever is changed in it is dropped."""
        with reading(self._sessions(info={"tenant": self.tenant}, autoflush=False)) as session:
            yield Transaction(session, self.tenant)


def _collided(failed: OperationalError) -> bool:
    """Whether two transactions were in each other's way, and trying again may succeed."""
    return getattr(failed.orig, "sqlstate", "") in _COLLISIONS or "database is locked" in str(failed.orig)


@contextmanager
def reading(session: Session) -> Iterator[Session]:
    """Use a session without any way to write: its flushes are refused, PostgreSQL knows it reads only."""
    session.info["reading"] = True
    with session:
        session.connection(execution_options={READING: True, "postgresql_readonly": True})
        yield session


def confine(sessions: sessionmaker[Session]) -> None:
    """Make every ORM statement of these sessions see only the tenant of its unit of work.

    What cannot be confined (SQL text, statements on bare tables, inserts past the session) is refused there.
    """
    event.listen(sessions, "do_orm_execute", _confine)
    event.listen(sessions, "before_flush", _refuse_foreign)


def _confine(execution: ORMExecuteState) -> None:
    tenant: Any = execution.session.info.get("tenant")
    writing = execution.is_insert or execution.is_update or execution.is_delete
    if execution.session.info.get("reading") and writing:
        raise RuntimeError("a view was about to write")
    if tenant is None:
        return
    if isinstance(execution.statement, TextClause):
        raise RuntimeError("SQL text cannot be confined to a tenant")
    if execution.is_insert:
        _refuse_bulk_insert(execution)
    elif execution.is_orm_statement:
        execution.statement = execution.statement.options(_confined(execution.session, tenant))
    elif any("tenant_id" in table.c for table in _tables(execution.statement)):
        raise RuntimeError("a statement on a bare table cannot be confined to a tenant; name the class")


def _confined(session: Session, tenant: TenantId) -> ExecutableOption:
    """What confines each of a session's statements, made once."""
    made: ExecutableOption | None = session.info.get(_CONFINED)
    if made is None:
        made = with_loader_criteria(TenantOwned, lambda cls: cls.tenant_id == tenant, include_aliases=True)
        session.info[_CONFINED] = made
    return made


def _tables(statement: Executable) -> Iterator[FromClause]:
    return (part for part in visitors.iterate(cast("ClauseElement", statement)) if isinstance(part, TableClause))


def _refuse_bulk_insert(execution: ORMExecuteState) -> None:
    if any("tenant_id" in table.c for table in _tables(execution.statement)):
        raise RuntimeError("rows of a tenant are added with Transaction.add")


def _refuse_foreign(session: Session, _context: object, _instances: object) -> None:
    if session.info.get("reading"):
        raise RuntimeError("a view was about to write")
    tenant = session.info.get("tenant")
    for row in (*session.new, *session.dirty, *session.deleted):
        if tenant is not None and isinstance(row, TenantOwned) and row.tenant_id != tenant:
            raise RuntimeError("a row of another tenant was about to be written")

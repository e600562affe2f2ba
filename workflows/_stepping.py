"""One command to one case whose row is locked: load, advance, record."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select

from akta.errors import Conflict, NotFound
from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Actor
from storage.calendars import CalendarRow
from storage.cases import Case, CaseState
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT
from workflows import _record, engine
from workflows.engine.commands import Cancel, Command, Modify, SetVariables
from workflows.engine.outcome import OfferedPart, Outcome
from workflows.history import Evidence
from workflows.runtime import Runtime

WHILE_SUSPENDED = (Cancel, Modify, SetVariables)
"""What may be done to a suspended case: what a person does to it by hand."""


class CaseClosed(Conflict):
    """The case has ended; nothing more can be done in it."""

    title = N_("This case is closed.")


class CaseSuspended(Conflict):
    """Somebody halted the case; it goes on when it is resumed."""

    title = N_("This case is suspended. Nothing can be done in it until it is resumed.")


@dataclass(frozen=True, slots=True)
class Standing:
    """A case with all that a step of it is taken from."""

    case: Case
    state: CaseState
    tenant: Tenant
    calendar: CalendarRow | None


def locked(tx: Transaction, case_id: CaseId) -> Standing:
    """A case, locked until the end of the transaction and read afresh with its state, in one statement.

    Raises:
        NotFound: there is no such case.
    """
    # The state is locked too: PostgreSQL reads again only what it locks when it had to wait.
    wanted = _read.where(Case.id == case_id).with_for_update(of=(Case, CaseState))
    found = tx.session.execute(wanted, execution_options={"populate_existing": True}).one_or_none()
    if found is None:
        raise NotFound(f"Case {case_id}")
    return Standing(*found)


def standing(tx: Transaction, case: Case) -> Standing:
    """The same for a case that is locked already, or only looked at."""
    return Standing(*tx.session.execute(_read.where(Case.id == case.id)).one())


_read = (
    select(Case, CaseState, Tenant, CalendarRow)
    .join(CaseState, CaseState.id == Case.id)
    .join(Tenant, Tenant.id == Case.tenant_id)
    .outerjoin(CalendarRow, CalendarRow.tenant_id == Tenant.id)
)


def step(
    tx: Transaction, runtime: Runtime, one: Standing, command: Command, by: Actor, now: datetime, evidence: Evidence
) -> Outcome:
    """Take a locked case one command further and record what that came to.

    Raises:
        CaseClosed: it has ended.
        CaseSuspended: it was halted, and this is not done by hand.
        NoSuchToken: nothing waits there for this command any more.
    """
    outcome = _offered(tx, runtime, advanced(tx, runtime, one, command, now))
    jobs = _record.record(tx, one.case, one.state, command, outcome, by, now, evidence)
    runtime.send_after_commit(tx, jobs)
    return outcome


def _offered(tx: Transaction, runtime: Runtime, outcome: Outcome) -> Outcome:
    """Each part a person may begin is for somebody: for who works on its process, where the model names no clerks."""

    def for_somebody(part: OfferedPart) -> OfferedPart:
        clerks = tuple(group for group in part.groups if group != APPLICANT)
        bundle = runtime.definitions.bundle(tx, part.place.bundle_hash)
        return replace(part, groups=clerks or bundle.settings.work_groups)

    choices = [replace(one, parts=tuple(for_somebody(part) for part in one.parts)) for one in outcome.choices]
    return replace(outcome, choices=tuple(choices)) if choices else outcome


def advanced(tx: Transaction, runtime: Runtime, one: Standing, command: Command, now: datetime) -> Outcome:
    """What a command would come to; nothing is recorded. Raises as `step`."""
    if one.case.state == "closed":
        raise CaseClosed(one.case.reference)
    if one.case.suspended_at is not None and not isinstance(command, WHILE_SUSPENDED):
        raise CaseSuspended(one.case.reference)
    calendar = runtime.calendars.of(tx, one.tenant, one.calendar)
    definition = runtime.definitions.for_case(tx, one.case)
    # Expressions ask for today(), which is the utility's day; nothing else depends on the zone.
    return engine.advance(definition, one.state.content or None, command, one.tenant.local(now), calendar)

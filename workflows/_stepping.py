"""One command to one case whose row is locked: load, advance, record."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from akta.errors import Conflict
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


def step(
    tx: Transaction, runtime: Runtime, case: Case, command: Command, by: Actor, now: datetime, evidence: Evidence
) -> Outcome:
    """Take a locked case one command further and record what that came to.

    Raises:
        CaseClosed: it has ended.
        CaseSuspended: it was halted, and this is not done by hand.
        NoSuchToken: nothing waits there for this command any more.
    """
    outcome = _offered(tx, runtime, advanced(tx, runtime, case, command, now))
    jobs = _record.record(tx, case, command, outcome, by, now, evidence)
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


def advanced(tx: Transaction, runtime: Runtime, case: Case, command: Command, now: datetime) -> Outcome:
    """What a command would come to; nothing is recorded. Raises as `step`."""
    if case.state == "closed":
        raise CaseClosed(case.reference)
    if case.suspended_at is not None and not isinstance(command, WHILE_SUSPENDED):
        raise CaseSuspended(case.reference)
    # All in one statement; before its start a case has no state.
    read = select(Tenant, CalendarRow, CaseState.content).select_from(Tenant)
    read = read.outerjoin(CaseState, CaseState.case_id == case.id)
    read = read.outerjoin(CalendarRow, CalendarRow.tenant_id == Tenant.id)
    tenant, kept, state = tx.session.execute(read.where(Tenant.id == tx.tenant)).one()
    calendar = runtime.calendars.of(tx, tenant, kept)
    definition = runtime.definitions.for_case(tx, case)
    # Expressions ask for today(), which is the utility's day; nothing else depends on the zone.
    return engine.advance(definition, state, command, now=tenant.local(now), calendar=calendar)

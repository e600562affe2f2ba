"""Starting cases and taking them further: every act on a case is one transaction that locks its row first."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from akta.ids import CaseId
from akta.subjects import Actor
from bpmn.values import Value
from storage.bundles import Deployment
from storage.cases import Case, CaseRelation
from storage.unit_of_work import Transaction
from workflows import _stepping, history
from workflows._beginning import NewCase, find_submitted, found_by, given, register
from workflows._round import Round
from workflows._stepping import CaseClosed, CaseSuspended, Standing
from workflows.engine.commands import Cancel, Command, Start
from workflows.engine.outcome import Outcome
from workflows.history import Evidence
from workflows.runtime import Runtime

__all__ = [
    "CaseClosed",
    "CaseSuspended",
    "Evidence",
    "NewCase",
    "advance",
    "cancel",
    "find_submitted",
    "register",
    "relate",
    "start",
]


def start(
    tx: Transaction, runtime: Runtime, new: NewCase, by: Actor, now: datetime, *, evidence: Evidence | None = None
) -> Case:
    """Start a case on the active version of the bundle, or give the one this submission became before.

    Raises:
        NotActive: no version of the bundle is active.
    """
    earlier = find_submitted(tx, new.submission_key)
    if earlier is not None:
        return earlier
    case = register(tx, new, now)
    run(tx, runtime, case, new.variables, by, now, evidence=evidence)
    return case


def run(
    tx: Transaction,
    runtime: Runtime,
    case: Case,
    variables: Mapping[str, Value],
    by: Actor,
    now: datetime,
    *,
    evidence: Evidence | None = None,
) -> Outcome:
    """Start the process of a case just registered.

    Beside `variables` the process sees `case` {reference, id}, `channel`, `language` and `applicant`
    {person, name, email}, which whoever starts it cannot set.
    """
    told = evidence or Evidence()
    version = tx.get(Deployment, case.deployment_id).version
    facts = Evidence({"channel": case.channel, "version": version, **told.data}, told.personal)
    command = Start({**variables, **given(tx, case)})
    return _act(tx, runtime, _stepping.standing(tx, case), command, by, now, facts)


def advance(
    tx: Transaction,
    runtime: Runtime,
    case_id: CaseId,
    command: Command,
    by: Actor,
    now: datetime,
    *,
    evidence: Evidence | None = None,
) -> Outcome:
    """Take a case one command further, in one transaction with everything that follows from it.

    `evidence` is what history keeps beside the act: answers and names only in its `personal` part.

    Raises:
        NotFound: there is no such case.
        CaseClosed: it has ended.
        CaseSuspended: somebody halted it.
        NoSuchToken: nothing waits there for this command any more.
    """
    return _act(tx, runtime, _stepping.locked(tx, case_id), command, by, now, evidence or Evidence())


def _act(
    tx: Transaction, runtime: Runtime, one: Standing, command: Command, by: Actor, now: datetime, evidence: Evidence
) -> Outcome:
    act = Round(tx, runtime, by, now)
    outcome = act.step(one, command, evidence)
    act.settle()
    return outcome


def cancel(tx: Transaction, runtime: Runtime, case_id: CaseId, by: Actor, now: datetime) -> Outcome:
    """End a case where it stands; `by.reason` says why.

    Raises:
        NotFound: there is no such case.
        CaseClosed: it has ended.
    """
    return advance(tx, runtime, case_id, Cancel(), by, now)


def note(
    tx: Transaction, case_id: CaseId, kind: str, by: Actor, now: datetime, evidence: Evidence | None = None
) -> None:
    """Add one line to a case's history that no step of the engine tells (a task claimed, a result dropped)."""
    told = evidence or Evidence()
    line = history.Telling(kind, told.element, told.process, told.data, told.personal)
    history.tell(tx, tx.locked(Case, case_id), [line], by, now)


def hand_to_office(tx: Transaction, case_id: CaseId, office: str, by: Actor, now: datetime) -> None:
    """Say at which office a case is worked on: from then on only its clerks, and those of the whole utility, see it.
    Without a code it is every office's."""
    case = tx.locked(Case, case_id)
    if case.office != office:
        case.office = office
        note(tx, case_id, "handed-to-office", by, now, Evidence(data={"office": office}))


def relate(tx: Transaction, case_id: CaseId, kind: str, object_id: UUID, words: Sequence[str] = ()) -> None:
    """Say that a case concerns a thing of the utility, and by which words of it the case is to be found; saying it
    twice is saying it once."""
    known = select(CaseRelation.id).where(
        CaseRelation.case_id == case_id, CaseRelation.kind == kind, CaseRelation.object_id == object_id
    )
    if tx.session.scalar(known) is None:
        tx.add(CaseRelation(case_id=case_id, kind=kind, object_id=object_id))
        case = tx.get(Case, case_id)
        case.words = found_by(case.words, words)

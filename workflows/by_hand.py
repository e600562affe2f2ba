"""What a person does to a running case by hand: variables changed, tokens moved, a case begun again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import CaseId, PersonId, TokenId
from akta.subjects import Actor
from bpmn.values import Value, from_json, plain
from storage.cases import Case, CaseState
from storage.documents import DocumentRow
from storage.unit_of_work import ChangedMeanwhile, Transaction
from workflows import _stepping, cases, engine
from workflows.cases import NewCase
from workflows.engine.commands import Modify, SetVariables
from workflows.engine.outcome import Outcome, Place, StandingToken, StoppedToken
from workflows.history import Evidence
from workflows.runtime import Runtime

BEGUN_AGAIN = "begun-again"
"""The relation of a case to the one it is begun again from."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move would come to: tokens that would be gone, where tokens would stand, what would be opened, asked of
    others or said to them, and where it would get stuck."""

    gone: tuple[Place, ...]
    standing: tuple[Place, ...]
    tasks: tuple[Place, ...]
    calls: tuple[Place, ...]
    messages: tuple[str, ...]
    stuck: tuple[StoppedToken, ...]
    ends: Place | None


def version(tx: Transaction, case_id: CaseId) -> int:
    """A number that grows with everything that happens in a case."""
    return tx.session.scalar(select(CaseState.told).where(CaseState.id == case_id)) or 0


def tokens(tx: Transaction, runtime: Runtime, case_id: CaseId) -> Sequence[StandingToken]:
    """The tokens of a case. Whoever asks has been let to the case already."""
    case = tx.get(Case, case_id)
    if case.state == "closed":
        return ()
    return engine.tokens(runtime.definitions.for_case(tx, case), _state(tx, case))


def variables(tx: Transaction, runtime: Runtime, case_id: CaseId, token: TokenId | None = None) -> Mapping[str, Value]:
    """The case's own variables, or all that one of its tokens sees; empty where the token is gone."""
    case = tx.get(Case, case_id)
    try:
        return engine.variables(runtime.definitions.for_case(tx, case), _state(tx, case), token)
    except engine.NoSuchToken:
        return {}


def set_variables(
    tx: Transaction,
    runtime: Runtime,
    case_id: CaseId,
    values: Mapping[str, Value],
    by: Actor,
    now: datetime,
    *,
    token: TokenId | None = None,
    seen: int | None = None,
) -> None:
    """Change variables of a case. History keeps their names, and their values where personal content is kept.

    Raises:
        NotFound: there is no such case.
        CaseClosed: it has ended.
        ChangedMeanwhile: it went on since version `seen`.
    """
    _unchanged(tx, case_id, seen)
    evidence = Evidence({"names": sorted(values)}, {"answers": plain(dict(values))})
    cases.advance(tx, runtime, case_id, SetVariables(values, token), by, now, evidence=evidence)


def preview(tx: Transaction, runtime: Runtime, case_id: CaseId, move: Modify, now: datetime) -> Preview:
    """What moving tokens would come to; nothing is changed.

    Raises:
        NotFound: there is no such case.
        CaseClosed: it has ended.
        NoSuchToken: a token is gone.
        NotPossible: a token cannot be put there.
    """
    case = tx.get(Case, case_id)
    outcome = _stepping.advanced(tx, runtime, _stepping.standing(tx, case), move, now)
    return _previewed(tx, runtime, case, move, outcome)


def move(
    tx: Transaction,
    runtime: Runtime,
    case_id: CaseId,
    wanted: Modify,
    by: Actor,
    now: datetime,
    *,
    seen: int | None = None,
) -> Outcome:
    """Move tokens; `by.reason` says why. Raises as `preview`, and ChangedMeanwhile if it went on since `seen`."""
    case = _unchanged(tx, case_id, seen)
    known = {one.token: one.place.element for one in tokens(tx, runtime, case_id)}
    told = {
        "from": [known[token] for token in wanted.cancel if token in known],
        "to": [one.element for one in wanted.start],
    }
    return cases.advance(tx, runtime, CaseId(case.id), wanted, by, now, evidence=Evidence(told))


def restart(tx: Transaction, runtime: Runtime, case_id: CaseId, by: Actor, now: datetime) -> Case:
    """Begin a case again from what it was started with, on the version active now; an open one is cancelled first.

    The new case is about the same person, was received on the same day, and takes over the papers of its start.
    Restarting the same case twice gives the same new case.

    Raises:
        NotFound: there is no such case.
        NotActive: no version of its bundle is active.
    """
    old = tx.locked(Case, case_id)
    key = f"again:{old.id}"
    known = cases.find_submitted(tx, key)
    if known is not None:
        return known
    begun_with = _begun_with(tx, old)
    if old.state != "closed":
        cases.cancel(tx, runtime, case_id, by, now)
    new = NewCase(
        bundle=old.bundle,
        channel=old.channel,
        language=old.language,
        submission_key=key,
        received_at=old.received_at,
        variables=begun_with,
        person=None if old.person_id is None else PersonId(old.person_id),
        title=old.title,
    )
    case = cases.register(tx, new, now)
    _take_papers(tx, old, case, begun_with)
    cases.relate(tx, CaseId(case.id), BEGUN_AGAIN, old.id)
    evidence = Evidence({"again": old.reference}, {"answers": plain(begun_with)})
    cases.run(tx, runtime, case, begun_with, by, now, evidence=evidence)
    cases.note(tx, case_id, "case-begun-again", by, now, Evidence({"as": case.reference}))
    return case


def _unchanged(tx: Transaction, case_id: CaseId, seen: int | None) -> Case:
    case = tx.locked(Case, case_id)
    if seen is not None and version(tx, case_id) != seen:
        raise ChangedMeanwhile
    return case


def _state(tx: Transaction, case: Case) -> bytes:
    found = tx.session.scalar(select(CaseState.content).where(CaseState.id == case.id))
    if not found:
        raise NotFound(f"case {case.id} has not begun")
    return found


def _begun_with(tx: Transaction, case: Case) -> dict[str, Value]:
    stored = tx.session.scalar(select(CaseState.begun_with).where(CaseState.id == case.id))
    values = from_json(stored)
    return values if isinstance(values, dict) else {}


def _take_papers(tx: Transaction, old: Case, new: Case, begun_with: Mapping[str, Value]) -> None:
    """The documents that the start brought belong to the new case: its variables name them."""
    named = set(_texts(begun_with))
    for row in tx.session.scalars(select(DocumentRow).where(DocumentRow.case_id == old.id)):
        if str(row.id) in named:
            row.case_id = new.id
    tx.session.flush()


def _texts(value: object) -> list[str]:
    match value:
        case str():
            return [value]
        case Mapping():
            return [text for item in value.values() for text in _texts(item)]
        case list():
            return [text for item in value for text in _texts(item)]
    return []


def _previewed(tx: Transaction, runtime: Runtime, case: Case, wanted: Modify, outcome: Outcome) -> Preview:
    before = tokens(tx, runtime, CaseId(case.id))
    gone = {*wanted.cancel, *outcome.closed}
    return Preview(
        gone=tuple(one.place for one in before if one.token in gone and not one.listens),
        standing=() if outcome.ended else outcome.positions,
        tasks=tuple(task.place for task in outcome.tasks),
        calls=tuple(call.place for call in outcome.calls),
        messages=tuple(thrown.message for thrown in outcome.thrown),
        stuck=outcome.stopped,
        ends=outcome.ended,
    )

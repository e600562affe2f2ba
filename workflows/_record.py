"""The only writer of what a step came to: state, tasks, jobs, timers, subscriptions, incidents, positions, history.

Others touch only what is theirs in these rows: workers the lease and attempts of a job, clerks the assignee of a task.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import StatementError

from akta.ids import JobId, TokenId, new_id
from akta.subjects import Actor
from bpmn.values import to_json
from storage.cases import Case, CaseState, Incident, Parcel, Position, Subscription, Timer
from storage.jobs import Job
from storage.people import Account
from storage.tasks import Choice, Part, Task
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT
from workflows import history, passages
from workflows.engine.commands import (
    Cancel,
    Command,
    CompleteCall,
    CompleteTask,
    FireTimer,
    Reschedule,
    SkipToken,
    Start,
    ThrowError,
)
from workflows.engine.outcome import (
    ArmedTimer,
    AwaitedCondition,
    AwaitedMessage,
    AwaitedSignal,
    Call,
    OpenedChoice,
    OpenedTask,
    Outcome,
    Place,
    StoppedToken,
)
from workflows.history import Evidence

LONGEST_NAME = 120
"""Characters of a condition in its row."""

LONGEST_KEY = 200
"""Characters of a correlation key in its row."""

DEFAULT_ATTEMPTS = 4
"""The first try and three more (after 10 s, 1 min and 10 min), where the model says nothing."""

BACK_OFF = "retryBackoff"
"""The task header with the waits between tries: ISO 8601 durations, `PT1M` or `PT1M,PT1H`; the last one repeats."""


def record(
    tx: Transaction,
    case: Case,
    state: CaseState,
    command: Command,
    outcome: Outcome,
    by: Actor,
    now: datetime,
    evidence: Evidence,
) -> list[JobId]:
    """Write one outcome of a case whose row is locked; gives the jobs to send after the commit."""
    _close(tx, case, command, outcome, by, now)
    tasks = _tasks(tx, case, outcome.tasks, outcome.resumed, now)
    jobs = _jobs(tx, case, outcome.calls, now)
    timers = _timers(tx, case, command, outcome.timers, now)
    positions = _positions(tx, case, outcome)
    passed = passages.record(tx, case, outcome, now)
    _case(tx, case, command, outcome, tasks, now)
    # What changes rows in memory comes last: a statement in between would send them one by one.
    tx.changed.add(case.id)
    told = [*history.entries(case, state, history.of_step(command, outcome, evidence), by, now)]
    state.content = outcome.state
    if isinstance(command, Start):
        state.begun_with = to_json(dict(command.variables))
    tx.add(
        *tasks,
        *jobs,
        *timers,
        *(_subscription(case, awaited, now) for awaited in outcome.awaited),
        *(_subscription(case, awaited, now) for awaited in outcome.awaited_signals),
        *(_stopped(case, stop, now) for stop in outcome.stopped),
        *(_subscription(case, awaited, now) for awaited in outcome.awaited_conditions),
        *(row for choice in outcome.choices for row in _choice(case, choice, now)),
        *positions,
        *passed,
        *told,
    )
    return [JobId(job.id) for job in jobs]


def before_start(case: Case) -> CaseState:
    """The state of a case whose process has not begun."""
    return CaseState(id=case.id)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a token from going on: a call, a timer or a delivery that fails again and again."""

    kind: str
    token: int
    element: str
    process: str
    cause: str
    job: UUID | None = None
    parcel: UUID | None = None


def incident(tx: Transaction, case: Case, trouble: Trouble, by: Actor, now: datetime) -> None:
    """Trouble that no further try of ours can mend waits for a person."""
    row = Incident(
        case_id=case.id,
        kind=trouble.kind,
        token=trouble.token,
        element=trouble.element,
        process=trouble.process,
        job_id=trouble.job,
        parcel_id=trouble.parcel,
        cause=trouble.cause,
        created_at=now,
    )
    tx.add(row)
    told = history.Telling("incident-opened", trouble.element, trouble.process, {"cause": trouble.cause})
    history.tell(tx, case, [told], by, now)


def _close(tx: Transaction, case: Case, command: Command, outcome: Outcome, by: Actor, now: datetime) -> None:
    """End what waited on closed tokens: the token acted on is done, the others were cancelled by the way it went."""
    acted: TokenId | None = getattr(command, "token", None)
    done = isinstance(command, CompleteTask | CompleteCall | ThrowError)
    if isinstance(command, CompleteTask):
        _end_tasks(tx, Task.token == acted, case, "completed", by, now)
    elif done:
        _end_jobs(tx, Job.token == acted, case, "done")
    gone = [token for token in outcome.closed if not (done and token == acted)]
    whole = outcome.ended is not None
    _resolve(tx, case, command, outcome, by, now)
    if whole:
        tx.session.execute(delete(Parcel).where(Parcel.case_id == case.id))
    kinds = {outcome.waited[token] for token in gone}
    if "task" in kinds:
        _end_tasks(tx, Task.token.in_(gone), case, "cancelled", by, now)
    if "call" in kinds:
        _end_jobs(tx, Job.token.in_(gone), case, "cancelled")
    if "parts" in kinds:
        _end_choices(tx, Choice.token.in_(gone), case, now)
    for kind, about in ((Timer, {"timer"}), (Subscription, {"message", "signal", "condition"})):
        if kinds & about:
            ended = delete(kind).where(kind.case_id == case.id, kind.token.in_(gone))
            tx.session.execute(ended.execution_options(synchronize_session=False))


def _resolve(tx: Transaction, case: Case, command: Command, outcome: Outcome, by: Actor, now: datetime) -> None:
    """Close the incidents of the tokens a step touched, each with how. An open task has none."""
    acted: TokenId | None = getattr(command, "token", None)
    touched = {*outcome.closed, *outcome.resumed} - ({acted} if isinstance(command, CompleteTask) else set())
    if not touched and outcome.ended is None:
        return
    opened = select(Incident).where(Incident.case_id == case.id, Incident.resolved_at.is_(None))
    for incident in tx.session.scalars(opened).all():
        if incident.token == acted and isinstance(command, SkipToken):
            settle(incident, "skipped", by, now)
        elif incident.token == acted and isinstance(command, CompleteCall | ThrowError):
            settle(incident, "answered", by, now)
        elif incident.token in outcome.resumed:
            settle(incident, "retried", by, now)
        elif incident.token in touched or outcome.ended is not None:
            settle(incident, "passed", by, now)


def settle(incident: Incident, resolution: str, by: Actor, now: datetime) -> None:
    """Close an open incident."""
    incident.resolved_at, incident.resolved_by = now, by.name or by.kind.value
    incident.resolution, incident.version = resolution, incident.version + 1


def _end_tasks(tx: Transaction, which: ColumnElement[bool], case: Case, state: str, by: Actor, now: datetime) -> None:
    ended = update(Task).where(Task.case_id == case.id, Task.state == "open", which)
    by_account = by.account if state == "completed" else None
    ended = ended.values(state=state, ended_at=now, ended_by=by_account, version=Task.version + 1)
    tx.session.execute(ended.execution_options(synchronize_session="auto"))


def _end_choices(tx: Transaction, which: ColumnElement[bool], case: Case, now: datetime) -> None:
    ended = update(Choice).where(Choice.case_id == case.id, Choice.ended_at.is_(None), which).values(ended_at=now)
    tx.session.execute(ended.execution_options(synchronize_session="auto"))


def _end_jobs(tx: Transaction, which: ColumnElement[bool], case: Case, state: str) -> None:
    live = Job.state.in_(("waiting", "failed"))
    ended = update(Job).where(Job.case_id == case.id, live, which).values(state=state, lease_until=None)
    tx.session.execute(ended.execution_options(synchronize_session="auto"))


def _tasks(
    tx: Transaction, case: Case, opened: Sequence[OpenedTask], resumed: Sequence[TokenId], now: datetime
) -> list[Task]:
    again = {task.token for task in opened} & set(resumed)
    if again:
        _forget_tasks(tx, case, again)
    return [_task(tx, case, task, now) for task in opened]


def _forget_tasks(tx: Transaction, case: Case, tokens: Iterable[TokenId]) -> None:
    """A task that stopped and is opened again by a retry takes the place of its first row."""
    for old in tx.session.scalars(select(Task).where(Task.case_id == case.id, Task.token.in_(tokens))):
        tx.session.delete(old)
    tx.session.flush()


def _task(tx: Transaction, case: Case, task: OpenedTask, now: datetime) -> Task:
    return Task(
        id=new_id(),
        case_id=case.id,
        token=task.token,
        element=task.place.element,
        bundle=task.place.bundle,
        bundle_hash=task.place.bundle_hash,
        name=task.place.name[:200],
        form=task.form,
        audience=APPLICANT if APPLICANT in task.candidate_groups else "staff",
        state="open",
        groups=task.candidate_groups,
        assignee_id=_account(tx, task.assignee),
        priority=task.priority,
        created_at=now,
        due_at=None if task.due_at is None else _in_step(case, task.due_at, now),
        context=to_json(task.context),
    )


def _account(tx: Transaction, assignee: str) -> UUID | None:
    """The account a model names by login or id; nobody when there is none, so that the groups still see the task."""
    if not assignee:
        return None
    found = tx.session.scalar(select(Account.id).where(Account.login == assignee))
    if found is not None:
        return found
    try:
        account = tx.find(Account, UUID(assignee))
    except (ValueError, StatementError):
        return None
    return None if account is None else account.id


def _jobs(tx: Transaction, case: Case, calls: Sequence[Call], now: datetime) -> list[Job]:
    if not calls:
        return []
    tokens = [call.token for call in calls]
    earlier = select(Job.token, func.count()).where(Job.case_id == case.id, Job.token.in_(tokens)).group_by(Job.token)
    series = dict(tx.session.execute(earlier).all())
    return [_job(case, call, series.get(call.token, 0) + 1, now) for call in calls]


def _job(case: Case, call: Call, series: int, now: datetime) -> Job:
    """The headers of a call are what its input does not say otherwise; the one about waiting is for us."""
    headers = dict(call.headers)
    back_off = headers.pop(BACK_OFF, "")
    return Job(
        id=new_id(),
        case_id=case.id,
        token=call.token,
        element=call.place.element,
        process=call.place.bundle,
        handler=call.handler,
        key=f"{case.id}:{call.token}:{series}",
        payload={**headers, **to_json(call.input)},
        back_off=back_off[:100],
        created_at=now,
        run_at=now,
        sent_at=now,
        max_attempts=call.retries if call.retries > 0 else DEFAULT_ATTEMPTS,
    )


def _in_step(case: Case, due: datetime, now: datetime) -> datetime:
    """When something is due, as the row of a suspended case says it: when the case goes on, every date in it moves by
    the time since it was suspended, and what is armed meanwhile keeps all of its time."""
    return due if case.suspended_at is None else due - (now - case.suspended_at)


def _timers(tx: Transaction, case: Case, command: Command, armed: Sequence[ArmedTimer], now: datetime) -> list[Timer]:
    """Rows of timers armed for the first time. A timer of a token that had one takes its place: it repeats, or somebody
    gave it another time."""
    known = select(Timer).where(Timer.case_id == case.id, Timer.token.in_([timer.token for timer in armed]))
    again = bool(armed) and isinstance(command, FireTimer | Reschedule)
    rows = {row.token: row for row in tx.session.scalars(known)} if again else {}
    for timer in armed:
        row = rows.get(timer.token)
        if row is not None:
            row.due_at, row.failures, row.retry_at = _in_step(case, timer.due_at, now), 0, None
            row.armed_at = row.armed_at if isinstance(command, Reschedule) else _in_step(case, now, now)
    return [_timer(case, timer, now) for timer in armed if timer.token not in rows]


def _timer(case: Case, timer: ArmedTimer, now: datetime) -> Timer:
    return Timer(
        case_id=case.id,
        token=timer.token,
        element=timer.place.element,
        process=timer.place.bundle,
        armed_at=_in_step(case, now, now),
        due_at=_in_step(case, timer.due_at, now),
    )


def _choice(case: Case, choice: OpenedChoice, now: datetime) -> list[Choice | Part]:
    row = Choice(
        id=new_id(),
        case_id=case.id,
        token=choice.token,
        element=choice.place.element,
        process=choice.place.bundle,
        name=choice.place.name[:200],
        one_at_a_time=choice.one_at_a_time,
        by_hand=choice.finished_by_hand,
        since=now,
    )
    parts = [
        Part(choice_id=row.id, element=part.place.element, name=part.place.name[:200], group=group)
        for part in choice.parts
        for group in dict.fromkeys(part.groups)
    ]
    return [row, *parts]


def _subscription(
    case: Case, awaited: AwaitedMessage | AwaitedSignal | AwaitedCondition, now: datetime
) -> Subscription:
    match awaited:
        case AwaitedCondition(condition=text):
            kind, name, key = "condition", text[:LONGEST_NAME], ""
        case AwaitedSignal(signal=name):
            kind, key = "signal", ""
        case AwaitedMessage(message=name, correlation=correlation):
            kind, key = "message", correlation_key(correlation)
    return Subscription(
        case_id=case.id,
        token=awaited.token,
        element=awaited.place.element,
        process=awaited.place.bundle,
        kind=kind,
        message=name,
        correlation=key,
        since=now,
    )


def correlation_key(key: str) -> str:
    """A key as its row holds it: a long one, such as an answer somebody typed, by its hash."""
    return key if len(key) <= LONGEST_KEY else f"sha256:{sha256(key.encode()).hexdigest()}"


def _stopped(case: Case, stop: StoppedToken, now: datetime) -> Incident:
    return Incident(
        case_id=case.id,
        kind="step",
        token=stop.token,
        element=stop.place.element,
        process=stop.place.bundle,
        cause=str(stop.cause),
        told=stop.cause.packed(),
        created_at=now,
    )


def _positions(tx: Transaction, case: Case, outcome: Outcome) -> list[Position]:
    """The rows to add. Where one token went from one place to another, its row goes with it."""
    stood, stands = Counter(outcome.stood), Counter(() if outcome.ended else outcome.positions)
    left, reached = stood - stands, stands - stood
    kept = {"synchronize_session": False}
    if not left:
        return _standing(case, reached)
    (place, times), *others = left.items()
    if reached.total() == times == stood[place] == 1 and not others:
        (there,) = _standing(case, reached)
        now_there = {"bundle": there.bundle, "bundle_hash": there.bundle_hash, "element": there.element}
        own = Position.case_id == case.id, Position.bundle == place.bundle, Position.element == place.element
        tx.session.execute(update(Position).where(*own).values(now_there).execution_options(**kept))
        return []
    tx.session.execute(delete(Position).where(Position.case_id == case.id).execution_options(**kept))
    return _standing(case, stands)


def _standing(case: Case, places: Counter[Place]) -> list[Position]:
    return [
        Position(case_id=case.id, bundle=place.bundle, bundle_hash=place.bundle_hash, element=place.element)
        for place in places.elements()
    ]


def _case(
    tx: Transaction, case: Case, command: Command, outcome: Outcome, opened: Sequence[Task], now: datetime
) -> None:
    """What the case row says about where it stands: state, outcome (once), the earliest date a task is due."""
    if outcome.ended is not None:
        case.state = "closed"
        case.outcome = case.outcome or ("cancelled" if isinstance(command, Cancel) else outcome.ended.element)
        case.closed_at = now
        case.due_at = None
        case.suspended_at = None
    else:
        work = [(task.audience, task.due_at) for task in opened]
        if outcome.tasks_kept:
            still = select(Task.audience, Task.due_at).where(Task.case_id == case.id, Task.state == "open")
            work += [(audience, due) for audience, due in tx.session.execute(still)]
        audiences = {audience for audience, _ in work}
        case.state = "waiting_applicant" if APPLICANT in audiences else "in_work" if work else "waiting"
        case.due_at = min((due for _, due in work if due is not None), default=None)

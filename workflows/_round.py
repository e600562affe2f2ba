"""One act and all that follows from it: a step, the messages it sends, and the steps those lead to.

One transaction reaches a few cases at once; what is beyond that is handed over as parcels, which the tick delivers.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select

from akta.ids import CaseId, TokenId
from akta.subjects import Actor
from bpmn.values import Value, from_json, to_json
from storage.bundles import Deployment
from storage.cases import Case, Parcel, Subscription
from storage.unit_of_work import Transaction
from workflows import _beginning, _record, _stepping, deployments
from workflows._stepping import Standing
from workflows.engine import StartPoint
from workflows.engine.commands import Command, Deliver, DeliverSignal, Start
from workflows.engine.outcome import Outcome
from workflows.history import Evidence
from workflows.runtime import Runtime
from workflows.sent import LONGEST_WAIT, SIGNAL, Sent

AT_ONCE = 20
"""Deliveries in one transaction, through however many cases; the rest is handed over."""

MOST_HOPS = 50
"""How often messages that lead to messages may be handed over before somebody has to look at the models."""

_LEFT = "akta deliveries left"


class Round:
    """What one act sets going. `reached` are the cases that took a message, in order, and those begun by it.
    `hops`: how often what led here was handed over."""

    def __init__(self, tx: Transaction, runtime: Runtime, by: Actor, now: datetime, hops: int = 0) -> None:
        self._tx, self._runtime, self._by, self._now, self._hops = tx, runtime, by, now, hops
        self._sent: deque[Sent] = deque()
        self.reached: list[CaseId] = []

    def step(self, one: Standing, command: Command, evidence: Evidence) -> Outcome:
        """Take a locked case one command further. What it throws waits for `settle`; what was kept for it comes."""
        outcome = _stepping.step(self._tx, self._runtime, one, command, self._by, self._now, evidence)
        self._sent.extend(sent_by(outcome))
        self._sent.extend(self._kept_for(one.case, outcome))
        return outcome

    def send(self, sent: Sent) -> None:
        """Deliver a message, and whatever follows from it."""
        self._sent.append(sent)
        self.settle()

    def settle(self) -> None:
        """Deliver everything on its way to whoever awaits it. Cases are locked in id order."""
        while self._sent:
            sent = self._sent.popleft()
            if not self._deliver(sent) and sent.ttl is not None and sent.ttl > timedelta():
                self._keep(sent, sent.ttl)

    def _keep(self, sent: Sent, ttl: timedelta) -> None:
        """One message under an id is kept, whoever sends it again."""
        if sent.message_id is None or not on_its_way(self._tx, sent.message_id):
            self._parcel(sent, expires_at=self._now + min(ttl, LONGEST_WAIT))

    def _deliver(self, sent: Sent) -> bool:
        """Whether somebody took it, or will."""
        if not self._left:
            self._hand_over(sent)
            return True
        found = False
        for case_id in _subscribers(self._tx, sent):
            found = self._to_case(sent, case_id) or found
        if sent.case is None:
            found = self._begin(sent) or found
        return found

    def _begin(self, sent: Sent) -> bool:
        """Start what begins with this message or signal: with a key once for ever, else every time."""
        found = False
        for deployment, point in starters(self._tx, self._runtime, sent):
            new = _beginning.by_event(self._tx, self._runtime.definitions, deployment, point, sent, self._now)
            if _beginning.find_submitted(self._tx, new.submission_key) is None:
                self._left -= 1
                case = _beginning.register(self._tx, new, self._now)
                command = Start({**sent.variables, **_beginning.given(self._tx, case)}, point.place.element)
                self.step(
                    _stepping.standing(self._tx, case),
                    command,
                    Evidence({"channel": new.channel, sent.kind: sent.message}),
                )
                self.reached.append(CaseId(case.id))
                found = True
        return found

    def _to_case(self, sent: Sent, case_id: CaseId) -> bool:
        if not self._left:
            self._hand_over(sent, case_id)
            return True
        one = _stepping.locked(self._tx, case_id)
        case = one.case
        tokens = _tokens(self._tx, case_id, sent)
        if tokens and case.suspended_at is not None:
            # It waits for the case to go on; nothing is due until then.
            self._parcel(sent, case=case_id)
            return True
        if sent.kind == SIGNAL and tokens:
            self._give(sent, one, DeliverSignal(sent.message, sent.variables))
            return True
        for token in tokens:
            if case.state != "closed" and token in _tokens(self._tx, case_id, sent):
                # else an earlier delivery ended its wait
                self._give(sent, one, Deliver(token, sent.variables))
        return bool(tokens)

    def _give(self, sent: Sent, one: Standing, command: Command) -> None:
        self._left -= 1
        self.step(one, command, Evidence(data={sent.kind: sent.message}))
        self.reached.append(CaseId(one.case.id))

    @property
    def _left(self) -> int:
        found: int = self._tx.session.info.setdefault(_LEFT, AT_ONCE)
        return found

    @_left.setter
    def _left(self, left: int) -> None:
        self._tx.session.info[_LEFT] = left

    def _hand_over(self, sent: Sent, case: CaseId | None = None) -> None:
        self._parcel(sent, case=case or sent.case, due_at=self._now)

    def _parcel(
        self,
        sent: Sent,
        *,
        case: CaseId | None = None,
        due_at: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> Parcel:
        parcel = Parcel(
            kind=sent.kind,
            message=sent.message,
            correlation=_record.correlation_key(sent.correlation),
            message_id=sent.message_id if expires_at else None,
            case_id=case,
            variables=to_json(dict(sent.variables)),
            sent_at=self._now,
            expires_at=expires_at,
            due_at=due_at,
            hops=self._hops + 1 if due_at else 0,
        )
        self._tx.add(parcel)
        return parcel

    def _kept_for(self, case: Case, outcome: Outcome) -> Iterator[Sent]:
        """What was sent before anybody awaited it: each message is for the first who does."""
        for awaited in outcome.awaited:
            wanted = Sent(awaited.message, awaited.correlation)
            parcel = self._tx.session.scalar(
                select(Parcel)
                .where(*kept(self._now), *matches(Parcel, wanted))
                .order_by(Parcel.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if parcel is not None:
                self._tx.session.delete(parcel)
                self._tx.session.flush()
                yield of_parcel(parcel, CaseId(case.id), awaited.token)


def sent_by(outcome: Outcome) -> Iterator[Sent]:
    """What an outcome throws."""
    for message in outcome.thrown:
        named = message.message_id or None
        yield Sent(message.message, message.correlation, message.variables, ttl=message.ttl, message_id=named)
    for signal in outcome.thrown_signals:
        yield Sent(signal.signal, variables=signal.variables, kind=SIGNAL)


def of_parcel(parcel: Parcel, case: CaseId | None = None, token: TokenId | None = None) -> Sent:
    """What a parcel holds. Its key may be a hash already: hashing a short text again changes nothing."""
    stored = from_json(parcel.variables)
    values: dict[str, Value] = stored if isinstance(stored, dict) else {}
    own = parcel.case_id if case is None else case
    return Sent(
        parcel.message,
        parcel.correlation,
        values,
        parcel.kind,
        case=None if own is None else CaseId(own),
        token=token,
    )


def on_its_way(tx: Transaction, message_id: str) -> bool:
    """Whether a message with this id is kept for somebody."""
    return tx.session.scalar(select(Parcel.id).where(Parcel.message_id == message_id)) is not None


def starters(tx: Transaction, runtime: Runtime, sent: Sent) -> Iterator[tuple[Deployment, StartPoint]]:
    """The ways in which this message or signal begins a case of an active deployment."""
    for deployment in deployments.actives(tx):
        for point in runtime.definitions.starts(tx, deployment):
            if (point.kind, point.name) == (sent.kind, sent.message):
                yield deployment, point


def kept(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Parcels that wait for whoever awaits them."""
    return Parcel.due_at.is_(None), Parcel.case_id.is_(None), Parcel.expires_at > now


def matches(kind: type[Parcel] | type[Subscription], sent: Sent) -> tuple[ColumnElement[bool], ...]:
    key = _record.correlation_key(sent.correlation)
    return kind.kind == sent.kind, kind.message == sent.message, kind.correlation == key


def _subscribers(tx: Transaction, sent: Sent) -> list[CaseId]:
    """Cases that await the message, in id order: the order in which they are locked."""
    found = select(Subscription.case_id).where(*matches(Subscription, sent)).distinct().order_by(Subscription.case_id)
    if sent.case is not None:
        found = found.where(Subscription.case_id == sent.case)
    return [CaseId(case_id) for case_id in tx.session.scalars(found)]


def _tokens(tx: Transaction, case_id: CaseId, sent: Sent) -> list[TokenId]:
    found = select(Subscription.token).where(Subscription.case_id == case_id, *matches(Subscription, sent))
    if sent.token is not None:
        found = found.where(Subscription.token == sent.token)
    return [TokenId(token) for token in tx.session.scalars(found.order_by(Subscription.token))]

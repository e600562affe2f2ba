"""Messages and signals from outside: delivered to whoever awaits them, kept for who will, beginning cases."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import VisitDep, needs
from api.rest.forms import PlainText
from api.rest.values import Variables, of_json
from people.rights import Act
from workflows import messages
from workflows.sent import LONGEST_WAIT

router = APIRouter(tags=["events"])

Name = Annotated[PlainText, Field(min_length=1, max_length=120)]


class Message(BaseModel):
    """A message. `time_to_live` (ISO 8601): how long it waits for somebody to await it. `message_id`: a second one
    with the same id is refused while the first waits."""

    name: Name
    correlation_key: PlainText = Field("", max_length=10_000)
    variables: Variables = Field(default_factory=dict)
    time_to_live: timedelta = Field(timedelta(), ge=timedelta(), le=LONGEST_WAIT)
    message_id: PlainText | None = Field(None, min_length=1, max_length=200)


class Signal(BaseModel):
    name: Name
    variables: Variables = Field(default_factory=dict)


class Reached(BaseModel):
    """The cases it reached or began at once; others follow by themselves."""

    cases: list[UUID]


@router.post("/messages", dependencies=[needs(Act.SEND_MESSAGE)])
def send_message(sent: Message, visit: VisitDep) -> Reached:
    """Deliver a message to every case that awaits it under its key, and begin those that begin with it."""
    values = of_json(sent.variables, visit.now)
    with visit.uow.begin() as tx:
        found = messages.correlate(
            tx,
            visit.services.runtime,
            sent.name,
            sent.correlation_key,
            values,
            visit.actor,
            visit.now,
            ttl=sent.time_to_live or None,
            message_id=sent.message_id,
        )
    return Reached(cases=list(found))


@router.post("/signals", dependencies=[needs(Act.SEND_MESSAGE)])
def send_signal(sent: Signal, visit: VisitDep) -> Reached:
    """Give a signal to every case of the utility that awaits it, and begin those that begin with it."""
    values = of_json(sent.variables, visit.now)
    with visit.uow.begin() as tx:
        found = messages.broadcast(tx, visit.services.runtime, sent.name, values, visit.actor, visit.now)
    return Reached(cases=list(found))

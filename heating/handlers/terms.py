"""The call that tells everybody about a version of the terms, some at a time. Local."""

from collections.abc import Callable
from datetime import datetime

from akta.languages import N_
from akta.subjects import Actor, Door
from heating import terms
from heating.handlers import _values as take
from heating.handlers._shapes import FLAG, ID, maybe, record
from heating.handlers._values import Variables
from storage.cases import Case
from storage.unit_of_work import Transaction
from workflows import cases
from workflows.handlers import CallContext, Handler
from workflows.runtime import Runtime


def handlers(runtime: Callable[[], Runtime]) -> tuple[Handler, ...]:
    """The calls of this module; `runtime` is asked for when a call is performed, for it knows these handlers itself."""

    def announce(tx: Transaction, context: CallContext, given: Variables) -> Variables:
        """Begin the notices of the next accounts."""
        by = context.subject.acting(Door.JOB)
        version, after = take.ident(given, "version_id"), take.maybe_ident(given, "after")

        def start(tx: Transaction, new: cases.NewCase, by: Actor, now: datetime) -> Case:
            return cases.start(tx, runtime(), new, by, now)

        return {"told": terms.announce(tx, start, version, after, by, context.now)}

    takes = record(("after",), version_id=ID, after=maybe(ID))
    gives = record(told=record(after=maybe(ID), done=FLAG))
    return (Handler("announce-terms", N_("Tell about the terms"), takes, gives, local=announce),)

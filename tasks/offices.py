"""The handler `hand-to-office`: a process says at which office its case is worked on."""

from collections.abc import Mapping

from akta.errors import Refusal
from akta.languages import N_
from akta.subjects import Door
from bpmn.values import Value
from people import offices
from storage.unit_of_work import Transaction
from workflows import cases
from workflows.handlers import CallContext, CannotSucceed, Handler

NAME = "hand-to-office"
TAKES = {"type": "object", "properties": {"office": {"type": "string", "maxLength": 40}}, "required": ["office"]}
GIVES = {"type": "object", "properties": {}, "additionalProperties": False}


class UnknownOffice(CannotSucceed):
    """The process names an office that the utility does not have."""


def handler() -> Handler:
    """`hand-to-office` {office} -> {}: from then on only clerks of this office, and those of the whole utility, see
    the case and its tasks. An empty code opens it to all again; an unknown one is an incident."""

    def hand(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        code = str(values["office"])
        try:
            offices.require(tx, code)
        except Refusal as refusal:
            raise UnknownOffice(f"there is no office {code}") from refusal
        cases.hand_to_office(tx, context.case, code, context.subject.acting(Door.JOB), context.now)
        return {}

    return Handler(NAME, N_("Hand the case to an office"), TAKES, GIVES, local=hand)

"""What forms may offer for choice: the subject's own meters and contracts."""

from datetime import datetime

from sqlalchemy import select

from akta.languages import language
from akta.subjects import Subject
from bpmn.values import Value
from heating import meters, profile, words
from heating.acts import MandateAct
from heating.consumption import Used
from heating.meters import Hung
from heating.tables.contracts import Contract, Customer
from heating.visibility import contracts_of
from storage.unit_of_work import Transaction

OWN_METERS, OWN_CONTRACTS = "own-meters", "own-contracts"


def own_meters(tx: Transaction, subject: Subject, now: datetime) -> dict[str, Value]:
    """`own-meters`: an option for each meter on the subject's contracts, with what its last reading was."""
    hung = meters.under(tx, contracts_of(subject, MandateAct.READINGS))
    histories = meters.histories(tx, [each.meter for each in hung])
    spoken = language(subject.language, profile.of(tx).zone.key)
    kinds = {each.meter.kind: spoken.gettext(words.METERS[each.meter.kind]) for each in hung}
    return {OWN_METERS: [_option(each, histories[each.meter.id], kinds[each.meter.kind]) for each in hung]}


def _option(hung: Hung, history: list[Used], kind: str) -> Value:
    last = meters.last_point(hung.meter, history)
    return {
        "value": str(hung.meter.id),
        "label": f"{kind} {hung.meter.serial}, {hung.address}",
        "serial": hung.meter.serial,
        "unit": hung.meter.unit,
        "address": hung.address,
        "last_value": last.value,
        "last_date": last.on,
    }


def own_contracts(tx: Transaction, subject: Subject, now: datetime) -> dict[str, Value]:
    """`own-contracts`: an option for each contract the subject's account is linked to."""
    statement = (
        select(Contract.number, Customer.number, Customer.name)
        .join(Customer, Customer.id == Contract.customer_id)
        .where(Contract.id.in_(contracts_of(subject, MandateAct.VIEW)))
        .order_by(Contract.number)
    )
    return {
        OWN_CONTRACTS: [
            {"value": number, "label": f"{number}, {name}", "customer_no": customer_no}
            for number, customer_no, name in tx.session.execute(statement)
        ]
    }

"""The rule of a utility about releasing versions: whether it takes a second person."""

from datetime import datetime

from akta.ids import AccountId
from people import events
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from workflows import releases


def ask_for_second_person(tx: Transaction, wanted: bool, by: AccountId, now: datetime) -> None:
    """Say whether a version is activated by somebody else than who deployed it, and keep who said so."""
    tenant = tx.session.get_one(Tenant, tx.tenant, with_for_update={"key_share": True}, populate_existing=True)
    if releases.asks_for_second_person(tenant) is wanted:
        return
    releases.rule(tenant, second_person=wanted)
    events.note(tx, events.What.RELEASES_RULED, by, now, second_person="yes" if wanted else "no")

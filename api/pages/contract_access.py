"""Who has access to one's contracts, and taking it away."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import NotFound
from akta.ids import AccountId
from akta.languages import N_
from api.dependencies import VisitDep, needs
from api.pages import frame
from api.visits import Visit
from heating import access
from heating.access import Holder
from heating.acts import NAMES
from heating.queries import mandates
from heating.tables.contracts import Contract
from people.rights import Act

router = APIRouter()

SEEN = [needs(Act.SEE_OWN_SUPPLY)]
STATES: Mapping[str, tuple[str, str, str]] = {
    "reserved": (N_("applied for"), "info", "hourglass"),
    "pending": (N_("not signed in yet"), "info", "hourglass"),
    "active": (N_("active"), "ok", "check"),
    "locked": (N_("locked"), "warn", "lock"),
}


@router.get("/{tenant}/my/access", dependencies=SEEN)
def my_access_page(visit: VisitDep, ended: bool = False) -> Response:
    with visit.uow.view() as tx:
        found = access.of_subject(tx, visit.subject)
        contracts = [(contract.number, _shown(visit, contract, holders)) for contract, holders in found.items()]
        waiting = mandates.without_account(tx, visit.subject, visit.today)
    return frame.show(visit, "my_access.html", contracts=contracts, waiting=waiting, ended=ended)


@router.get("/{tenant}/my/access/{contract}/{holder}", dependencies=[needs(Act.END_ACCESS)])
def end_access_page(contract: UUID, holder: UUID, visit: VisitDep) -> Response:
    """What ending it means, before it is done."""
    with visit.uow.view() as tx:
        number, found = _find(access.of_subject(tx, visit.subject), contract, holder)
    url = f"{frame.base_of(visit)}/my/access/{contract}/{holder}"
    return frame.show(visit, "end_access.html", number=number, holder=found, url=url)


@router.post("/{tenant}/my/access/{contract}/{holder}", dependencies=[needs(Act.END_ACCESS)])
def end_access(contract: UUID, holder: UUID, visit: VisitDep) -> Response:
    runtime, account = visit.services.runtime, AccountId(holder)
    access.revoke(visit.uow, runtime, visit.subject, visit.door, contract, account, visit.now)
    return frame.go(visit, "/my/access?ended=1")


def _find(found: Mapping[Contract, Sequence[Holder]], contract_id: UUID, account: UUID) -> tuple[str, Holder]:
    """
    Raises:
        NotFound: nobody else with this account has access to such a contract of theirs.
    """
    for contract, holders in found.items():
        for one in holders:
            if contract.id == contract_id and one.account == account and not one.own:
                return contract.number, one
    raise NotFound(str(account))


def _shown(visit: Visit, contract: Contract, holders: Sequence[Holder]) -> list[Mapping[str, object]]:
    _ = visit.language.gettext
    rows: list[Mapping[str, object]] = []
    for one in holders:
        words, tone, icon = STATES[one.state]
        removable = one.account is not None and not one.own
        url = f"{frame.base_of(visit)}/my/access/{contract.id}/{one.account}" if removable else ""
        acts = ", ".join(_(NAMES[act]) for act in one.acts)
        rows.append({"holder": one, "state": _(words), "tone": tone, "icon": icon, "acts": acts, "url": url})
    return rows

"""Whom a call is about once the caller is known, and whether a mandate lets an agent be told (golden rule G2)."""

from datetime import timedelta

import pytest

from heating import callers
from heating.acts import MandateAct
from heating.callers import Agent
from heating.tables.contracts import Contract, Customer
from storage.cases import Case
from tests.heating.office import Office


def represented(office: Office, contract: Contract, name: str, act: str, days: int = 0) -> bool:
    case = office.case()
    with office.uow.begin() as tx:
        number = tx.get(Customer, contract.customer_id).number
        today = (office.now + timedelta(days=days)).date()
        told = callers.concern(tx, case, number.lower(), Agent(name, act), today)
        assert tx.get(Case, case).person_id is not None
    return bool(told["represented"])


@pytest.mark.parametrize(
    ("name", "act", "days", "expected"),
    [
        ("zmocněnec ukázka", "view", 0, True),
        ("Zmocněnec Ukázka", "arrears", 0, False),
        ("Někdo Jiný", "view", 0, False),
        ("Zmocněnec Ukázka", "view", 40, False),
        ("", "view", 0, False),
    ],
)
def test_an_agent_is_told_only_by_a_mandate_in_force_for_the_act(
    office: Office, name: str, act: str, days: int, expected: bool
) -> None:
    contract, agent = office.contract(), office.account("Zmocněnec")
    office.mandate(contract, agent, MandateAct.VIEW)
    assert represented(office, contract, name, act, days) == expected
    assert not represented(office, office.contract(), name, act)

"""Registering online at a utility that knows its customers by an answer and a proved address (S002-03, S002-04)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from akta.ids import CaseId
from akta.subjects import Door
from heating import identification
from heating.samples import minta
from tasks import withdraw
from tests.journeys import applicants
from tests.journeys.applicants import Numbers, application, shown
from tests.journeys.office import Office

pytestmark = pytest.mark.slow
SU0044 = Numbers(minta.CONTRACT, minta.CUSTOMER, minta.NAME)
ON_FILE = "su0044@example.org"
RIGHT = {"control": "invoice", "control_answer": "2014s000572"}


@pytest.fixture
def minta_office(sqlite_office: Callable[[str], Office]) -> Office:
    return sqlite_office("MIN")


def register(house: Office, **changed: str) -> CaseId:
    """Send the form, as another person each time: the same one would be offered for merging."""
    name = f"Minta Ügyfél {house._sent}"
    form = {**RIGHT, "email": ON_FILE, "name": name, "delivery_of_agreement": "e-sign", **changed}
    case = house.start("portal-access", application(house, SU0044, **form))
    if house.open_tasks(case) == ["compare"]:
        house.do(case, "compare", "front-desk", {"decision": "separate"})
    return case


def give_up(house: Office, case: CaseId) -> None:
    """So that the place on the contract is free for the next try."""
    withdraw.withdraw(house.uow, house.akta.desk, house.holder(case), Door.PAGE, case, house.now)
    house.settle()


def test_the_right_answer_and_the_proved_address_on_file_need_no_clerk_before_the_signature(
    minta_office: Office,
) -> None:
    case = register(minta_office)
    assert minta_office.open_tasks(case) == [], "nothing goes on before the address is proved"
    signer = applicants.open_link(minta_office, case)
    task = minta_office.task(case, "return-signed")
    applicants.enter_code(minta_office, task, signer, applicants.ask_for_code(minta_office, case, signer))
    applicants.countersign(minta_office, case)
    assert applicants.first_sign_in(minta_office) == "su0044-2"
    assert minta_office.case(case).outcome == "active"


@pytest.mark.parametrize(
    ("changed", "known", "on_file"),
    [
        ({"email": "other@example.org"}, True, False),
        ({"control_answer": "2013S000514"}, False, True),
        ({"control": "serial", "control_answer": minta.METER}, True, False),
        ({"control": "", "control_answer": ""}, False, False),
    ],
    ids=["another address", "a wrong answer", "the meter, from another address", "no answer"],
)
def test_everybody_else_is_looked_at_by_a_clerk_who_sees_what_fits(
    minta_office: Office, changed: dict[str, str], known: bool, on_file: bool
) -> None:
    if not on_file:
        changed = {"email": "other@example.org", **changed}
    case = register(minta_office, **changed)
    compared = shown(minta_office, case, "check-identity")["compared"]
    assert (compared["known"], compared["address_on_file"]) == (known, on_file)


def test_an_address_nobody_proves_is_left_to_a_clerk(minta_office: Office) -> None:
    case = register(minta_office)
    minta_office.wait(days=7, minutes=1)
    assert minta_office.open_tasks(case) == ["check-identity"]


def test_answers_cannot_be_guessed_and_which_numbers_exist_is_told_to_nobody(minta_office: Office) -> None:
    for number in range(identification.ANSWERS.most):
        give_up(minta_office, register(minta_office, control_answer=f"2014S00057{number + 3}"))
    late = register(minta_office)
    assert minta_office.open_tasks(late) == ["check-identity"], "the right one comes too late to count"
    minta_office.clock.at += timedelta(days=1)
    assert minta_office.open_tasks(register(minta_office)) == []
    refused = []
    for numbers in (Numbers(minta.CONTRACT, "SU9999", "A"), Numbers("MIN-9999", minta.CUSTOMER, "B")):
        case = minta_office.start("portal-access", application(minta_office, numbers, **RIGHT))
        refused.append((minta_office.case(case).outcome, minta_office.mails[0].body.split("http")[0]))
    assert refused[0] == refused[1], "an unknown number is answered as one that exists"

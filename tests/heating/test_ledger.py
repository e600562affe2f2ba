"""The ledger: nothing without a named clerk, nothing twice, nobody their own (S002-15)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from akta.errors import Invalid
from bpmn.values import Value
from heating import readings
from heating.clerks import NoClerkDecided
from heating.readings import AlreadyDecided
from heating.tables.contracts import Contract
from heating.tables.metering import LedgerEntry, Meter, Reading
from storage.people import Account
from tests.heating.office import LAST, LAST_ON, Office
from workflows.handlers import BpmnError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def contract(office: Office) -> Contract:
    return office.contract()


@pytest.fixture
def meter(office: Office, contract: Contract) -> Meter:
    return office.meter(contract)


@pytest.fixture
def customer(office: Office, contract: Contract) -> Account:
    return office.holder(contract)


@pytest.fixture
def clerk(office: Office) -> Account:
    return office.account("Odečty", "metering")


def entries(office: Office) -> list[LedgerEntry]:
    with office.uow.view() as tx:
        return list(tx.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id)))


def test_an_accepted_reading_is_posted_with_its_evidence(
    office: Office, meter: Meter, customer: Account, clerk: Account, contract: Contract
) -> None:
    case, told = office.report(meter, "1077.5", customer)
    task = office.decided(case, clerk)
    posted = office.post(case, told["id"])["ledger"]
    [entry] = entries(office)
    assert posted == {"id": str(entry.id), "value": Decimal("1077.5"), "consumption": Decimal("4.5")}
    assert (entry.verifier_id, entry.verifier_name, entry.task_id) == (clerk.id, "Odečty", task.id)
    assert (entry.submitter_id, entry.case_id, entry.contract_id) == (customer.id, case, contract.id)
    assert (entry.previous_at, entry.previous_value, entry.read_at) == (LAST_ON, LAST, date(2026, 2, 28))
    assert entry.reading_id == entry.submitted_id
    with office.uow.view() as tx:
        assert readings.state(tx, entry.reading_id) == "verified"


def test_a_corrected_value_is_another_version_and_the_first_one_stays(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    case, told = office.report(meter, "1707", customer)
    office.decided(case, clerk)
    office.post(case, told["id"], decision="correct", corrected_value=Decimal(1077), reason="digits exchanged")
    [entry] = entries(office)
    with office.uow.view() as tx:
        first, version = tx.get(Reading, entry.submitted_id), tx.get(Reading, entry.reading_id)
        states = [readings.state(tx, row.id) for row in (first, version)]
    assert (first.value, version.value, version.replaces_id) == (Decimal(1707), Decimal(1077), first.id)
    assert (version.kind, version.entered_by, version.submitter_id) == ("correction", clerk.id, customer.id)
    assert states == ["corrected", "verified"]
    assert (entry.value, entry.consumption, entry.submitted_id) == (Decimal(1077), Decimal(4), UUID(str(told["id"])))


def test_nothing_is_posted_without_a_decision(office: Office, meter: Meter, customer: Account) -> None:
    case, told = office.report(meter, "1077", customer)
    with pytest.raises(NoClerkDecided):
        office.post(case, told["id"])
    assert entries(office) == []


@pytest.mark.parametrize("groups", [("front-desk",), ("billing",), ("process-owners", "administration"), ()])
def test_nobody_outside_metering_and_supervision_verifies(
    office: Office, meter: Meter, customer: Account, groups: tuple[str, ...]
) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, office.account("Jiný", *groups))
    with pytest.raises(NoClerkDecided):
        office.post(case, told["id"])


def test_supervision_may_verify(office: Office, meter: Meter, customer: Account) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, office.account("Vedoucí", "supervision"))
    office.post(case, told["id"])
    assert len(entries(office)) == 1


def test_a_clerk_does_not_verify_what_they_entered_themselves(office: Office, meter: Meter, clerk: Account) -> None:
    case, told = office.report(meter, "1077", clerk)
    office.decided(case, clerk)
    with pytest.raises(NoClerkDecided):
        office.post(case, told["id"])
    office.decided(case, office.account("Druhý", "metering"), after=6)
    office.post(case, told["id"])


def test_a_second_account_of_the_same_person_does_not_verify_either(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    with office.uow.begin() as tx:
        tx.get(Account, clerk.id).person_id = customer.person_id
    case, told = office.report(meter, "1077", customer)
    office.decided(case, clerk)
    with pytest.raises(NoClerkDecided):
        office.post(case, told["id"])


def test_a_locked_clerk_does_not_count(office: Office, meter: Meter, customer: Account) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, office.account("Odečty", "metering", state="closed"))
    with pytest.raises(NoClerkDecided):
        office.post(case, told["id"])


def test_a_task_of_another_case_or_from_before_the_reading_proves_nothing(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(office.case(customer), clerk)
    office.decided(case, clerk, after=-1)
    with pytest.raises(NoClerkDecided):
        office.post(case, told["id"])


def test_a_reading_of_another_case_cannot_be_posted(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    _, told = office.report(meter, "1077", customer)
    other = office.case(customer)
    office.decided(other, clerk)
    with pytest.raises(NoClerkDecided):
        office.post(other, told["id"])


def test_a_reading_is_posted_once(office: Office, meter: Meter, customer: Account, clerk: Account) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, clerk)
    office.post(case, told["id"])
    with pytest.raises(AlreadyDecided):
        office.post(case, told["id"])


@pytest.mark.parametrize(
    "given",
    [
        {"decision": "reject"},
        {"decision": "correct"},
        {"decision": "correct", "corrected_value": Decimal(1080)},
        {"decision": "correct", "corrected_value": Decimal(100_000), "reason": "x"},
        {"decision": "correct", "corrected_value": Decimal("1.2345"), "reason": "x"},
    ],
)
def test_a_decision_that_cannot_post_is_refused(
    office: Office, meter: Meter, customer: Account, clerk: Account, given: dict[str, Value]
) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, clerk)
    with pytest.raises(Invalid):
        office.post(case, told["id"], **given)


@pytest.mark.parametrize("decision", ["accept", "rollover"])
def test_a_value_below_the_last_one_goes_back_to_the_clerk(
    office: Office, meter: Meter, customer: Account, clerk: Account, decision: str
) -> None:
    case, told = office.report(meter, "1037", customer)
    office.decided(case, clerk)
    with pytest.raises(BpmnError) as back:
        office.post(case, told["id"], decision=decision)
    assert back.value.code == "READING_BELOW_LAST"


def test_passing_zero_is_never_assumed_but_can_be_confirmed(
    office: Office, contract: Contract, customer: Account, clerk: Account
) -> None:
    meter = office.meter(contract, last=Decimal(99_998))
    case, told = office.report(meter, "4", customer)
    office.decided(case, clerk)
    with pytest.raises(BpmnError):
        office.post(case, told["id"])
    office.post(case, told["id"], decision="rollover")
    [entry] = entries(office)
    assert (entry.consumption, entry.rollover) == (Decimal(6), True)


def test_no_day_is_counted_twice(office: Office, meter: Meter, customer: Account, clerk: Account) -> None:
    first, told_first = office.report(meter, "1076", customer, date(2026, 2, 20))
    second, told_second = office.report(meter, "1077", customer, date(2026, 2, 20))
    for case in (first, second):
        office.decided(case, clerk)
    office.post(first, told_first["id"])
    with pytest.raises(BpmnError) as back:
        office.post(second, told_second["id"])
    assert back.value.code == "READING_NOT_AFTER_LAST"


def test_of_two_posts_of_one_meter_at_once_the_second_starts_where_the_first_ended(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    reported = [
        office.report(meter, value, customer, on)
        for value, on in (("1075", date(2026, 2, 14)), ("1077", date(2026, 2, 28)))
    ]
    for case, _ in reported:
        office.decided(case, clerk)
    gate = Barrier(2)

    def post(number: int) -> bool:
        own = Office(type(office.uow)(office.uow._sessions, office.uow.tenant), office.now)
        gate.wait()
        try:
            own.post(reported[number][0], reported[number][1]["id"])
        except BpmnError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(post, range(2)))
    found = entries(office)
    assert done[1]
    assert len(found) == done.count(True)
    assert sum(entry.consumption for entry in found) == 4


def test_the_database_itself_refuses_an_entry_verified_by_its_submitter(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, clerk)
    office.post(case, told["id"])
    with pytest.raises(IntegrityError, match="four_eyes"), office.uow.begin() as tx:
        tx.session.execute(update(LedgerEntry).values(submitter_id=LedgerEntry.verifier_id))


def test_the_database_itself_refuses_an_entry_without_a_verifier(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, clerk)
    office.post(case, told["id"])
    with pytest.raises(IntegrityError), office.uow.begin() as tx:
        tx.session.execute(update(LedgerEntry).values(verifier_id=None))


def test_one_place_writes_the_ledger() -> None:
    packages = ("akta", "api", "heating", "tasks", "workflows", "documents", "people", "bpmn", "storage")
    sources = {path: path.read_text() for package in packages for path in (ROOT / package).rglob("*.py")}
    writers = [
        str(path.relative_to(ROOT))
        for path, source in sources.items()
        if re.search(r"(?<!class )\bLedgerEntry\(|(insert|update|delete)\(LedgerEntry|reading_ledger set", source)
    ]
    assert writers == ["heating/ledger.py"]

"""Registering readings: who may, what is kept, and what is known about them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier
from time import sleep

import pytest
from sqlalchemy import select

from akta.errors import Invalid, NotFound
from akta.ids import CaseId, TenantId
from bpmn.values import Value
from heating import readings
from heating.clerks import NoClerkDecided
from heating.readings import AlreadyDecided, NotYourMeter
from heating.tables.contracts import Contract
from heating.tables.metering import Meter, Reading
from storage.cases import CaseRelation
from storage.database import Database
from storage.documents import DocumentRow
from storage.people import Account
from storage.unit_of_work import Transaction
from tests.heating.office import LAST_ON, Office


@pytest.fixture
def contract(office: Office) -> Contract:
    return office.contract()


@pytest.fixture
def meter(office: Office, contract: Contract) -> Meter:
    return office.meter(contract)


@pytest.fixture
def customer(office: Office, contract: Contract) -> Account:
    return office.holder(contract)


def register(office: Office, case: CaseId, meter: Meter, **given: Value) -> dict[str, Value]:
    asked: dict[str, Value] = {
        "meter_id": str(meter.id),
        "value": Decimal("1077.5"),
        "read_at": date(2026, 2, 28),
        **given,
    }
    told = office.call("register-reading", case, asked)["reading"]
    assert isinstance(told, dict)
    return told


def test_a_reading_is_kept_with_who_reported_it_and_by_which_way(
    office: Office, meter: Meter, customer: Account, contract: Contract
) -> None:
    case, told = office.report(meter, "1077.5", customer)
    with office.uow.view() as tx:
        row = tx.session.scalars(select(Reading).where(Reading.case_id == case)).one()
        related = tx.session.execute(select(CaseRelation.kind, CaseRelation.object_id)).one()
        assert readings.state(tx, row.id) == "submitted"
    assert (row.submitter_id, row.source, row.kind) == (customer.id, "web", "self")
    assert tuple(related) == ("contract", contract.id)
    assert str(row.id) == told["id"]


def test_what_is_known_about_a_reading_stands_beside_it(office: Office, meter: Meter, customer: Account) -> None:
    _, told = office.report(meter, "1077.5", customer)
    assert (told["serial"], told["unit"], told["digits"]) == (meter.serial, "m³", 5)
    assert (told["last_value"], told["last_date"], told["days"]) == (1073, LAST_ON, 28)
    assert (told["consumption"], told["per_day"]) == (Decimal("4.5"), Decimal("0.161"))
    assert told["expected"] == (Decimal(24) / 184 * 28).quantize(Decimal("0.001"))
    flags = ("calibration_expired", "duplicate", "rollover_candidate")
    assert [told[flag] for flag in flags] == [False] * 3
    assert (told["photo"], told["in_window"], told["meter_state"], told["idle"]) == ("none", None, "hanging", 0)
    history = told["history"]
    assert isinstance(history, list)
    assert history[0] == {"date": LAST_ON, "value": 1073, "consumption": 4, "kind": "normal"}
    assert len(history) == 6


def test_a_lower_value_is_registered_and_left_to_the_clerk(office: Office, meter: Meter, customer: Account) -> None:
    _, told = office.report(meter, "1037", customer)
    assert (told["consumption"], told["rollover_candidate"]) == (-36, False)


def test_exchanged_digits_are_noticed(office: Office, meter: Meter, customer: Account) -> None:
    meant = office.report(meter, "1707", customer)[1]["slips"]
    assert isinstance(meant, list)
    assert meant[0] == {"value": Decimal(1077), "consumption": Decimal(4)}


def test_a_meter_near_its_end_may_have_passed_zero(office: Office, contract: Contract, customer: Account) -> None:
    meter = office.meter(contract, last=Decimal(99_998))
    _, told = office.report(meter, "4", customer)
    assert (told["rollover_candidate"], told["consumption"]) == (True, Decimal(4 - 99_998))


def test_another_reading_that_waits_makes_a_duplicate(office: Office, meter: Meter, customer: Account) -> None:
    assert office.report(meter, "1077", customer)[1]["duplicate"] is False
    assert office.report(meter, "1077", customer)[1]["duplicate"] is True


def test_the_same_reading_twice_at_the_same_moment_is_kept_twice_and_noticed_once(
    office: Office, meter: Meter, customer: Account, database: Database
) -> None:
    cases = [office.case(customer) for _ in range(3)]
    given: dict[str, Value] = {"meter_id": str(meter.id), "value": Decimal(1077), "read_at": date(2026, 2, 28)}
    gate = Barrier(len(cases))

    def report(case: CaseId) -> object:
        gate.wait()
        with database.unit_of_work(TenantId(office.uow.tenant)).begin() as tx:
            told = office.call_in(tx, "register-reading", case, given)["reading"]
            sleep(0.2)  # all are within their transactions
        assert isinstance(told, dict)
        return told["duplicate"]

    with ThreadPoolExecutor(len(cases)) as pool:
        noticed = list(pool.map(report, cases))
    assert sorted(noticed, key=bool) == [False, True, True]
    with office.uow.view() as tx:
        kept = tx.session.scalars(select(Reading.case_id).where(Reading.case_id.in_(cases)))
        assert sorted(kept, key=str) == sorted(cases, key=str)


def test_an_expired_calibration_is_noticed(office: Office, meter: Meter, customer: Account) -> None:
    with office.uow.begin() as tx:
        tx.get(Meter, meter.id).valid_until = date(2026, 2, 27)
    assert office.report(meter, "1077", customer)[1]["calibration_expired"] is True


def test_a_photo_among_the_cases_documents_is_noticed(office: Office, meter: Meter, customer: Account) -> None:
    case = office.case(customer)
    office.keep(
        DocumentRow(
            case_id=case,
            object_key="k",
            kind="photo",
            name="meter.jpg",
            media_type="image/jpeg",
            size=1,
            sha256="0" * 64,
            origin="uploaded",
            created_at=office.now,
        )
    )
    assert register(office, case, meter)["photo"] == "fresh"


def test_a_clerk_enters_a_reading_from_paper_by_the_serial_number(office: Office, meter: Meter) -> None:
    clerk = office.account("Přepážka", "front-desk")
    told = register(office, office.case(clerk), meter, meter_id=f" {meter.serial} ")
    assert told["serial"] == meter.serial
    with office.uow.view() as tx:
        row = tx.session.scalars(select(Reading).where(Reading.submitter_id == clerk.id)).one()
    assert (row.kind, row.source) == ("normal", "web")


def test_nobody_reports_for_a_meter_that_is_not_theirs(office: Office, meter: Meter) -> None:
    stranger = office.holder(office.contract())
    with pytest.raises(NotYourMeter):
        office.report(meter, "1077", stranger)
    with pytest.raises(NotYourMeter):
        register(office, office.case(), meter)


@pytest.mark.parametrize("state", ["closed", "locked"])
def test_a_closed_or_locked_place_on_the_contract_reports_nothing(
    office: Office, meter: Meter, contract: Contract, state: str
) -> None:
    with pytest.raises(NotYourMeter):
        office.report(meter, "1077", office.holder(contract, state=state))


@pytest.mark.parametrize(
    "given",
    [
        {"value": Decimal(-1)},
        {"value": Decimal(100_000)},
        {"value": Decimal("1077.1234")},
        {"value": Decimal("NaN")},
        {"value": "1077"},
        {"read_at": date(2026, 3, 3)},
        {"read_at": "2026-02-28"},
    ],
)
def test_what_no_meter_can_show_is_not_stored(
    office: Office, meter: Meter, customer: Account, given: dict[str, Value]
) -> None:
    with pytest.raises(Invalid):
        register(office, office.case(customer), meter, **given)


def test_a_meter_nobody_knows_is_not_found(office: Office, customer: Account, meter: Meter) -> None:
    with pytest.raises(NotFound):
        register(office, office.case(customer), meter, meter_id="999")


def test_a_corrected_report_replaces_the_one_before(office: Office, meter: Meter, customer: Account) -> None:
    case, first = office.report(meter, "1037", customer)
    office.decided(case, customer, "correct-reading")
    second = register(office, case, meter, replaces=first["id"])
    assert second["duplicate"] is False
    with office.uow.view() as tx:
        rows = tx.session.scalars(select(Reading).where(Reading.case_id == case).order_by(Reading.id)).all()
        assert [readings.state(tx, row.id) for row in rows] == ["superseded", "submitted"]
    assert rows[1].replaces_id == rows[0].id


def test_an_answer_by_case_link_has_no_account_but_a_person(office: Office, meter: Meter, customer: Account) -> None:
    case, first = office.report(meter, "1037", customer)
    office.decided(case, None, "correct-reading")
    register(office, case, meter, replaces=first["id"])
    with office.uow.view() as tx:
        row = tx.session.scalars(select(Reading).where(Reading.replaces_id.is_not(None))).one()
    assert (row.submitter_id, row.kind) == (None, "self")


def test_only_a_reading_of_the_same_meter_and_case_can_be_replaced(
    office: Office, meter: Meter, customer: Account, contract: Contract
) -> None:
    case, first = office.report(meter, "1037", customer)
    other_case = office.case(customer)
    with pytest.raises(NotYourMeter):
        register(office, other_case, meter, replaces=first["id"])
    with pytest.raises(NotYourMeter):
        register(office, case, office.meter(contract), replaces=first["id"])


def test_a_clerk_rejects_with_a_reason_and_only_once(office: Office, meter: Meter, customer: Account) -> None:
    case, told = office.report(meter, "1037", customer)
    clerk = office.account("Odečty", "metering")
    office.decided(case, clerk)
    office.call("reject-reading", case, {"reading_id": told["id"], "reason": "unreadable"})
    with office.uow.view() as tx:
        found = readings.decision(tx, tx.session.scalars(select(Reading.id).where(Reading.case_id == case)).one())
    assert found is not None
    assert (found.outcome, found.decided_by, found.decided_name, found.reason) == (
        "rejected",
        clerk.id,
        "Odečty",
        "unreadable",
    )
    with pytest.raises(AlreadyDecided):
        office.call("reject-reading", case, {"reading_id": told["id"], "reason": "again"})


def test_nobody_rejects_without_having_decided(office: Office, meter: Meter, customer: Account) -> None:
    case, told = office.report(meter, "1037", customer)
    with pytest.raises(NoClerkDecided):
        office.call("reject-reading", case, {"reading_id": told["id"], "reason": "x"})


def test_setting_a_reading_aside_twice_is_setting_it_aside_once(
    office: Office, meter: Meter, customer: Account
) -> None:
    case, told = office.report(meter, "1037", customer)
    for _ in range(2):
        office.call("supersede-reading", case, {"reading_id": told["id"]})
    with pytest.raises(NotFound):
        office.call(
            "supersede-reading", office.case(customer), {"reading_id": office.report(meter, "2", customer)[1]["id"]}
        )


def test_a_reading_row_is_never_changed_or_removed(office: Office, meter: Meter) -> None:
    old = office.processed(meter, LAST_ON + timedelta(days=1), Decimal(1074))

    def change(tx: Transaction) -> None:
        tx.get(Reading, old.id).value = Decimal(1)
        tx.session.flush()

    def remove(tx: Transaction) -> None:
        tx.session.delete(tx.get(Reading, old.id))
        tx.session.flush()

    for act in (change, remove):
        with pytest.raises(RuntimeError, match="never changed"), office.uow.begin() as tx:
            act(tx)

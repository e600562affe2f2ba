"""What is told at once when a reading is entered, and what is not."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from akta.languages import language
from akta.subjects import Kind, Subject
from bpmn.values import Value
from heating import entry, exchanges
from heating.exchanges import NewMeter
from heating.tables.contracts import Contract
from heating.tables.metering import Meter, ReadingWindow
from storage.people import Account
from tests.heating.office import LAST_ON, Office

ENGLISH = language("en", "Europe/Prague")


@pytest.fixture
def contract(office: Office) -> Contract:
    return office.contract()


@pytest.fixture
def meter(office: Office, contract: Contract) -> Meter:
    return office.meter(contract)


@pytest.fixture
def customer(office: Office, contract: Contract) -> Account:
    return office.holder(contract)


def told(office: Office, subject: Subject, own: Meter, **given: Value) -> dict[str, str]:
    values: dict[str, Value] = {
        "meter": str(own.id),
        "value": Decimal(1077),
        "read_at": date(2026, 2, 28),
        **given,
    }
    with office.uow.view() as tx:
        return entry.check(tx, subject, values, ENGLISH, office.now)


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"read_at": date(2026, 3, 3)}, "read_at", "yet to come"),
        (
            {"read_at": date(2026, 1, 31)},
            "read_at",
            "from 31\N{NO-BREAK SPACE}Jan\N{NO-BREAK SPACE}2026. Enter a later day",
        ),
        ({"value": Decimal(-1)}, "value", "never shows less than zero"),
        ({"value": Decimal(100_000)}, "value", "at most 5 digits"),
        ({"value": Decimal("1.2345")}, "value", "three decimal places"),
        ({"value": Decimal(0)}, "value", "below the last reading, 1,073 m³"),
        ({"meter": "no-such"}, "meter", "one of your meters"),
        ({"meter": None}, "meter", "one of your meters"),
    ],
)
def test_what_cannot_be_is_told_at_once(
    office: Office, meter: Meter, customer: Account, given: dict[str, Value], field: str, words: str
) -> None:
    found = told(office, office.customer_subject(customer), meter, **given)
    assert list(found) == [field]
    assert words in found[field]


@pytest.mark.parametrize("value", ["1077", "1703", "99999.999", "1073"])
def test_what_is_only_odd_is_left_to_the_clerk(office: Office, meter: Meter, customer: Account, value: str) -> None:
    assert told(office, office.customer_subject(customer), meter, value=Decimal(value)) == {}


def test_zero_may_be_what_a_meter_shows_after_its_end(office: Office, contract: Contract, customer: Account) -> None:
    meter = office.meter(contract, last=Decimal(99_998))
    assert told(office, office.customer_subject(customer), meter, value=Decimal(0)) == {}


def test_today_is_the_day_at_the_utility(office: Office, meter: Meter, customer: Account) -> None:
    assert told(office, office.customer_subject(customer), meter, read_at=date(2026, 3, 2)) == {}


def test_somebody_elses_meter_is_none_of_yours(office: Office, meter: Meter) -> None:
    stranger = office.customer_subject(office.holder(office.contract()))
    assert list(told(office, stranger, meter)) == ["meter"]


def test_a_clerk_names_any_meter_by_its_serial_number(office: Office, meter: Meter) -> None:
    clerk = office.staff_subject(office.account("Přepážka", "front-desk"), "front-desk")
    assert told(office, clerk, meter, meter=meter.serial) == {}
    assert "serial number" in told(office, clerk, meter, meter="1")["meter"]


def test_a_case_link_corrects_the_meter_of_its_case_only(
    office: Office, contract: Contract, meter: Meter, customer: Account
) -> None:
    case, _ = office.report(meter, "1037", customer)
    link = Subject(tenant=office.uow.tenant, kind=Kind.CASE_LINK, case=case)
    assert told(office, link, meter) == {}
    assert list(told(office, link, office.meter(office.contract()))) == ["meter"]


@pytest.mark.parametrize(
    ("now", "day", "taken"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29), True),  # half past midnight, clocks go on at two
        (datetime(2026, 3, 28, 22, 30, tzinfo=UTC), date(2026, 3, 29), False),
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 25), True),  # 23:30 of a day of 25 hours
        (datetime(2026, 10, 25, 22, 30, tzinfo=UTC), date(2026, 10, 26), False),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), date(2028, 2, 29), True),
    ],
)
def test_the_day_is_the_utilitys_own_on_the_nights_when_clocks_change_too(
    office: Office, meter: Meter, customer: Account, now: datetime, day: date, taken: bool
) -> None:
    office.now = now
    assert (told(office, office.customer_subject(customer), meter, read_at=day) == {}) is taken


def test_outside_a_reading_window_the_next_one_is_named_to_customers_and_staff_may_enter(
    office: Office, meter: Meter, customer: Account
) -> None:
    office.keep(ReadingWindow(opens=date(2026, 3, 16), closes=date(2026, 3, 31), cut_off=date(2026, 4, 5)))
    found = told(office, office.customer_subject(customer), meter)
    assert "16 Mar 2026 to 31 Mar 2026" in found["value"].replace("\xa0", " ")
    clerk = office.staff_subject(office.account("Odečty", "metering"), "metering")
    assert told(office, clerk, meter) == {}


def test_the_serial_number_of_a_meter_taken_down_names_the_one_there_now(office: Office, meter: Meter) -> None:
    with office.uow.begin() as tx:
        new = NewMeter("88001", Decimal(0), 5, date(2026, 1, 1), date(2031, 12, 31))
        exchanges.exchange(tx, meter.id, LAST_ON, new)
    clerk = office.staff_subject(office.account("Odečty", "metering"), "metering")
    assert "88001" in told(office, clerk, meter, meter=meter.serial)["meter"]

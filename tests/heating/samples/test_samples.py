"""The samples: F1, F2 and F3 exact, the walkthrough usable today, installed once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from akta.ids import AccountId, PersonId, TenantId
from akta.languages import language
from akta.subjects import Kind, Subject
from bpmn.values import Value
from heating import entry, facts, samples, slots
from heating.queries import invoices, supply
from heating.samples import Installed, walkthrough
from heating.slots import ContractFull
from heating.tables.contracts import Contract, ContractAccount
from heating.tables.metering import Reading
from people import accounts
from people.passwords import Cost, Hasher
from storage.database import Database
from storage.people import Account
from storage.unit_of_work import UnitOfWork
from tests.heating.office import Office, known_handlers

HASHER = Hasher(Cost(passes=1, memory=8, lanes=1))
SHOWN = date(2014, 11, 10)
"""The day on which the seed's screens were taken."""


@pytest.fixture
def installed(database: Database, now: datetime) -> dict[str, Installed]:
    return {each.code: each for each in samples.install(database, HASHER, "ukazka-1234", now)}


def signed_in(uow: UnitOfWork, login: str) -> Subject:
    with uow.view() as tx:
        account = tx.session.scalars(select(Account).where(Account.login == login)).one()
    return Subject(
        tenant=TenantId(uow.tenant),
        kind=Kind(account.kind),
        account=AccountId(account.id),
        person=PersonId(account.person_id),
    )


def of(database: Database, installed: dict[str, Installed], code: str) -> tuple[UnitOfWork, Subject]:
    uow = database.unit_of_work(installed[code].tenant)
    return uow, signed_in(uow, installed[code].logins[0].login)


def test_f1_four_invoices_as_in_the_seed(database: Database, installed: dict[str, Installed]) -> None:
    uow, subject = of(database, installed, "MIN")
    with uow.view() as tx:
        lines = invoices.mine(tx, subject, SHOWN)
    assert [(line.number, line.due_on, line.payable, line.outstanding, line.status) for line in lines] == [
        ("2014S000572", date(2014, 11, 30), Decimal(38_837), Decimal(38_837), "current"),
        ("2014S000514", date(2014, 10, 31), Decimal(25_785), Decimal(0), "settled"),
        ("2014S000460", date(2014, 9, 30), Decimal(22_592), Decimal(0), "settled"),
        ("2014S000408", date(2014, 8, 31), Decimal(25_465), Decimal(0), "settled"),
    ]
    assert sum(line.payable for line in lines) == 112_679
    assert sum(line.outstanding for line in lines) == 38_837


def test_f2_thirteen_debts_as_before_the_card_payment(database: Database, installed: dict[str, Installed]) -> None:
    uow, subject = of(database, installed, "MIN")
    with uow.view() as tx:
        debts = invoices.debts(tx, subject)
    principals, fees = debts[:3], debts[3:]
    assert sum(debt.amount for debt in principals) == 107_456
    assert (sum(debt.amount for debt in fees), sum(debt.open_amount for debt in fees)) == (5_355, 3_135)
    assert [debt.paid for debt in fees] == [True, True, True, False, False, True, False, False, False, False]
    assert [debt.amount for debt in fees] == [550, 550, 550, 550, 305, 570, 570, 570, 570, 570]
    assert {debt.legal_title_name for debt in debts} == {"Own debt"}


def test_f3_the_meter_and_its_six_readings(database: Database, installed: dict[str, Installed]) -> None:
    uow, subject = of(database, installed, "MIN")
    with uow.view() as tx:
        [meter] = supply.my_meters(tx, subject, SHOWN)
    assert (meter.serial, meter.kind_name, meter.unit) == ("37461", "Hot-water meter", "m³")
    assert (meter.calibrated_on, meter.address) == (
        date(2007, 11, 30),
        "6600 Minta település Minta tér G.ép. 9.em. 48.",
    )
    assert [(line.on, line.value, line.consumption, line.kind_name) for line in meter.readings] == [
        (date(2014, 10, 31), Decimal(1073), Decimal(5), "Normal reading"),
        (date(2014, 9, 30), Decimal(1068), Decimal(3), "Normal reading"),
        (date(2014, 8, 31), Decimal(1065), Decimal(2), "Normal reading"),
        (date(2014, 7, 31), Decimal(1063), Decimal(4), "Normal reading"),
        (date(2014, 6, 30), Decimal(1059), Decimal(3), "Normal reading"),
        (date(2014, 5, 31), Decimal(1056), Decimal(4), "Normal reading"),
    ]
    assert (meter.valid_until, meter.calibration_expired) == (date(2015, 12, 31), False)


def test_f3_the_calibration_ends_with_2015_and_zero_is_no_reading(
    database: Database, installed: dict[str, Installed], now: datetime
) -> None:
    uow, subject = of(database, installed, "MIN")
    with uow.view() as tx:
        assert not supply.my_meters(tx, subject, date(2015, 12, 31))[0].calibration_expired
        [meter] = supply.my_meters(tx, subject, date(2016, 1, 1))
        assert meter.calibration_expired
        values: dict[str, Value] = {"meter": str(meter.id), "value": Decimal(0), "read_at": SHOWN}
        assert list(entry.check(tx, subject, values, language("en"), now)) == ["value"]


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2026, 1, 1, 9, 0, tzinfo=UTC),
        datetime(2028, 2, 29, 9, 0, tzinfo=UTC),
    ],
)
def test_the_walkthrough_customer_can_report_a_reading_today(
    database: Database, installed: dict[str, Installed], now: datetime
) -> None:
    uow, subject = of(database, installed, "UKA")
    today = now.astimezone(language("cs").zone).date()
    office = Office(uow, now, known_handlers())
    with uow.view() as tx:
        account = tx.session.scalars(select(Account).where(Account.login == walkthrough.LOGIN)).one()
        [meter] = supply.my_meters(tx, subject, today)
        lines = invoices.mine(tx, subject, today)
    assert meter.last is not None
    assert len(meter.readings) == 13
    assert [line.status for line in lines] == ["current", "settled", "settled", "settled"]
    assert lines[0].due_on >= today
    value = meter.last.value + 1
    case = office.case(account)
    given: dict[str, Value] = {"meter_id": str(meter.id), "value": value, "read_at": today}
    told = office.call("register-reading", case, given)["reading"]
    assert isinstance(told, dict)
    with uow.view() as tx:
        known = facts.of(tx, tx.session.scalars(select(Reading).where(Reading.case_id == case)).one())
    assert known.expected is not None
    assert not known.circumstances.duplicate


def test_one_contract_waits_for_an_account_one_is_full_one_not_yet_and_one_no_more(
    database: Database, installed: dict[str, Installed], now: datetime
) -> None:
    uka = installed["UKA"]
    office = Office(database.unit_of_work(uka.tenant), now)
    numbers = (
        (uka.application_contract, uka.application_customer, (True, True, True, 0)),
        (walkthrough.FULL_CONTRACT, walkthrough.FULL_CUSTOMER, (True, True, True, 3)),
        (walkthrough.LATER_CONTRACT, walkthrough.LATER_CUSTOMER, (True, True, False, 0)),
        (walkthrough.ENDED_CONTRACT, walkthrough.ENDED_CUSTOMER, (True, False, False, 0)),
    )
    for contract, customer, wanted in numbers:
        found = office.call("match-contract", office.case(), {"contract_no": contract, "customer_no": customer})
        told = found["contract"]
        assert isinstance(told, dict)
        assert (told["found"], told["valid"], told["effective"], told["live_accounts"]) == wanted
    full = office.case()
    with office.uow.view() as tx:
        contract_id = tx.session.scalars(select(Contract.id).where(Contract.number == walkthrough.FULL_CONTRACT)).one()
    with pytest.raises(ContractFull), office.uow.begin() as tx:
        slots.reserve(tx, full, contract_id, now)


def test_every_login_works_with_the_password_given(
    database: Database, installed: dict[str, Installed], now: datetime
) -> None:
    for each in installed.values():
        uow = database.unit_of_work(each.tenant)
        assert len(each.logins) == 9
        for login in each.logins:
            assert accounts.sign_in(uow, HASHER, login.login, "ukazka-1234", now).token


def test_installing_again_adds_nothing(database: Database, installed: dict[str, Installed], now: datetime) -> None:
    again = {each.code: each for each in samples.install(database, HASHER, "other-1234", now)}
    assert {code: each.tenant for code, each in again.items()} == {
        code: each.tenant for code, each in installed.items()
    }
    assert {each.fresh for each in installed.values()} == {True}
    assert {each.fresh for each in again.values()} == {False}
    with database.unit_of_work(installed["UKA"].tenant).view() as tx:
        assert tx.session.scalar(select(func.count()).select_from(Contract)) == 45
        assert (tx.session.scalar(select(func.count()).select_from(ContractAccount)) or 0) > 4

"""The ledger: nothing without a named clerk, nothing twice, nobody their own (S002-15)."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError, IntegrityError

from akta.errors import Invalid, Refusal
from akta.ids import new_id
from bpmn.values import Value
from heating import ledger, meters, readings
from heating.clerks import NoClerkDecided
from heating.readings import AlreadyDecided
from heating.tables.billing import BillingQueue
from heating.tables.contracts import Contract
from heating.tables.metering import LedgerEntry, LedgerReversal, Meter, Reading, ReadingDecision
from storage.people import Account, Membership
from storage.tasks import Task
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
    with pytest.raises(BpmnError, match="cannot verify"):
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
    with pytest.raises(BpmnError, match="cannot verify"):
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
    assert (back.value.code, back.value.variables) == (
        "READING_UNBILLABLE",
        {"reason_unbillable": "flag-below-last"},
    )


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
    assert back.value.variables == {"reason_unbillable": "flag-not-after-last"}


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
        own = Office(type(office.uow)(office.uow._sessions, office.uow.tenant, office.uow._changes), office.now)
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


@pytest.mark.parametrize("changed", [{"submitter_id": "verifier"}, {"verifier_id": None}, {"kind": "guessed"}])
def test_the_database_itself_refuses_a_row_without_a_verifier_or_by_its_submitter(
    office: Office, meter: Meter, customer: Account, clerk: Account, changed: dict[str, object]
) -> None:
    case, told = office.report(meter, "1077", customer)
    office.decided(case, clerk)
    office.post(case, told["id"])
    asked = {key: clerk.id if value == "verifier" else value for key, value in changed.items()}
    with pytest.raises(IntegrityError):
        office.keep(another(office, asked))


def another(office: Office, changed: dict[str, object]) -> LedgerEntry:
    meter = office.meter(office.contract())
    reading = office.processed(meter, date(2026, 2, 28), Decimal(1078))
    entry = entries(office)[0]
    values = {column.key: getattr(entry, column.key) for column in LedgerEntry.__table__.columns}
    values |= {"id": new_id(), "meter_id": meter.id, "reading_id": reading.id, "submitted_id": reading.id, **changed}
    return LedgerEntry(**values)


@pytest.mark.parametrize("table", [Reading, ReadingDecision, LedgerEntry, LedgerReversal])
def test_the_database_itself_refuses_to_change_or_remove_what_is_only_added(
    office: Office, meter: Meter, customer: Account, clerk: Account, table: type[Any]
) -> None:
    _posted_and_reversed(office, meter, clerk)
    key = "outcome" if table is ReadingDecision else "reason" if table is LedgerReversal else "submitter_name"
    for change in (update(table).values({key: "verified"}), delete(table)):
        with pytest.raises(DatabaseError, match="only added"), office.uow.begin() as tx:
            tx.session.execute(change)


def _posted_and_reversed(office: Office, meter: Meter, clerk: Account) -> LedgerEntry:
    other = office.account("Druhý", "metering")
    case, told = office.report(meter, "1077", other)
    office.decided(case, clerk)
    office.post(case, told["id"])
    entry = entries(office)[-1]
    asking = office.case(other)
    office.decided(asking, clerk)
    with office.uow.begin() as tx:
        ledger.reverse(tx, asking, entry.id, "The meter was mixed up.", office.now)
    return entry


def test_a_reversed_entry_counts_no_more_and_its_days_can_be_posted_anew(
    office: Office, meter: Meter, clerk: Account
) -> None:
    first = _posted_and_reversed(office, meter, clerk)
    with office.uow.view() as tx:
        assert meters.history(tx, meter)[-1].on == LAST_ON
        assert tx.session.scalars(select(BillingQueue)).all() == []
    case, told = office.report(meter, "1076", office.account("Třetí", "front-desk"))
    office.decided(case, clerk)
    office.post(case, told["id"])
    again = entries(office)[-1]
    assert (again.previous_at, again.version, again.consumption) == (first.previous_at, 2, Decimal(3))


def test_nobody_reverses_on_their_own_and_only_the_last_entry_goes(
    office: Office, meter: Meter, clerk: Account, customer: Account
) -> None:
    for value, on in (("1077", date(2026, 2, 14)), ("1078", date(2026, 2, 28))):
        case, told = office.report(meter, value, customer, on)
        office.decided(case, clerk)
        office.post(case, told["id"])
    first, second = entries(office)
    own, others = office.case(clerk), office.case(office.account("Druhý", "metering"))
    for asking in (own, others):
        office.decided(asking, clerk)
    for case_id, entry, refusal in ((own, second, NoClerkDecided), (others, first, ledger.LaterCount)):
        with pytest.raises(refusal), office.uow.begin() as tx:
            ledger.reverse(tx, case_id, entry.id, "why", office.now)


def test_an_expired_meter_is_estimated_and_never_billed_as_measured(
    office: Office, contract: Contract, customer: Account, clerk: Account
) -> None:
    """RP8."""
    meter = office.meter(contract)
    with office.uow.begin() as tx:
        tx.get(Meter, meter.id).valid_until = date(2025, 12, 31)
    case, told = office.report(meter, "1090", customer)
    office.decided(case, clerk)
    with pytest.raises(BpmnError) as back:
        office.post(case, told["id"])
    assert back.value.variables == {"reason_unbillable": "flag-calibration"}
    office.post(case, told["id"], decision="estimate", reason="Calibration expired.")
    [entry] = entries(office)
    expected = told["expected"]
    assert isinstance(expected, Decimal)
    assert (entry.kind, entry.consumption, entry.verifier_id) == ("estimated", expected, clerk.id)
    with office.uow.view() as tx:
        assert meters.history(tx, meter)[-1].kind == "estimated"


def test_a_reading_after_an_estimate_gives_back_what_was_too_much(
    office: Office, meter: Meter, customer: Account, clerk: Account
) -> None:
    for value, on, verdict in (
        ("1200", date(2026, 2, 14), {"decision": "estimate", "corrected_value": Decimal(1090), "reason": "a slip"}),
        ("1080", date(2026, 2, 28), {}),
    ):
        case, told = office.report(meter, value, customer, on)
        office.decided(case, clerk)
        office.post(case, told["id"], **verdict)  # type: ignore[arg-type]
    assert [(entry.kind, entry.consumption, entry.settles) for entry in entries(office)] == [
        ("estimated", Decimal(17), False),
        ("measured", Decimal(-10), True),
    ]


DECISIONS = ("accept", "rollover", "correct", "estimate", "reject", "ask_again", "")
ROLES = (("metering",), ("supervision",), ("front-desk",), ("billing",), ("administration",), None)


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(DECISIONS),
            st.sampled_from(ROLES),
            st.booleans(),
            st.integers(1060, 1100),
            st.integers(1, 27),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_row_without_a_verified_reading_and_a_named_clerk_who_did_not_submit_it(
    office: Office, acts: list[tuple[str, tuple[str, ...] | None, bool, int, int]]
) -> None:
    """Whatever is decided, by whom, about whose reading, in whatever order: S002-15 holds for every row there is."""
    contract = office.contract()
    meter, customer = office.meter(contract), office.holder(contract)
    for decision, groups, own, value, day in acts:
        clerk = office.account("Kdosi", *groups) if groups else customer
        submitter = clerk if own else customer
        try:
            case, told = office.report(meter, str(value), submitter, date(2026, 2, day))
            if decision:
                office.decided(case, clerk)
            office.post(case, told["id"], decision=decision, corrected_value=Decimal(value), reason="because")
        except (Refusal, BpmnError):
            continue
    with office.uow.view() as tx:
        for entry in tx.session.scalars(select(LedgerEntry).where(LedgerEntry.meter_id == meter.id)):
            assert readings.state(tx, entry.reading_id) == "verified"
            assert entry.verifier_name
            assert entry.verifier_id != entry.submitter_id
            held = select(Membership.group).where(Membership.account_id == entry.verifier_id)
            assert readings.VERIFIERS & set(tx.session.scalars(held))
            assert tx.get(Task, entry.task_id).ended_by == entry.verifier_id


def test_one_place_writes_the_ledger() -> None:
    packages = ("akta", "api", "heating", "tasks", "workflows", "documents", "people", "bpmn", "storage")
    sources = {path: path.read_text() for package in packages for path in (ROOT / package).rglob("*.py")}
    writers = [
        str(path.relative_to(ROOT))
        for path, source in sources.items()
        if re.search(r"(?<!class )\bLedgerEntry\(|(insert|update|delete)\(LedgerEntry|reading_ledger set", source)
    ]
    assert writers == ["heating/ledger.py"]

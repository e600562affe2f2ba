"""Reading to billing end to end without pages: nothing is billed without a named clerk's decision (S002-15)."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from akta.ids import CaseId
from akta.subjects import Door
from bpmn import dmn
from bpmn.values import Value, from_json
from documents import previews, store
from heating import batches, billing, lists, trials
from heating.queries import invoices
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import LedgerEntry, Meter, SupplyPoint
from storage.cases import Case, Incident
from storage.people import Person
from storage.tasks import Task
from tasks.claims import Taken
from tasks.desk import Unacceptable
from tests.journeys.office import Office
from workflows import archives, deployments

pytestmark = pytest.mark.slow


def reading(office: Office, **changed: str) -> dict[str, str]:
    """A plausible reading of the walkthrough's meter: the last value was 862.200 on 28 February."""
    with office.uow.view() as tx:
        meter = tx.session.scalars(select(Meter.id).where(Meter.serial == "74210")).one()
    return {"meter": str(meter), "value": "862,5", "read_at": "2026-03-02", **changed}


def from_office(received_by: str = "counter", **changed: str) -> dict[str, str]:
    """The same reading as a clerk enters it."""
    return {"received_by": received_by, "meter": "74210", "value": "862,5", "read_at": "2026-03-02", **changed}


def entries(office: Office) -> list[LedgerEntry]:
    with office.uow.view() as tx:
        return list(tx.session.scalars(select(LedgerEntry)))


def bill(office: Office) -> None:
    by = office.signed_in("billing").acting(Door.PAGE)
    billing.run(office.uow, office.akta.runtime, date(2026, 3, 31), by, office.now)
    office.settle()


def test_an_accepted_reading_becomes_a_line_of_an_invoice_the_customer_sees(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", reading(uka, photo=uka.upload("photo")), customer)
    assert uka.open_tasks(case) == ["verify-reading"]
    assert entries(uka) == []
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    (entry,) = entries(uka)
    assert (entry.value, entry.submitter_name) == (Decimal("862.500"), "Zákazník Ukázka")
    assert entry.verifier_id == uka.signed_in("metering").account
    bill(uka)
    assert (uka.case(case).state, uka.case(case).outcome) == ("closed", "billed")
    with uka.uow.view() as tx:
        newest = invoices.mine(tx, customer, date(2026, 3, 2))[0]
        view = invoices.one(tx, customer, newest.id, date(2026, 3, 2))
    assert {item.quantity for item in view.items} == {entry.consumption}


def test_a_corrected_reading_is_billed_with_the_corrected_value_and_its_reason(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka, value="1862.5"), uka.signed_in("zu0001"))
    corrected = {"decision": "correct", "corrected_value": "862.5", "reason": "The photo shows 862,5."}
    uka.do(case, "verify-reading", "metering", corrected)
    assert [entry.value for entry in entries(uka)] == [Decimal("862.500")]
    assert "The photo shows 862,5." in uka.mails[0].body


def test_a_reading_asked_for_again_is_verified_anew(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", reading(uka, value="900"), customer)
    uka.do(case, "verify-reading", "metering", {"decision": "ask_again", "reason": "Is it 900 or 860?"})
    assert "Is it 900 or 860?" in uka.mails[0].body
    uka.do(case, "correct-reading", customer, {"value": "862,6", "read_at": "2026-03-02"})
    assert entries(uka) == []
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert [entry.value for entry in entries(uka)] == [Decimal("862.600")]


def test_the_photo_that_stands_in_the_form_again_is_sent_with_it(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", {**reading(uka, value="900"), "photo": uka.upload("photo")}, customer)
    uka.do(case, "verify-reading", "metering", {"decision": "ask_again", "reason": "Is it 900 or 860?"})
    (photo,) = uka.documents(case)
    uka.do(case, "correct-reading", customer, {"value": "862,6", "read_at": "2026-03-02", "photo": str(photo.id)})
    assert uka.open_tasks(case) == ["verify-reading"]
    assert [row.id for row in uka.documents(case)] == [photo.id]


def test_a_question_nobody_answers_sets_the_reading_aside(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "ask_again", "reason": "Send a photo."})
    uka.wait(days=5, minutes=1)
    assert uka.case(case).outcome == "lapsed"
    assert entries(uka) == []


def test_a_rejected_reading_never_reaches_the_ledger(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "reject", "reason": "This is another meter."})
    bill(uka)
    assert uka.case(case).outcome == "rejected"
    assert entries(uka) == []


def test_a_reading_below_the_last_one_comes_back_to_the_clerk_who_accepts_it(uka: Office) -> None:
    case = uka.start("meter-reading", from_office(value="816"), uka.signed_in("front-desk"))
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert uka.open_tasks(case) == ["verify-reading"]
    assert entries(uka) == []
    with uka.uow.view() as tx:
        assert tx.session.scalars(select(Incident)).all() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": "twelve"}, "value"),
        ({"value": ""}, "value"),
        ({"value": "0"}, "value"),
        ({"value": "-3"}, "value"),
        ({"value": "816"}, "value"),
        ({"value": "123456789"}, "value"),
        ({"read_at": "2026-03-03"}, "read_at"),
        ({"read_at": "2025-12-01"}, "read_at"),
        ({"meter": "00000000-0000-0000-0000-000000000000"}, "meter"),
    ],
)
def test_what_no_meter_can_show_is_told_at_once(uka: Office, changed: dict[str, str], field: str) -> None:
    with pytest.raises(Unacceptable) as refused:
        uka.start("meter-reading", reading(uka, **changed), uka.signed_in("zu0001"))
    assert list(refused.value.fields) == [field]


def test_two_clerks_cannot_take_one_reading(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.claim(case, "verify-reading", "metering")
    with pytest.raises(Taken):
        uka.claim(case, "verify-reading", "supervision")


def test_a_second_billing_run_bills_nothing_twice(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    bill(uka)
    numbers = _numbers(uka)
    bill(uka)
    assert _numbers(uka) == numbers


def _numbers(office: Office) -> list[str]:
    with office.uow.view() as tx:
        return [line.number for line in invoices.mine(tx, office.signed_in("zu0001"), date(2026, 3, 2))]


def test_a_call_is_taken_only_after_the_caller_was_identified(uka: Office) -> None:
    """S004-06: the user number and something only the customer knows."""
    desk = uka.signed_in("front-desk")
    case = uka.start("meter-reading", from_office("phone"), desk)
    assert (uka.case(case).channel, uka.open_tasks(case)) == ("phone", ["ask-caller"])
    asked = {"user_id": "ZU0001", "control": "serial", "control_answer": "999"}
    uka.do(case, "ask-caller", "front-desk", asked)
    assert uka.open_tasks(case) == ["ask-caller"]
    uka.do(case, "ask-caller", "front-desk", {**asked, "control_answer": "74210"})
    assert uka.open_tasks(case) == ["verify-reading"]
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert [entry.submitter_name for entry in entries(uka)] == ["Přepážka Ukázka"]
    assert "862.5" in uka.mails[0].body.replace(",", ".")


def test_a_caller_who_fails_three_times_is_offered_another_channel(uka: Office) -> None:
    case = uka.start("meter-reading", from_office("phone"), uka.signed_in("front-desk"))
    for _ in range(3):
        asked = {"user_id": "ZU0001", "control": "last_reading", "control_answer": "1"}
        uka.do(case, "ask-caller", "front-desk", asked)
    assert uka.case(case).outcome == "not-identified"
    assert entries(uka) == []


def test_a_caller_cannot_report_for_somebody_elses_meter(uka: Office) -> None:
    case = uka.start("meter-reading", from_office("phone"), uka.signed_in("front-desk"))
    with uka.uow.view() as tx:
        other = tx.session.scalars(select(Customer.number).where(Customer.number.like("ZU01%"))).first()
        mine = select(Meter.serial).join(SupplyPoint, SupplyPoint.id == Meter.supply_point_id).join(Contract)
        serial = tx.session.scalars(mine.join(Customer).where(Customer.number == other)).first()
    asked = {"user_id": other or "", "control": "serial", "control_answer": serial or ""}
    uka.do(case, "ask-caller", "front-desk", asked)
    assert uka.open_tasks(case) == ["ask-caller"]


def test_who_has_no_e_mail_is_written_to_and_billed_before_the_letter_is_posted_too(uka: Office) -> None:
    """S004-08: what was told by telephone is confirmed in writing."""
    customer = uka.signed_in("zu0001")
    with uka.uow.begin() as tx:
        tx.get(Person, uka.person("zu0001")).email = ""
    case = uka.start("meter-reading", reading(uka), customer)
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert (len(uka.mails), uka.open_tasks(case)) == (0, ["post"])
    bill(uka)
    assert uka.open_tasks(case) == ["post"]
    uka.do(case, "post", "front-desk", {"posted_on": "2026-03-02"})
    uka.do(case, "post", "front-desk", {"posted_on": "2026-03-03"})
    assert uka.case(case).outcome == "billed"
    letters = {row.kind: row for row in uka.documents(case) if row.name.endswith(".docx")}
    assert letters.keys() == {"recorded", "billed", "invoice"}
    texts = {kind: "\n".join(previews.paragraphs(store.whole(uka.akta.files, letters[kind]))) for kind in letters}
    assert "Zákazník Ukázka" in texts["recorded"]
    assert "862.5 m³ for meter 74210" in texts["recorded"].replace("\xa0", " ")
    number = _numbers(uka)[0]
    assert f"invoice {number}, which is enclosed" in texts["billed"]


def test_a_control_reading_takes_the_place_of_the_one_reported(uka: Office) -> None:
    case = uka.start("meter-reading", reading(uka, value="900"), uka.signed_in("zu0001"))
    uka.do(case, "verify-reading", "metering", {"decision": "control_reading", "reason": "Far too much."})
    read = {"control_value": "862,9", "control_read_at": "2026-03-02"}
    uka.do(case, "control-reading", "front-desk", read)
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    (entry,) = entries(uka)
    assert (entry.value, entry.submitter_name) == (Decimal("862.900"), "Přepážka Ukázka")


def test_clean_readings_are_accepted_together_each_as_the_clerks_own_act(uka: Office) -> None:
    clean = uka.start("meter-reading", {**reading(uka), "value": "862,5"}, uka.signed_in("zu0001"))
    odd = uka.start("meter-reading", from_office(value="900"), uka.signed_in("front-desk"))
    clerk = uka.signed_in("metering")
    with uka.uow.view() as tx:
        shown = batches.clean(tx, uka.akta.desk, clerk)
    assert [each.value for each in shown] == [Decimal("862.500")]
    chosen = [(shown[0].task, shown[0].version), (uka.task(odd, "verify-reading"), 1)]
    done = batches.accept(uka.uow, uka.akta.desk, clerk, Door.PAGE, chosen, uka.now)
    assert [each.refusal is None for each in done] == [True, False]
    uka.settle()
    (entry,) = entries(uka)
    assert (entry.case_id, entry.verifier_id) == (clean, clerk.account)
    assert uka.open_tasks(odd) == ["verify-reading"]


def test_a_list_becomes_a_case_for_each_good_line_once(uka: Office) -> None:
    clerk = uka.signed_in("metering")
    content = b"serial;value;date\n74210;862,5;2026-03-02\nnone;1;2026-03-02\n"
    made = lists.check(uka.uow, clerk, "March", content, uka.now)
    assert entries(uka) == []
    assert lists.take(uka.uow, uka.akta.runtime, clerk, Door.PAGE, made, uka.now) == 1
    assert lists.take(uka.uow, uka.akta.runtime, clerk, Door.PAGE, made, uka.now) == 0
    uka.settle()
    with uka.uow.view() as tx:
        (case,) = tx.session.scalars(select(Case.id).where(Case.channel == "list"))
    assert uka.open_tasks(CaseId(case)) == ["verify-reading"]
    uka.do(CaseId(case), "verify-reading", "supervision", {"decision": "accept"})
    assert len(entries(uka)) == 1


def test_the_factor_is_one_cell_that_is_tried_on_last_years_readings_and_then_activated(uka: Office) -> None:
    """Issue point 8: 2.0 becomes 1.05, and only readings above 1.05 times the expected are flagged anew."""
    with uka.uow.view() as tx:
        active = deployments.active(tx, "meter-reading")
        bundle = archives.read(tx, active.content_hash)
        cells = [cell for cell in dmn.cells(bundle.files[trials.TABLE]) if cell.text == "2.0"]
        [cell] = [one for one in cells if one.about.startswith("Hot water")]
        changed = trials.changed_bundle(bundle, {cell.id: "1.05"})
        tried = trials.compare(tx, bundle, changed, date(2026, 3, 2), uka.now)
    assert tried.readings > tried.differing > 0
    for one in tried.shown:
        assert one.expected is not None
        added = set(one.after) - set(one.before)
        assert added <= {"RP2: flag-high", "RP9: flag-last-implausible", "RP5: flag-swapped"}
        higher = Decimal("1.05") * one.expected < one.consumption <= 2 * one.expected
        assert ("RP2: flag-high" in added) == higher
    with uka.uow.begin() as tx:
        by = uka.signed_in("process-owners").acting(Door.PAGE)
        deployments.deploy(tx, changed, by, uka.now, gate=uka.akta.gate, activated=True)
    case = uka.start("meter-reading", reading(uka, value="866.7"), uka.signed_in("zu0001"))
    with uka.uow.view() as tx:
        context = from_json(tx.get(Task, uka.task(case, "verify-reading")).context)
    assert isinstance(context, dict)
    assert "RP2: flag-high" in _named(context["flags"])


def _named(flags: Value) -> set[str]:
    assert isinstance(flags, list)
    return {f"{flag['flag']}: {flag['text']}" for flag in flags if isinstance(flag, dict)}

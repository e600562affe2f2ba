"""What happens around readings, end to end without pages: corrections, exchanges of meters, periods and calls."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from akta.ids import CaseId
from akta.subjects import Door
from heating import billing
from heating.queries import invoices
from heating.tables.metering import LedgerEntry, Meter
from storage.cases import Case, Incident
from storage.people import Person
from tasks.desk import Unacceptable
from tests.journeys.office import Office
from tests.journeys.test_meter_reading import entries, from_office, reading

pytestmark = pytest.mark.slow


def bill(office: Office) -> None:
    by = office.signed_in("billing").acting(Door.PAGE)
    billing.run(office.uow, office.akta.runtime, date(2026, 3, 31), by, office.now)
    office.settle()


def nothing_stopped(office: Office) -> None:
    with office.uow.view() as tx:
        assert tx.session.scalars(select(Incident)).all() == []


def test_a_billed_reading_is_corrected_by_two_clerks_and_billed_anew(uka: Office) -> None:
    customer = uka.signed_in("zu0001")
    case = uka.start("meter-reading", reading(uka, value="866"), customer)
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    bill(uka)
    asked = {"meter": "74210", "value": "863", "why": "Read as 866 instead of 863."}
    correction = uka.start("reading-correction", asked, uka.signed_in("metering"))
    uka.do(correction, "verify-reading", "supervision", {"decision": "accept"})
    assert uka.case(correction).outcome == "corrected"
    bill(uka)
    with uka.uow.view() as tx:
        lines = invoices.mine(tx, customer, date(2026, 3, 2))[:4]
    kinds = Counter((line.type, line.status) for line in lines if line.due_on == date(2026, 3, 31))
    assert kinds[("heat", "reversed")] == 1
    assert kinds[("reversal", "settled")] == 1
    assert [entry.value for entry in entries(uka)] == [Decimal(866), Decimal(863)]
    nothing_stopped(uka)


def test_who_entered_a_reading_is_told_that_somebody_else_decides(uka: Office) -> None:
    case = uka.start("meter-reading", from_office(), uka.signed_in("metering"))
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert uka.open_tasks(case) == ["verify-reading"]
    uka.do(case, "verify-reading", "supervision", {"decision": "accept"})
    assert [entry.verifier_name for entry in entries(uka)] == ["Vedoucí Ukázka"]
    nothing_stopped(uka)


def test_an_exchanged_meter_is_closed_and_the_other_one_begins(uka: Office) -> None:
    worksheet = {
        "meter": "74210",
        "closing_value": "862,9",
        "exchanged_on": "2026-03-02",
        "new_serial": "99001",
        "opening_value": "0,1",
        "digits": "5",
        "calibrated_on": "2026-01-10",
        "valid_until": "2031-12-31",
        "worksheet": uka.upload("worksheet"),
    }
    case = uka.start("meter-exchange", worksheet, uka.signed_in("front-desk"))
    uka.do(case, "verify-reading", "metering", {"decision": "accept"})
    assert uka.case(case).outcome == "done"
    with uka.uow.view() as tx:
        old = tx.session.scalars(select(Meter).where(Meter.serial == "74210")).one()
        new = tx.session.scalars(select(Meter).where(Meter.serial == "99001")).one()
    assert (old.removed_on, new.replaces_id) == (date(2026, 3, 2), old.id)
    with pytest.raises(Unacceptable) as refused:
        uka.start("meter-reading", from_office(), uka.signed_in("front-desk"))
    assert "99001" in refused.value.fields["meter"]
    uka.wait(days=20)
    later = from_office(meter="99001", value="3,1", read_at="2026-03-20")
    following = uka.start("meter-reading", later, uka.signed_in("front-desk"))
    uka.do(following, "verify-reading", "metering", {"decision": "accept"})
    assert [entry.consumption for entry in entries(uka)] == [Decimal("0.7"), Decimal(3)]
    nothing_stopped(uka)


def test_a_period_calls_everybody_reminds_and_asks_a_clerk_about_what_is_missing(uka: Office) -> None:
    plan = {"opens": "2026-03-16", "closes": "2026-03-31", "cut_off": "2026-04-05"}
    with uka.uow.begin() as tx:
        tx.get(Person, uka.person("zu0101")).email = ""
    period = uka.start("reading-window", plan, uka.signed_in("metering"))
    customer = uka.signed_in("zu0001")
    with pytest.raises(Unacceptable):
        uka.start("meter-reading", reading(uka), customer)
    uka.wait(days=14)
    with uka.uow.view() as tx:
        meters = len(tx.session.scalars(select(Meter.id)).all())
        calls = tx.session.scalars(select(Case).where(Case.bundle == "reading-call")).all()
    assert len(calls) == meters
    mine = next(call for call in calls if call.person_id == customer.person)
    by_post = next(CaseId(call.id) for call in calls if uka.open_tasks(CaseId(call.id)) == ["post"])
    assert [letter.kind for letter in uka.documents(by_post)] == ["call"]
    uka.do(by_post, "post", "front-desk", {"posted_on": "2026-03-16"})
    assert uka.open_tasks(by_post) == []
    uka.start("meter-reading", reading(uka, value="864", read_at="2026-03-16"), customer)
    assert uka.case(CaseId(mine.id)).outcome == "read"
    reminded = len(uka.mails)
    uka.wait(days=9)
    assert len(uka.mails) > reminded
    uka.wait(days=8)
    assert uka.case(period).outcome == "over"
    with uka.uow.view() as tx:
        waiting = [call.id for call in calls if tx.get(Case, call.id).state != "closed" and call.id != mine.id]
    assert len(waiting) == meters - 1
    uka.do(by_post, "verify-reading", "metering", {"decision": "accept"})
    uka.do(by_post, "post", "front-desk", {"posted_on": "2026-04-02"})
    assert uka.case(by_post).outcome == "estimated"
    with uka.uow.view() as tx:
        entry = tx.session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == by_post)).one()
    assert (entry.kind, entry.read_at, entry.submitter_id) == ("estimated", date(2026, 3, 31), None)
    assert entry.verifier_id == uka.signed_in("metering").account
    nothing_stopped(uka)

"""Portal access end to end without pages: each capacity to each end, and each road there (domain.md §2.1-2.4)."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from akta.clock import SetClock
from akta.ids import CaseId
from akta.subjects import Door
from heating import access, mandates
from tasks import signature_codes, withdraw
from tasks.desk import Unacceptable
from tasks.signature_codes import NoCodes
from tests.journeys import applicants, office
from tests.journeys.applicants import (
    JOINT,
    SILENT,
    Numbers,
    application,
    confirm,
    new_contract,
    shown,
    sign_on_paper,
)
from tests.journeys.conftest import TODAY
from tests.journeys.office import Office

pytestmark = pytest.mark.slow

CAPACITIES = ("self", "statutory_rep", "authorised_person", "proxy", "housing_manager")
Way = Callable[[Office, CaseId], None]


@pytest.fixture(scope="module")
def house(office_on_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One Czech office for the whole table: every application has a contract of its own."""
    folder = tmp_path_factory.mktemp("house")
    shutil.copyfile(office_on_sqlite, folder / "akta.db")
    clock = SetClock(TODAY)
    akta = office.build(f"sqlite:///{folder / 'akta.db'}", folder / "files", clock)
    yield Office.opened(akta, clock)
    akta.close()


@pytest.fixture
def numbers(house: Office) -> Numbers:
    """A contract that nobody has applied for. The clock starts anew."""
    house.clock.at = TODAY
    return new_contract(house)


# Each capacity to each end


def becomes_active(house: Office, case: CaseId) -> None:
    confirm(house, case)
    sign_on_paper(house, case)
    applicants.first_sign_in(house)


def is_refused(house: Office, case: CaseId) -> None:
    if house.open_tasks(case) == ["decide-mandate"]:
        house.do(case, "decide-mandate", "mandate-verification", {"decision": "reject", "reason": "A page is missing."})
    else:
        house.do(case, "check-identity", "front-desk", {"decision": "refuse", "reason": "A page is missing."})
    assert "A page is missing." in house.mails[0].body
    assert "refusal" in {row.kind for row in house.documents(case)}


def is_withdrawn(house: Office, case: CaseId) -> None:
    withdraw.withdraw(house.uow, house.akta.desk, house.holder(case), Door.PAGE, case, house.now)
    house.settle()


def is_declined(house: Office, case: CaseId) -> None:
    confirm(house, case)
    house.do(case, "return-signed", house.holder(case), {"answer": "decline"})


def expires(house: Office, case: CaseId) -> None:
    confirm(house, case)
    for days in (7, 14):
        house.wait(days=days, minutes=1)
        assert "waiting for your signature" in house.mails[0].subject
    house.wait(days=9)


def is_signed_by_somebody_else(house: Office, case: CaseId) -> None:
    confirm(house, case)
    applicants.return_paper(house, case)
    house.do(case, "check-signature", "front-desk", {"decision": "wrong-signer"})


def is_not_taken_up(house: Office, case: CaseId) -> None:
    confirm(house, case)
    sign_on_paper(house, case)
    secrets = {applicants.credentials(house)[1]}
    for _ in range(2):
        house.wait(days=3, minutes=1)
        secrets.add(applicants.credentials(house)[1])
    assert len(secrets) == 3
    house.wait(days=3, minutes=1)
    house.do(case, "contact-applicant", "front-desk", {"decision": "close"})


ENDS: dict[str, Way] = {
    "active": becomes_active,
    "access-refused": is_refused,
    "withdrawn": is_withdrawn,
    "declined": is_declined,
    "signature-expired": expires,
    "wrong-signer": is_signed_by_somebody_else,
    "abandoned": is_not_taken_up,
}
TABLE = [(capacity, end) for capacity in CAPACITIES for end in ENDS if capacity in ("self", "proxy") or end in
         ("active", "access-refused", "signature-expired")]  # fmt: skip


@pytest.mark.parametrize(("capacity", "end"), TABLE, ids=[f"{capacity} ends as {end}" for capacity, end in TABLE])
def test_each_capacity_to_each_end(house: Office, numbers: Numbers, capacity: str, end: str) -> None:
    case = house.start("portal-access", application(house, numbers, capacity))
    ENDS[end](house, case)
    closed = house.case(case)
    assert (closed.state, closed.outcome) == ("closed", end)
    with house.uow.view() as tx:
        assert applicants.live_slots(tx, numbers.contract) == (1 if end == "active" else 0)


# Eligibility


@pytest.mark.parametrize(
    ("contract", "customer", "reason"),
    [
        ("UKA-1002", "ZU0003", "We found no contract"),
        ("UKA-1004", "ZU0004", "not effective yet"),
        ("UKA-1005", "ZU0005", "no longer valid"),
    ],
)
def test_a_contract_that_is_not_in_force_gives_no_access(
    house: Office, contract: str, customer: str, reason: str
) -> None:
    case = house.start("portal-access", application(house, Numbers(contract, customer, "Žadatel Ukázka")))
    assert house.case(case).outcome == "access-refused"
    assert reason in house.mails[0].body


FULL = Numbers("UKA-1003", "ZU0003", "Rodina Ukázka")


def pick(uka: Office, case: CaseId) -> None:
    """The applicant picks the last account to give up."""
    holders = shown(uka, case, "give-up")["holders"]
    assert len(holders) == 3
    assert all("Rodina" not in each["label"] for each in holders)
    uka.do(case, "give-up", uka.holder(case), {"decision": "one", "account_to_close": holders[-1]["value"]})


def test_a_full_contract_asks_which_account_to_give_up_and_goes_on_when_the_customer_agrees(uka: Office) -> None:
    case = uka.start("portal-access", application(uka, FULL))
    assert uka.open_tasks(case) == ["give-up"]
    pick(uka, case)
    uka.do(case, "confirm-give-up", "front-desk", {"decision": "yes"})
    assert uka.open_tasks(case) == ["check-identity"]
    assert applicants.account(uka, "zu0003-3").state == "closed"
    with uka.uow.view() as tx:
        assert applicants.live_slots(tx, "UKA-1003") == 3


@pytest.mark.parametrize("way", ["no account", "not agreed", "no answer"])
def test_a_full_contract_stays_full_when_none_is_given_up(uka: Office, way: str) -> None:
    case = uka.start("portal-access", application(uka, FULL))
    if way == "no account":
        uka.do(case, "give-up", uka.holder(case), {"decision": "none"})
    elif way == "not agreed":
        pick(uka, case)
        uka.do(case, "confirm-give-up", "front-desk", {"decision": "no"})
    else:
        uka.wait(days=14, minutes=1)
    assert uka.case(case).outcome == "access-refused"
    assert "already has three user accounts" in uka.mails[0].body


def test_an_account_closed_by_its_customer_lets_a_waiting_application_go_on(uka: Office) -> None:
    case = uka.start("portal-access", application(uka, FULL))
    owner = uka.signed_in("zu0003")
    with uka.uow.view() as tx:
        ((contract, holders),) = access.of_subject(tx, owner).items()
    victim = next(each for each in holders if not each.own)
    assert victim.account is not None
    access.revoke(uka.uow, uka.akta.runtime, owner, Door.PAGE, contract.id, victim.account, uka.now)  # type: ignore[arg-type]
    uka.settle()
    assert uka.open_tasks(case) == ["check-identity"]
    told = [mail for mail in uka.mails if contract.number in mail.subject]
    assert len({mail.to for mail in told}) == 2, "both sides know"


# Intake


def entered(house: Office, numbers: Numbers, channel: str, **more: str) -> CaseId:
    form = application(house, numbers, application_scan=house.upload("application_scan"), channel_said=channel)
    return house.start("portal-access", {**form, **more}, house.signed_in("front-desk"))


def test_the_channel_decides_when_an_application_was_received(house: Office, numbers: Numbers) -> None:
    cases = {
        "counter": entered(house, numbers, "counter", name="Jeden Ukázka"),
        "post": entered(house, numbers, "post", received_on="2026-02-27", name="Dva Ukázka"),
        "data-box": entered(
            house, numbers, "data-box", received_on="2026-02-27", received_time="14:05", name="Tři Ukázka"
        ),
    }
    received = {channel: house.case(case).received_at.isoformat() for channel, case in cases.items()}
    assert received == {
        "counter": "2026-03-02T09:30:00+00:00",
        "post": "2026-02-26T23:00:00+00:00",
        "data-box": "2026-02-27T13:05:00+00:00",
    }
    assert {house.case(case).channel for case in cases.values()} == set(cases)


def test_what_came_on_paper_is_acknowledged_on_paper(house: Office, numbers: Numbers) -> None:
    mails = len(house.mails)
    case = entered(house, numbers, "post", received_on="2026-02-27")
    assert house.open_tasks(case) == ["hand-over"]
    assert "acknowledgement" in {row.kind for row in house.documents(case)}
    assert len(house.mails) == mails
    house.do(case, "hand-over", "front-desk", {"handed_over": "on"})
    assert house.open_tasks(case) == ["check-identity"]


def test_what_came_by_mail_is_acknowledged_by_mail(house: Office, numbers: Numbers) -> None:
    case = entered(house, numbers, "email", received_on="2026-03-02", received_time="08:00")
    assert house.case(case).reference in house.mails[0].subject
    assert house.open_tasks(case) == ["check-identity"]


def test_the_same_application_twice_is_offered_for_merging_and_its_papers_move(house: Office, numbers: Numbers) -> None:
    first = house.start("portal-access", application(house, numbers, "proxy"))
    second = house.start("portal-access", application(house, numbers, "proxy"))
    assert house.open_tasks(second) == ["compare"]
    older = house.case(first).reference
    house.do(second, "compare", "front-desk", {"decision": "merge", "merge_into": older})
    assert house.case(second).outcome == "merged"
    assert sum(row.kind == "mandate_document" for row in house.documents(first)) == 2


def test_two_applications_that_only_look_alike_both_go_on(house: Office, numbers: Numbers) -> None:
    house.start("portal-access", application(house, numbers))
    second = house.start("portal-access", application(house, numbers))
    house.do(second, "compare", "front-desk", {"decision": "separate"})
    assert house.open_tasks(second) == ["check-identity"]


@pytest.mark.parametrize(
    ("capacity", "paper"),
    [
        ("statutory_rep", "register_extract"),
        ("authorised_person", "authorisation"),
        ("proxy", "mandate_document"),
        ("housing_manager", "resolution"),
    ],
)
def test_a_missing_paper_is_asked_for_by_its_name(house: Office, numbers: Numbers, capacity: str, paper: str) -> None:
    case = house.start("portal-access", {**application(house, numbers, capacity), paper: []})
    assert house.open_tasks(case) == ["supplement"]
    house.do(case, "supplement", house.holder(case), {paper: house.upload(paper)})
    assert house.open_tasks(case) == ["decide-mandate"]


def test_after_two_requests_an_incomplete_application_is_refused(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", {**application(house, numbers, "proxy"), "mandate_document": []})
    for _ in range(2):
        house.do(case, "supplement", house.holder(case), {"supplement_note": "Not yet."})
    assert house.case(case).outcome == "access-refused"


def test_a_supplement_that_never_comes_is_asked_for_again_and_then_lapses(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", {**application(house, numbers, "proxy"), "mandate_document": []})
    house.wait(days=7, minutes=1)
    assert any(mail.subject.startswith("Reminder") for mail in house.mails[:2])
    house.wait(days=7)
    assert house.case(case).outcome == "lapsed"


def test_a_supplement_with_nothing_in_it_is_not_taken(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", {**application(house, numbers, "proxy"), "mandate_document": []})
    with pytest.raises(Unacceptable) as refused:
        house.do(case, "supplement", house.holder(case), {"supplement_note": ""})
    assert "Nothing has been added yet" in refused.value.fields[""]


def test_a_clerk_can_send_the_application_back_with_their_own_words(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", application(house, numbers))
    request = "Attach the last invoice."
    house.do(case, "check-identity", "front-desk", {"decision": "supplement", "supplement_request": request})
    assert request in house.mails[0].body
    house.do(case, "supplement", house.holder(case), {"supplement_note": "It is attached."})
    assert house.open_tasks(case) == ["check-identity"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("birth_date", "2010-01-01", "Only adults can apply."),
        ("company_id", "11122235", "not the number of a company"),
        ("mandate_valid_to", "2026-01-01", "end before it was signed"),
    ],
)
def test_an_answer_no_clerk_could_accept_is_refused_at_once(
    house: Office, numbers: Numbers, field: str, value: str, sentence: str
) -> None:
    with pytest.raises(Unacceptable) as refused:
        house.start("portal-access", {**application(house, numbers, "proxy"), field: value})
    assert sentence in refused.value.fields[field]


# Representation


def findings(house: Office, case: CaseId) -> set[str]:
    told = shown(house, case, "decide-mandate")["findings"]
    return {f"{each['severity']} {each['text'].removeprefix('finding-')}" for each in told}


@pytest.mark.parametrize(
    ("capacity", "changed", "found"),
    [
        ("statutory_rep", {"company_id": JOINT, "mandate_signed_by": "Jednatel Ukázka"}, "BLOCK joint"),
        ("statutory_rep", {"company_id": SILENT}, "WARN register-silent-extract"),
        ("statutory_rep", {"company_id": "99887762"}, "BLOCK dissolved"),
        ("statutory_rep", {"name": "Někdo Jiný"}, "BLOCK not-representative"),
        ("proxy", {"company_id": SILENT}, "BLOCK register-silent"),
        ("proxy", {"company_id": "12345679"}, "BLOCK not-registered"),
        ("proxy", {"mandate_valid_to": "2026-03-01"}, "BLOCK expired"),
        ("proxy", {"acts": ["view"]}, "BLOCK no-sign"),
        ("proxy", {"represented_name": "Někdo Jiný"}, "BLOCK principal"),
        ("authorised_person", {"mandate_signed_by": "Dědička Ukázka"}, "BLOCK signer"),
    ],
)
def test_what_the_register_and_the_papers_say_becomes_findings(
    house: Office, numbers: Numbers, capacity: str, changed: dict[str, str | list[str]], found: str
) -> None:
    case = house.start("portal-access", application(house, numbers, capacity, **changed))
    assert found in findings(house, case)
    if found.startswith("BLOCK"):
        with pytest.raises(Unacceptable, match=r"."):
            house.do(case, "decide-mandate", "mandate-verification", {"decision": "accept"})


def test_with_both_joint_directors_the_mandate_can_be_accepted_and_both_have_to_sign(
    house: Office, numbers: Numbers
) -> None:
    both = "Jednatelka Ukázka\r\nJednatel Ukázka"
    changed = {"company_id": JOINT, "name": "Jednatel Ukázka", "mandate_signed_by": both}
    case = house.start("portal-access", application(house, numbers, "statutory_rep", **changed))
    assert not any(each.startswith("BLOCK") for each in findings(house, case))
    confirm(house, case)
    applicants.return_paper(house, case)
    house.do(case, "check-signature", "front-desk", {"decision": "one-of-two", "signed_by": ["Jednatel Ukázka"]})
    assert "Jednatelka Ukázka" in house.mails[0].body
    assert house.open_tasks(case) == ["return-signed"]
    sign_on_paper(house, case)
    applicants.first_sign_in(house)
    assert house.case(case).outcome == "active"


def test_a_mandate_can_be_accepted_for_fewer_acts_but_not_for_as_many(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", application(house, numbers, "proxy"))
    both = {"decision": "narrowed", "accepted_acts": ["view", "sign"]}
    with pytest.raises(Unacceptable):
        house.do(case, "decide-mandate", "mandate-verification", both)
    house.do(case, "decide-mandate", "mandate-verification", {"decision": "narrowed", "accepted_acts": ["sign"]})
    with house.uow.view() as tx:
        mandate = mandates.of_case(tx, case)
        assert mandate is not None
        assert mandates.acts_of(tx, [mandate.id]) == {mandate.id: ("sign",)}


# Signature


def test_a_page_that_is_missing_is_asked_for_again(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", application(house, numbers))
    confirm(house, case)
    applicants.return_paper(house, case)
    house.do(case, "check-signature", "front-desk", {"decision": "again", "reason": "Page 2 is missing."})
    assert "Page 2 is missing." in house.mails[0].body
    assert house.open_tasks(case) == ["return-signed"]


def test_where_ink_is_needed_there_is_no_code_and_no_claim_to_have_used_one(house: Office, numbers: Numbers) -> None:
    case = house.start("portal-access", application(house, numbers))
    confirm(house, case)
    signer = applicants.open_link(house, case)
    task = house.task(case, "return-signed")
    with pytest.raises(NoCodes):
        signature_codes.ask(house.uow, house.akta.desk, signer, Door.PAGE, task, house.now)
    with pytest.raises(Unacceptable):
        house.do(case, "return-signed", signer, {"answer": "click"})

"""Portal access end to end without pages: each road from the application to its end (domain.md §2.1–2.4)."""

import re

import pytest

from akta.ids import AccountId, CaseId
from akta.languages import language
from akta.subjects import Door, Kind, Subject
from people import accounts
from people.accounts import PasswordEntry
from storage.people import Account
from tasks import first_login
from tasks.desk import Unacceptable
from tasks.first_login import Changing
from tests.journeys.office import Office

pytestmark = pytest.mark.slow

SELF = {
    "applicant_capacity": "self",
    "contract_no": "UKA-1002",
    "customer_no": "ZU0002",
    "name": "Žadatel Ukázka",
    "birth_date": "1951-04-07",
    "email": "zadatel@example.org",
    "email_repeat": "zadatel@example.org",
    "accept_terms": "on",
    "privacy_read": "on",
}
CONFIRMED = {"decision": "accept"}


def proxy(office: Office, **changed: str) -> dict[str, str | list[str]]:
    return {
        **SELF,
        "name": "Zmocněnec Ukázka",
        "applicant_capacity": "proxy",
        "represented_name": "Žadatel Ukázka",
        "acts": ["view", "sign"],
        "mandate_issued_on": "2026-02-20",
        "mandate_document": office.upload("mandate_document"),
        **changed,
    }


def sign(office: Office, case: CaseId) -> None:
    """The applicant signs, a clerk checks, an authorised person countersigns."""
    holder = office.holder(case)
    office.do(case, "return-signed", holder, {"answer": "signed", "signed_scan": office.upload("signed_scan")})
    office.do(case, "check-signature", "front-desk", {"decision": "ok", "signature_checks": ["agreement", "addendum"]})
    office.do(case, "countersign", "signatories", {"effective_from": "2026-03-03", "countersigned": "on"})


def secret_from_mail(office: Office) -> tuple[str, str]:
    """Login and temporary password, from the newest mails that carry them."""
    login = next(found[1] for mail in office.mails if (found := re.search(r"Login: (\S+)", mail.body)))
    secret = next(found[1] for mail in office.mails if (found := re.search(r"Temporary password: (\S+)", mail.body)))
    return login, secret


def first_sign_in(office: Office) -> None:
    login, secret = secret_from_mail(office)
    opened = accounts.sign_in(office.uow, office.akta.hasher, login, secret, office.now)
    subject = Subject(office.tenant, Kind.CUSTOMER, account=AccountId(office_account(office, login).id))
    assert opened.token
    changing = Changing(office.akta.runtime, office.akta.hasher)
    entry = PasswordEntry(secret, "modry-kotel-8", "modry-kotel-8")
    first_login.change_password(office.uow, changing, subject, Door.PAGE, entry, language("en"), office.now)
    office.settle()


def office_account(office: Office, login: str) -> Account:
    from sqlalchemy import select

    with office.uow.view() as tx:
        return tx.session.scalars(select(Account).where(Account.login == login)).one()


def test_an_application_in_ones_own_name_becomes_issued_credentials(uka: Office) -> None:
    case = uka.start("portal-access", SELF)
    assert uka.open_tasks(case) == ["check-identity"]
    uka.do(case, "check-identity", "front-desk", CONFIRMED)
    assert {row.kind for row in uka.documents(case)} >= {"agreement", "addendum"}
    sign(uka, case)
    assert uka.open_tasks(case) == []
    first_sign_in(uka)
    closed = uka.case(case)
    assert (closed.state, closed.outcome) == ("closed", "active")


def test_a_proxy_is_let_in_only_after_the_power_of_attorney_was_accepted(uka: Office) -> None:
    case = uka.start("portal-access", proxy(uka))
    assert uka.open_tasks(case) == ["decide-mandate"]
    uka.do(case, "decide-mandate", "mandate-verification", {"decision": "accept"})
    uka.do(case, "check-identity", "front-desk", CONFIRMED)
    sign(uka, case)
    first_sign_in(uka)
    assert uka.case(case).outcome == "active"


def test_a_rejected_power_of_attorney_refuses_the_application_with_its_reason(uka: Office) -> None:
    case = uka.start("portal-access", proxy(uka))
    reason = "The page with the signature is missing."
    uka.do(case, "decide-mandate", "mandate-verification", {"decision": "reject", "reason": reason})
    assert uka.case(case).outcome == "access-refused"
    assert reason in uka.mails[0].body
    assert "refusal" in {row.kind for row in uka.documents(case)}


def test_an_application_without_the_mandate_is_sent_back_and_goes_on_when_it_comes(uka: Office) -> None:
    case = uka.start("portal-access", {**proxy(uka), "mandate_document": []})
    assert uka.open_tasks(case) == ["supplement"]
    assert "The power of attorney, all pages" in uka.mails[0].body
    uka.do(case, "supplement", uka.holder(case), {"mandate_document": uka.upload("mandate_document")})
    assert uka.open_tasks(case) == ["decide-mandate"]


def test_a_supplement_with_nothing_in_it_is_not_taken(uka: Office) -> None:
    case = uka.start("portal-access", {**proxy(uka), "mandate_document": []})
    with pytest.raises(Unacceptable) as refused:
        uka.do(case, "supplement", uka.holder(case), {"supplement_note": ""})
    assert "Nothing has been added yet" in refused.value.fields[""]
    assert uka.open_tasks(case) == ["supplement"]


def test_a_clerk_can_send_the_application_back_with_their_own_words(uka: Office) -> None:
    case = uka.start("portal-access", SELF)
    request = "Attach the last invoice."
    uka.do(case, "check-identity", "front-desk", {"decision": "supplement", "supplement_request": request})
    assert request in uka.mails[0].body
    uka.do(case, "supplement", uka.holder(case), {"supplement_note": "It is attached."})
    assert uka.open_tasks(case) == ["check-identity"]


def test_after_two_requests_an_incomplete_application_is_refused(uka: Office) -> None:
    case = uka.start("portal-access", {**proxy(uka), "mandate_document": []})
    for _ in range(2):
        uka.do(case, "supplement", uka.holder(case), {"supplement_note": "Not yet."})
    assert uka.case(case).outcome == "access-refused"


def test_a_supplement_that_never_comes_is_asked_for_again_and_then_lapses(uka: Office) -> None:
    case = uka.start("portal-access", {**proxy(uka), "mandate_document": []})
    uka.wait(days=7, minutes=1)
    assert uka.mails[0].subject.startswith("Reminder")
    uka.wait(days=7)
    assert uka.case(case).outcome == "lapsed"


def test_an_unknown_contract_a_later_one_an_ended_one_and_a_full_one_are_refused_with_reasons(uka: Office) -> None:
    reasons = {
        ("UKA-1002", "ZU0003"): "We found no contract",
        ("UKA-1004", "ZU0004"): "not effective yet",
        ("UKA-1005", "ZU0005"): "no longer valid",
        ("UKA-1003", "ZU0003"): "already has three user accounts",
    }
    for (contract, customer), reason in reasons.items():
        case = uka.start("portal-access", {**SELF, "contract_no": contract, "customer_no": customer})
        assert uka.case(case).outcome == "access-refused", contract
        assert reason in uka.mails[0].body


def test_who_declines_to_sign_gets_no_access_and_frees_the_place(uka: Office) -> None:
    case = uka.start("portal-access", SELF)
    uka.do(case, "check-identity", "front-desk", CONFIRMED)
    uka.do(case, "return-signed", uka.holder(case), {"answer": "decline"})
    assert uka.case(case).outcome == "not-signed"


def test_an_invitation_to_sign_expires_after_two_reminders(uka: Office) -> None:
    case = uka.start("portal-access", SELF)
    uka.do(case, "check-identity", "front-desk", CONFIRMED)
    for days in (7, 14):
        uka.wait(days=days, minutes=1)
        assert "waiting for your signature" in uka.mails[0].subject
    uka.wait(days=9)
    assert uka.case(case).outcome == "not-signed"


def test_a_wrong_signature_is_asked_for_again(uka: Office) -> None:
    case = uka.start("portal-access", SELF)
    uka.do(case, "check-identity", "front-desk", CONFIRMED)
    signed = {"answer": "signed", "signed_scan": uka.upload("signed_scan")}
    uka.do(case, "return-signed", uka.holder(case), signed)
    uka.do(case, "check-signature", "front-desk", {"decision": "again", "reason": "Page 2 is missing."})
    assert "Page 2 is missing." in uka.mails[0].body
    assert uka.open_tasks(case) == ["return-signed"]


def test_credentials_nobody_uses_are_sent_three_times_then_a_clerk_decides(uka: Office) -> None:
    case = uka.start("portal-access", SELF)
    uka.do(case, "check-identity", "front-desk", CONFIRMED)
    sign(uka, case)
    secrets = {secret_from_mail(uka)[1]}
    for _ in range(2):
        uka.wait(days=3, minutes=1)
        secrets.add(secret_from_mail(uka)[1])
    assert len(secrets) == 3
    uka.wait(days=3, minutes=1)
    uka.do(case, "contact-applicant", "front-desk", {"decision": "close"})
    assert uka.case(case).outcome == "abandoned"


def test_an_application_on_paper_is_entered_by_the_front_desk(uka: Office) -> None:
    answers = {**SELF, "received_on": "2026-02-27", "application_scan": uka.upload("application_scan")}
    case = uka.start("portal-access", answers, uka.signed_in("front-desk"))
    assert uka.case(case).channel == "paper"
    assert uka.case(case).received_at.isoformat().startswith("2026-02-2")
    assert uka.open_tasks(case) == ["check-identity"]

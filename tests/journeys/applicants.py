"""What people do in an application for portal access, as steps of a journey: each capacity, each way to its end."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from akta.ids import AccountId, CaseId, TaskId, new_id
from akta.languages import language
from akta.subjects import Door, Kind, Subject
from bpmn.values import from_json, plain
from heating.tables.contracts import Contract, ContractAccount, Customer
from people import accounts
from people.accounts import PasswordEntry
from storage.people import Account
from storage.tasks import Task
from storage.unit_of_work import Transaction
from tasks import first_login, links, signature_codes
from tasks.first_login import Changing
from tests.journeys.office import Office

OWN_PASSWORD = "modry-kotel-8"
JOINT, SOLE, GONE, SILENT = "11122234", "44455569", "99887762", "00998877"
"""Companies of the recorded Czech register: two who sign together, one alone, a dissolved one, one without answer."""

Form = dict[str, str | list[str]]


@dataclass(frozen=True)
class Numbers:
    """A contract, its customer, and the customer's name."""

    contract: str
    customer: str
    name: str


def new_contract(office: Office, kind: str = "person") -> Numbers:
    """A contract in force that nobody has an account on yet."""
    with office.uow.begin() as tx:
        count = len(tx.session.scalars(select(Contract.id)).all())
        numbers = Numbers(f"NEW-{count}", f"NC{count}", f"Nájemník Ukázka {count}")
        email = f"{numbers.customer.lower()}@example.org"
        customer = Customer(id=new_id(), number=numbers.customer, kind=kind, name=numbers.name, email=email)
        since = date(2020, 1, 1)
        tx.add(customer)
        tx.add(Contract(number=numbers.contract, customer_id=customer.id, valid_from=since, effective_from=since))
    return numbers


def shown(office: Office, case: CaseId, element: str) -> dict[str, Any]:
    """The variables that an open task shows, as plain data."""
    with office.uow.view() as tx:
        context = plain(from_json(tx.get(Task, office.task(case, element)).context))
    assert isinstance(context, dict)
    return context


def application(office: Office, numbers: Numbers, capacity: str = "self", **changed: str | list[str]) -> Form:
    """A filled start form with every paper its capacity needs."""
    form: Form = {
        "applicant_capacity": capacity,
        "contract_no": numbers.contract,
        "customer_no": numbers.customer,
        "name": numbers.name if capacity == "self" else "Zmocněnec Ukázka",
        "birth_date": "1951-04-07",
        "email": f"{capacity.replace('_', '-')}-{numbers.contract.lower()}@example.org",
        "delivery_of_agreement": "post",
        "accept_terms": "on",
        "privacy_read": "on",
    }
    form |= _papers(office, capacity, numbers)
    form |= changed
    form["email_repeat"] = form["email"]
    return form


def _papers(office: Office, capacity: str, numbers: Numbers) -> Form:
    if capacity == "self":
        return {}
    papers: Form = {"acts": ["view", "sign"], "mandate_issued_on": "2026-02-20"}
    named: Form = {"represented_name": numbers.name, "mandate_form": "witnesses", "mandate_signed_by": numbers.name}
    company: Form = {"company_name": "Ukázka Sólo s.r.o.", "company_id": SOLE}
    match capacity:
        case "proxy":
            return papers | named | {"mandate_document": office.upload("mandate_document")}
        case "authorised_person":
            return papers | named | {"authorisation": office.upload("authorisation")}
        case "statutory_rep":
            given: Form = {"name": "Jednatel Sólo", "mandate_signed_by": "Jednatel Sólo"}
            return papers | company | given | {"register_extract": office.upload("register_extract")}
        case _:
            house: Form = {"company_name": numbers.name, "company_id": SOLE}
            return papers | house | {"resolution": office.upload("resolution")}


def confirm(office: Office, case: CaseId) -> None:
    """Whoever has to decide says yes: the verifier where somebody acts for others, then the front desk."""
    if office.open_tasks(case) == ["decide-mandate"]:
        office.do(case, "decide-mandate", "mandate-verification", {"decision": "accept"})
    office.do(case, "check-identity", "front-desk", {"decision": "accept"})


def return_paper(office: Office, case: CaseId) -> None:
    scan = office.upload("signed_scan")
    office.do(case, "return-signed", office.holder(case), {"answer": "signed", "signed_scan": scan})


def countersign(office: Office, case: CaseId) -> None:
    day = (office.now.date() + timedelta(days=1)).isoformat()
    office.do(case, "countersign", "signatories", {"effective_from": day, "countersigned": "on"})


def sign_on_paper(office: Office, case: CaseId) -> None:
    """The applicant signs, a clerk checks page by page, an authorised person countersigns."""
    return_paper(office, case)
    checks = ["complete", "unchanged", "signed", "signer"]
    office.do(case, "check-signature", "front-desk", {"decision": "ok", "signature_checks": checks})
    countersign(office, case)


def open_link(office: Office, case: CaseId) -> Subject:
    """The applicant follows the link of the newest mail about the case, which proves their address."""
    token = next(found[1] for mail in office.mails if (found := re.search(r"/c/([\w-]{40,})", mail.body)))
    assert links.open(office.uow, office.akta.runtime, token, Door.PAGE, office.now).case == case
    office.settle()
    return office.holder(case)


def ask_for_code(office: Office, case: CaseId, signer: Subject) -> str:
    """Ask for a code and read it in the mail."""
    signature_codes.ask(office.uow, office.akta.desk, signer, Door.PAGE, office.task(case, "return-signed"), office.now)
    office.settle()
    return next(found[0] for mail in office.mails if (found := re.search(r"\d{3} \d{3}(?=\.)", mail.body)))


def enter_code(office: Office, task: TaskId, signer: Subject, code: str) -> None:
    signature_codes.enter(
        office.uow, office.akta.desk, office.akta.hasher, signer, Door.PAGE, task, code, office.now, "en"
    )
    office.settle()


def credentials(office: Office, to: str = "") -> tuple[str, str]:
    """Login and temporary password, from the newest mails (to this address) that carry them."""
    mails = [mail for mail in office.mails if to in ("", mail.to)]
    login = next(found[1] for mail in mails if (found := re.search(r"Login: (\S+)", mail.body)))
    secret = next(found[1] for mail in mails if (found := re.search(r"Temporary password: (\S+)", mail.body)))
    return login, secret


def first_sign_in(office: Office, own: str = OWN_PASSWORD, to: str = "") -> str:
    """Sign in with what the mails (to this address) say and choose a password; gives the login."""
    login, secret = credentials(office, to)
    opened = accounts.sign_in(office.uow, office.akta.hasher, login, secret, office.now)
    assert opened.must_change
    subject = Subject(office.tenant, Kind.CUSTOMER, account=AccountId(account(office, login).id))
    changing = Changing(office.akta.runtime, office.akta.hasher)
    entry = PasswordEntry(secret, own, own)
    first_login.change_password(office.uow, changing, subject, Door.PAGE, entry, language("en"), office.now)
    office.settle()
    return login


def account(office: Office, login: str) -> Account:
    with office.uow.view() as tx:
        return tx.session.scalars(select(Account).where(Account.login == login)).one()


def live_slots(tx: Transaction, contract: str) -> int:
    """How many slots of a contract are taken."""
    held = select(ContractAccount.id).join(Contract, Contract.id == ContractAccount.contract_id)
    return len(tx.session.scalars(held.where(Contract.number == contract, ContractAccount.state != "closed")).all())

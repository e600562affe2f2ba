"""Cases of the demo: applications and readings of the last days, sent in the way people send them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select

from akta import sample_papers
from akta.bootstrap import Akta
from akta.ids import CaseId, TaskId, TenantId
from akta.sample_personas import COUNTRY, PERSONAS, Persona
from akta.subjects import Door, Kind, Subject, system
from documents import uploads
from heating import meters, windows
from heating.consumption import Point
from heating.tables.contracts import Contract, ContractAccount, Customer
from heating.tables.metering import Meter, SupplyPoint
from people import sessions
from people.groups import FRONT_DESK, METERING
from storage.people import Account
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import claims, jobs, submissions
from tasks.claims import Submitted
from tasks.submissions import Submission

UPLOAD_KEY = "sample"
ACCEPT = {"decision": "accept"}


@dataclass(frozen=True, slots=True)
class Application:
    """A sample application: how long ago, whether a proxy sends it and with their paper, whether it was checked."""

    ago: timedelta
    proxy: bool = False
    paper: bool = True
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A sample reading: how long ago, what was used since the last one, whether it was verified."""

    ago: timedelta
    used: Decimal
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """How the sample papers of a country are worded."""

    proxy: str
    title: str
    line: str


APPLICATIONS = (
    Application(timedelta(days=4)),
    Application(timedelta(days=4, hours=1), proxy=True),
    Application(timedelta(days=3, hours=2)),
    Application(timedelta(days=3, hours=3), checked=True),
    Application(timedelta(days=2, hours=4), proxy=True),
    Application(timedelta(days=2, hours=5)),
    Application(timedelta(days=1, hours=6), checked=True),
    Application(timedelta(days=1, hours=7), proxy=True, paper=False),
    Application(timedelta(hours=8)),
)
REPORTS = (
    Report(timedelta(days=3), Decimal("2.4"), verified=True),
    Report(timedelta(days=3, hours=1), Decimal("3.1")),
    Report(timedelta(days=3, hours=2), Decimal("41.7")),
    Report(timedelta(days=2, hours=3), Decimal("0.2")),
    Report(timedelta(days=2, hours=4), Decimal("0")),
    Report(timedelta(days=2, hours=5), Decimal("2.4")),
    Report(timedelta(days=1, hours=6), Decimal("3.1")),
    Report(timedelta(days=1, hours=7), Decimal("41.7")),
)
"""Some need another look: far too much, almost nothing, nothing at all."""

WORDS = {
    "CZ": Words("Zmocněnec Ukázka", "PLNÁ MOC", "zmocňuje k podpisu smlouvy o portálu"),
    "HU": Words("Minta Meghatalmazott", "MEGHATALMAZÁS", "meghatalmazza a szerződés aláírására"),
    "PL": Words("Pełnomocnik Przykład", "PEŁNOMOCNICTWO", "upoważnia do podpisania aneksu"),
    "MD": Words("Mandatar Exemplu", "PROCURĂ", "împuternicește la semnarea acordului"),
}


@dataclass(frozen=True, slots=True)
class Household:
    """A person among the sample customers, with a contract and a meter; `account` where they have portal access."""

    customer: Customer
    contract: Contract
    meter: Meter
    last: Point
    account: Account | None


def add(akta: Akta, tenant: TenantId, now: datetime) -> int:
    """Send sample applications and readings of the last days; how many."""
    uow = akta.database.unit_of_work(tenant)
    with uow.view() as tx:
        utility = tx.get(Tenant, tenant)
        households = _households(tx)
    office = _Office(akta, uow, utility, now)
    strangers = [each for each in households if each.account is None]
    holders = [each for each in households if each.account is not None]
    applying = list(zip(strangers, APPLICATIONS, strict=False))
    reporting = list(zip(holders[1:], REPORTS, strict=False))
    for household, application in applying:
        office.apply(household, application)
    for household, report in reporting:
        office.report(household, report)
    personas = PERSONAS if utility.country == COUNTRY else ()
    for number, persona in enumerate(personas, start=1):
        office.come(persona, f"{number}")
    return len(applying) + len(reporting) + len(personas)


def _households(tx: Transaction) -> list[Household]:
    """Persons by contract. The first with an account is the walkthrough's, who reports their first reading in it."""
    found = (
        select(Customer, Contract, Meter, Account)
        .join(Contract, Contract.customer_id == Customer.id)
        .join(SupplyPoint, SupplyPoint.contract_id == Contract.id)
        .join(Meter, Meter.supply_point_id == SupplyPoint.id)
        .outerjoin(ContractAccount, ContractAccount.contract_id == Contract.id)
        .outerjoin(Account, Account.id == ContractAccount.account_id)
        .where(Customer.kind == "person")
        .order_by(Contract.number)
    )
    rows = tx.session.execute(found).all()
    histories = meters.histories(tx, [meter for _, _, meter, _ in rows])
    return [
        Household(customer, contract, meter, meters.last_point(meter, histories[meter.id]), account)
        for customer, contract, meter, account in rows
    ]


@dataclass(frozen=True)
class _Office:
    akta: Akta
    uow: UnitOfWork
    utility: Tenant
    now: datetime

    def apply(self, household: Household, application: Application) -> None:
        at = self.now - application.ago
        customer, words = household.customer, WORDS[self.utility.country]
        answers = {
            "applicant_capacity": "proxy" if application.proxy else "self",
            "contract_no": household.contract.number,
            "customer_no": customer.number,
            "name": words.proxy if application.proxy else customer.name,
            "birth_date": "1974-06-17",
            "email": customer.email,
            "email_repeat": customer.email,
            "delivery_of_agreement": "post",
            "accept_terms": "on",
            "privacy_read": "on",
        }
        if application.proxy:
            answers |= {
                "represented_name": customer.name,
                "acts": "sign",
                "mandate_form": "witnesses",
                "mandate_signed_by": customer.name,
                "mandate_issued_on": (at - timedelta(days=20)).date().isoformat(),
            }
            if application.paper:
                answers["mandate_document"] = self._mandate(customer, words, at)
        answers |= self._own_papers(customer, words, at)
        nobody = Subject(self.uow.tenant, Kind.ANONYMOUS, language=self.utility.language)
        case = self._submit("portal-access", answers, nobody, at)
        if application.checked:
            self._do(case, "check-identity", FRONT_DESK, at + timedelta(hours=2))

    def come(self, persona: Persona, number: str) -> None:
        """One application of a kind of its own."""
        at, (contract, customer) = self.now - persona.ago, persona.numbers
        email = f"zadost-{number}@example.org"
        answers = {
            "applicant_capacity": persona.capacity,
            "contract_no": contract,
            "customer_no": customer,
            "name": persona.name,
            "birth_date": "1974-06-17",
            "email": email,
            "email_repeat": email,
            "delivery_of_agreement": "post",
            "accept_terms": "on",
            "privacy_read": "on",
        }
        if persona.paper is not None:
            name, title, lines = persona.paper
            answers |= {
                "acts": "sign",
                "mandate_form": "private",
                "mandate_issued_on": (at - persona.signed).date().isoformat(),
                name: self._upload(name, sample_papers.power_of_attorney(title, lines), at),
            }
        if persona.ended is not None:
            answers["mandate_valid_to"] = (at - persona.ended).date().isoformat()
        nobody = Subject(self.uow.tenant, Kind.ANONYMOUS, language=self.utility.language)
        self._submit("portal-access", answers | dict(persona.answers), nobody, at)

    def report(self, household: Household, report: Report) -> None:
        zone = ZoneInfo(self.utility.zone)
        after_last = datetime.combine(household.last.on + timedelta(days=1), time(), zone)
        at = max(self.now - report.ago, after_last).astimezone(zone)
        value = household.last.value + report.used
        answers = {
            "meter": str(household.meter.id),
            "value": str(value).replace(".", ","),
            "read_at": at.date().isoformat(),
            "photo": self._upload("photo", sample_papers.meter_photo(household.meter.serial, value), at),
        }
        subject = self._holder(household)
        with self.uow.view() as tx:
            closed = windows.exist(tx) and windows.current(tx, at.date()) is None
            if closed:  # then it came at the counter
                desk = tx.session.scalars(select(Account).where(Account.login == FRONT_DESK)).one()
                subject = sessions.subject_of(tx, desk)
                answers |= {"received_by": "counter", "meter": household.meter.serial}
        case = self._submit("meter-reading", answers, subject, at)
        if report.verified:
            self._do(case, "verify-reading", METERING, min(at + timedelta(hours=3), self.now))

    def _submit(self, bundle: str, answers: Mapping[str, str], subject: Subject, at: datetime) -> CaseId:
        sent = Submission(
            bundle=bundle,
            answers=_as_form(answers),
            submission_key=f"sample-{bundle}-{at.isoformat()}-{answers.get('meter', '')}",
            upload_key=UPLOAD_KEY,
            language=self.utility.language,
        )
        received = submissions.submit(self.uow, self.akta.desk, subject, Door.PAGE, sent, at)
        jobs.run_due(self.akta.database, self.akta.runtime, at)
        return received.case_id

    def _do(self, case: CaseId, element: str, group: str, at: datetime) -> None:
        """The clerk of a group, who signs in by its name, takes a task and accepts."""
        with self.uow.view() as tx:
            task = tx.session.scalars(select(Task).where(Task.case_id == case, Task.element == element)).one()
            account = tx.session.scalars(select(Account).where(Account.login == group)).one()
            clerk = sessions.subject_of(tx, account)
        claims.claim(self.uow, self.akta.desk, clerk, Door.PAGE, TaskId(task.id), at)
        claims.complete(self.uow, self.akta.desk, clerk, Door.PAGE, TaskId(task.id), Submitted(_as_form(ACCEPT)), at)
        jobs.run_due(self.akta.database, self.akta.runtime, at)

    def _holder(self, household: Household) -> Subject:
        if household.account is None:
            raise ValueError("readings are reported by who has an account")
        with self.uow.view() as tx:
            return sessions.subject_of(tx, household.account)

    def _own_papers(self, customer: Customer, words: Words, at: datetime) -> dict[str, str]:
        """Where the utility asks for them at once: the papers of who signs electronically (S001-13, S001-14)."""
        if self.utility.country != "MD":
            return {}
        lines = (f"{customer.name} ({customer.number})", customer.address)
        scanned = sample_papers.power_of_attorney("EXTRAS", lines)
        papers = {name: self._upload(name, scanned, at) for name in ("identity_document", "title_document")}
        return {"delivery_of_agreement": "e-sign", **papers}

    def _mandate(self, customer: Customer, words: Words, at: datetime) -> str:
        issued = (at - timedelta(days=20)).date()
        lines = (f"{customer.name} ({customer.number})", words.line, words.proxy, f"{issued:%d. %m. %Y}")
        return self._upload("mandate_document", sample_papers.power_of_attorney(words.title, lines), at)

    def _upload(self, field: str, content: bytes, at: datetime) -> str:
        """The id of an uploaded picture."""
        received = uploads.receive(self.akta.files, [content], f"{field}.jpg")
        with self.uow.begin() as tx:
            by = system(self.uow.tenant).acting(Door.PAGE)
            return str(uploads.keep(tx, received, field, UPLOAD_KEY, at, by).id)


def _as_form(answers: Mapping[str, str]) -> Mapping[str, Sequence[str]]:
    return {key: [value] for key, value in answers.items()}

"""Cases of the demo: applications and readings of the last days, sent in the way people send them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from akta.bootstrap import Akta
from akta.ids import CaseId, TaskId, TenantId
from akta.subjects import Door, Kind, Subject, system
from documents import uploads
from heating.tables.contracts import Contract, ContractAccount, Customer
from heating.tables.metering import Meter, Reading, SupplyPoint
from people import sessions
from storage.people import Account
from storage.tasks import Task
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import claims, jobs, submissions
from tasks.claims import Submitted
from tasks.submissions import Submission

KEY = "sample"


@dataclass(frozen=True, slots=True)
class Household:
    """A sample customer with a contract and a meter; `account` where they have portal access."""

    name: str
    customer_no: str
    contract_no: str
    meter: str
    serial: str
    last_value: Decimal
    account: Account | None


def add(akta: Akta, tenant: TenantId, now: datetime) -> int:
    """Send sample applications and readings of the last days; how many."""
    office = _Office(akta, tenant, now)
    with office.uow.view() as tx:
        found = (
            select(Customer, Contract, Meter)
            .join(Contract, Contract.customer_id == Customer.id)
            .join(SupplyPoint, SupplyPoint.contract_id == Contract.id)
            .join(Meter, Meter.supply_point_id == SupplyPoint.id)
            .where(Customer.kind == "person")
            .order_by(Contract.number)
        )
        rows = tx.session.execute(found).all()
        households = [_household(tx, customer, contract, meter) for customer, contract, meter in rows]
    applicants = [each for each in households if each.account is None][:9]
    readers = [each for each in households if each.account is not None][1:9]
    for number, household in enumerate(applicants):
        office.apply(household, number)
    for number, household in enumerate(readers):
        office.report(household, number)
    return len(applicants) + len(readers)


def _household(tx: Transaction, customer: Customer, contract: Contract, meter: Meter) -> Household:
    account = tx.session.scalar(
        select(Account)
        .join(ContractAccount, ContractAccount.account_id == Account.id)
        .where(ContractAccount.contract_id == contract.id)
        .limit(1)
    )
    last = tx.session.scalar(select(Reading.value).where(Reading.meter_id == meter.id).order_by(Reading.read_at.desc()))
    return Household(
        customer.name,
        customer.number,
        contract.number,
        str(meter.id),
        meter.serial,
        last or meter.opening_value,
        account,
    )


@dataclass
class _Office:
    akta: Akta
    tenant: TenantId
    now: datetime

    @property
    def uow(self) -> UnitOfWork:
        return self.akta.database.unit_of_work(self.tenant)

    def apply(self, household: Household, number: int) -> None:
        """An application: every third by a proxy; some without their paper, some checked already."""
        at = self.now - timedelta(days=4 - number // 2, hours=number)
        proxy = number % 3 == 1
        answers = {
            "applicant_capacity": "proxy" if proxy else "self",
            "contract_no": household.contract_no,
            "customer_no": household.customer_no,
            "name": "Zmocněnec Ukázka" if proxy else household.name,
            "birth_date": f"19{50 + 4 * number}-0{number % 8 + 1}-17",
            "email": f"{household.customer_no.lower()}@example.org",
            "email_repeat": f"{household.customer_no.lower()}@example.org",
            "accept_terms": "on",
            "privacy_read": "on",
        }
        if proxy:
            answers |= {
                "represented_name": household.name,
                "acts": "sign",
                "mandate_issued_on": (at - timedelta(days=20)).date().isoformat(),
            }
        if proxy and number != 7:
            answers["mandate_document"] = self._paper("mandate_document", ("PLNÁ MOC", household.name), at)
        case = self._submit("portal-access", answers, Subject(self.tenant, Kind.ANONYMOUS, language="cs"), at)
        if number in (3, 6):
            self._do(case, "check-identity", "front-desk", {"decision": "accept"}, at + timedelta(hours=2))

    def report(self, household: Household, number: int) -> None:
        """A reading with a photo; some odd, one verified already."""
        at = self.now - timedelta(days=3 - number // 3, hours=number)
        used = (Decimal("2.4"), Decimal("3.1"), Decimal("41.7"), Decimal("-1.2"), Decimal("0"))[number % 5]
        value = household.last_value + used
        shown = f"{value:09.3f}".replace(".", ",")
        answers = {
            "meter": household.meter,
            "value": str(value),
            "read_at": at.date().isoformat(),
            "photo": self._paper("photo", (shown, f"m³   No. {household.serial}"), at),
        }
        assert household.account is not None  # noqa: S101 - readers have one
        case = self._submit("meter-reading", answers, self._signed_in(household.account, at), at)
        if number == 0:
            self._do(case, "verify-reading", "metering", {"decision": "accept"}, at + timedelta(hours=3))

    def _submit(self, bundle: str, answers: Mapping[str, str], subject: Subject, at: datetime) -> CaseId:
        sent = Submission(
            bundle=bundle,
            answers={key: [value] for key, value in answers.items()},
            submission_key=f"sample-{bundle}-{at.isoformat()}",
            upload_key=KEY,
            language="cs",
        )
        received = submissions.submit(self.uow, self.akta.desk, subject, Door.PAGE, sent, at)
        jobs.run_due(self.akta.database, self.akta.runtime, at)
        return received.case_id

    def _do(self, case: CaseId, element: str, login: str, answers: Mapping[str, str], at: datetime) -> None:
        with self.uow.view() as tx:
            task = tx.session.scalars(select(Task).where(Task.case_id == case, Task.element == element)).one()
            account = tx.session.scalars(select(Account).where(Account.login == login)).one()
        clerk = self._signed_in(account, at)
        lists: Mapping[str, Sequence[str]] = {key: [value] for key, value in answers.items()}
        claims.claim(self.uow, self.akta.desk, clerk, Door.PAGE, TaskId(task.id), at)
        claims.complete(self.uow, self.akta.desk, clerk, Door.PAGE, TaskId(task.id), Submitted(lists), at)
        jobs.run_due(self.akta.database, self.akta.runtime, at)

    def _signed_in(self, account: Account, at: datetime) -> Subject:
        with self.uow.begin() as tx:
            opened = sessions.open_for_account(tx, tx.get(Account, account.id), at)
        session = sessions.lookup(self.uow, opened.token, at)
        assert session is not None  # noqa: S101 - it was opened a moment ago
        return session.subject

    def _paper(self, field: str, lines: Sequence[str], at: datetime) -> str:
        """An uploaded picture with these lines on it; gives its id."""
        received = uploads.receive(self.akta.files, [_drawn(lines)], f"{field}.jpg")
        with self.uow.begin() as tx:
            by = system(self.tenant).acting(Door.PAGE)
            return str(uploads.keep(tx, received, field, KEY, at, by).id)


def _drawn(lines: Sequence[str]) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (960, 640), "#d9d4c8")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((90, 150, 870, 470), 18, fill="#f7f5ef", outline="#6b665c", width=6)
    for row, line in enumerate(lines):
        draw.text((480, 240 + 130 * row), line, "#1c1b19", ImageFont.load_default(84 - 40 * row), anchor="mm")
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=88)
    return content.getvalue()

"""A small customer office to test in: real rows of staff, customers, contracts, meters, cases and tasks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import NoReturn
from uuid import UUID

from akta.ids import AccountId, CaseId, PersonId, TenantId, new_id
from akta.subjects import Actor, Door, Kind, Subject, system
from bpmn import types
from bpmn.values import Value
from heating.acts import MandateAct
from heating.handlers import all_handlers
from heating.register import NoRegister
from heating.tables.billing import Tariff
from heating.tables.contracts import Contract, ContractAccount, CoveredAct, Customer, Mandate
from heating.tables.metering import Meter, Reading, ReadingDecision, SupplyPoint
from storage.bundles import Deployment
from storage.cases import Case, HistoryEntry
from storage.people import Account, Membership, Person
from storage.signatures import Signing
from storage.tasks import Task
from storage.unit_of_work import Transaction, UnitOfWork
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handlers
from workflows.runtime import Runtime

LAST_ON, LAST = date(2026, 1, 31), Decimal("1073.000")
"""The last processed reading of every meter made here; before it six months of 4 m³ each."""


@dataclass
class Office:
    """Makes rows, each in a transaction of its own."""

    uow: UnitOfWork
    now: datetime
    handlers: Handlers = field(default_factory=lambda: known_handlers())
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def keep(self, row: object) -> object:
        with self.uow.begin() as tx:
            tx.add(row)  # type: ignore[arg-type]
        return row

    def account(self, name: str, *groups: str, state: str = "active") -> Account:
        """Staff if in any group, else a customer."""
        person = Person(id=new_id(), name=name, email=f"{new_id().hex}@example.org")
        account = Account(
            id=new_id(),
            person_id=person.id,
            login=f"{name.lower()}-{next(self._numbers)}",
            kind="staff" if groups else "customer",
            state=state,
            created_at=self.now,
        )
        with self.uow.begin() as tx:
            tx.add(person)
            tx.add(account)
            tx.add(*(Membership(account_id=account.id, group=group) for group in groups))
        return account

    def contract(self, *, since: date = date(2020, 1, 1), until: date | None = None) -> Contract:
        number = next(self._numbers)
        customer = Customer(id=new_id(), number=f"ZU{number:04d}", name=f"Zákazník Ukázka {number}")
        contract = Contract(
            id=new_id(),
            number=f"UKA-{number}",
            customer_id=customer.id,
            valid_from=since,
            valid_to=until,
            effective_from=since,
            effective_to=until,
        )
        with self.uow.begin() as tx:
            tx.add(customer)
            tx.add(contract)
        return contract

    def holder(self, contract: Contract, slot_no: int = 1, state: str = "active") -> Account:
        """A customer's account in a slot of the contract."""
        account = self.account("Držitel")
        self.keep(
            ContractAccount(
                contract_id=contract.id,
                slot_no=slot_no,
                slot_limit=3,
                state=state,
                account_id=account.id,
                reserved_at=self.now,
            )
        )
        return account

    def mandate(self, contract: Contract, agent: Account, *acts: MandateAct) -> Mandate:
        """A proxy's mandate for these acts, verified by a clerk, in force for thirty days."""
        clerk, case = self.account("Ověření", "mandate-verification"), self.case()
        made = Mandate(
            id=new_id(),
            contract_id=contract.id,
            case_id=case,
            kind="proxy",
            agent_name="Zmocněnec Ukázka",
            principal_person_id=agent.person_id,
            evidence={},
            valid_from=self.now.date(),
            valid_to=(self.now + timedelta(days=30)).date(),
            verified_by=clerk.id,
            verified_at=self.now,
            task_id=self.decided(case, clerk, "decide-mandate").id,
        )
        self.keep(made)
        for act in acts:
            self.keep(CoveredAct(mandate_id=made.id, act=act))
        return made

    def meter(self, contract: Contract, *, digits: int = 5, last: Decimal = LAST) -> Meter:
        """A hot-water meter with six processed readings of 4 m³ each, the last on 31 January 2026."""
        number = next(self._numbers)
        point = SupplyPoint(
            id=new_id(),
            number=f"OM-{number}",
            contract_id=contract.id,
            postcode="400 00",
            settlement="Ukázkov",
            street="Ukázková",
        )
        meter = Meter(
            id=new_id(),
            supply_point_id=point.id,
            serial=f"{74000 + number}",
            kind="hot_water",
            unit="m³",
            digits=digits,
            calibrated_on=date(2024, 6, 1),
            valid_until=date(2029, 12, 31),
            opening_value=last - 24,
            opening_on=date(2025, 7, 31),
        )
        with self.uow.begin() as tx:
            tx.add(point)
            tx.add(meter)
        ends = (date(2025, month, day) for month, day in ((8, 31), (9, 30), (10, 31), (11, 30), (12, 31)))
        for step, on in enumerate((*ends, LAST_ON), start=1):
            self.processed(meter, on, last - 24 + 4 * step)
        return meter

    def processed(self, meter: Meter, on: date, value: Decimal) -> Reading:
        """A reading taken over as processed."""
        at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        reading = Reading(
            id=new_id(),
            meter_id=meter.id,
            value=value,
            read_at=on,
            kind="normal",
            source="import",
            submitted_at=at,
        )
        with self.uow.begin() as tx:
            tx.add(reading)
            tx.add(ReadingDecision(reading_id=reading.id, outcome="taken_over", decided_at=at))
        return reading

    def case(self, starter: Account | None = None, person: UUID | None = None) -> CaseId:
        """A case that this account started."""
        with self.uow.begin() as tx:
            deployment = Deployment(
                id=new_id(),
                key="meter-reading",
                version=next(self._numbers),
                content_hash="0" * 64,
                closure={},
                closure_hash="0" * 64,
                deployed_at=self.now,
                deployed_by="test",
            )
            tx.add(deployment)
            case = Case(
                id=new_id(),
                reference=f"A-{next(self._numbers)}",
                deployment_id=deployment.id,
                bundle="meter-reading",
                channel="web",
                language="cs",
                submission_key=new_id().hex,
                person_id=person,
                received_at=self.now,
            )
            tx.add(case)
            tx.add(
                HistoryEntry(
                    case_id=case.id,
                    number=1,
                    at=self.now,
                    kind="case-started",
                    actor_kind=starter.kind if starter else "anonymous",
                    actor_account=starter.id if starter else None,
                    actor_name="",
                    door="page",
                )
            )
        return CaseId(case.id)

    def decided(self, case: CaseId, clerk: Account | None, element: str = "verify-reading", after: int = 5) -> Task:
        """A task of this element that the clerk completed, `after` minutes from now."""
        task = Task(
            id=new_id(),
            case_id=case,
            token=next(self._numbers),
            element=element,
            bundle="meter-reading",
            bundle_hash="0" * 64,
            name=element,
            audience="staff",
            state="completed",
            created_at=self.now,
            ended_at=self.now + timedelta(minutes=after),
            ended_by=clerk.id if clerk else None,
        )
        self.keep(task)
        return task

    def call(
        self, handler: str, case: CaseId, given: Mapping[str, Value], now: datetime | None = None
    ) -> Mapping[str, Value]:
        """Call a handler in a transaction of its own, as a job does."""
        with self.uow.begin() as tx:
            return self.call_in(tx, handler, case, given, now)

    def call_in(
        self,
        tx: Transaction,
        handler: str,
        case: CaseId,
        given: Mapping[str, Value],
        now: datetime | None = None,
    ) -> Mapping[str, Value]:
        context = CallContext(case, f"{case}/1", now or self.now, system(self.uow.tenant), "cs")
        called = self.handlers[handler]
        assert called.local is not None
        answer = called.local(tx, context, given)
        # The types of a process are told from this, so it holds for every answer of every test.
        assert types.fits(dict(answer), types.of_schema(called.gives)), (handler, answer)
        return answer

    def report(
        self, meter: Meter, value: str, submitter: Account, on: date = date(2026, 2, 28)
    ) -> tuple[CaseId, Mapping[str, Value]]:
        """A reading reported in a case of its own: the case and what `register-reading` gave."""
        case = self.case(submitter)
        given: dict[str, Value] = {"meter_id": str(meter.id), "value": Decimal(value), "read_at": on}
        told = self.call("register-reading", case, given)["reading"]
        assert isinstance(told, dict)
        return case, told

    def post(self, case: CaseId, reading_id: Value, **given: Value) -> Mapping[str, Value]:
        """Call `post-reading` ten minutes from now."""
        asked: dict[str, Value] = {"reading_id": reading_id, "decision": "accept", **given}
        return self.call("post-reading", case, asked, self.now + timedelta(minutes=10))

    def tariffs(self) -> None:
        """Heat and water for a cubic metre of hot water, at 12 and 21 per cent."""
        with self.uow.begin() as tx:
            for code, price, rate in (("heat", "400.00", "12"), ("water", "120.00", "21")):
                tx.add(
                    Tariff(
                        code=code,
                        meter_kind="hot_water",
                        name=code,
                        unit="m³",
                        unit_price=Decimal(price),
                        vat_rate=Decimal(rate),
                        valid_from=date(2020, 1, 1),
                    )
                )

    def customer_subject(self, account: Account) -> Subject:
        return Subject(
            tenant=TenantId(self.uow.tenant),
            kind=Kind.CUSTOMER,
            account=AccountId(account.id),
            person=PersonId(account.person_id),
            language="cs",
        )

    def staff_subject(self, account: Account, *groups: str) -> Subject:
        return Subject(
            tenant=TenantId(self.uow.tenant),
            kind=Kind.STAFF,
            account=AccountId(account.id),
            person=PersonId(account.person_id),
            groups=frozenset(groups),
        )

    def acting(self, account: Account) -> Actor:
        return Actor(kind=Kind(account.kind), door=Door.PAGE, name="Fakturace Ukázka", account=AccountId(account.id))

    def signed(self, case: CaseId) -> None:
        """The documents of a case, signed by everybody."""
        with self.uow.begin() as tx:
            opened = Signing(
                case_id=case,
                documents={"documents": []},
                digest="0" * 64,
                level="wet",
                signers={"names": ["Žadatel"]},
                state="signed",
                opened_at=self.now,
            )
            tx.add(opened)


def known_handlers() -> Handlers:
    """The utility's handlers; those that leave the transaction are not called here."""
    return Handlers(*all_handlers(_never, NoRegister(), lambda: runtime()))


def _never(*_: object) -> NoReturn:
    raise AssertionError("this is not called here")


def runtime(send: Callable[[TenantId, UUID], None] = lambda tenant, job: None) -> Runtime:
    """A runtime with the utility's handlers; no case runs on it unless a test deploys one."""
    return Runtime(Definitions(), known_handlers(), send)

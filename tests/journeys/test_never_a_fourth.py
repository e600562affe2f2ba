"""Applications side by side on one contract, in any order: never a fourth account, no credentials before signatures."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from random import Random
from time import monotonic, sleep

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from akta.clock import SetClock
from akta.errors import Refusal
from akta.ids import AccountId, CaseId, new_id
from akta.subjects import Door, Kind
from heating import access, mandates
from heating.tables.contracts import ContractAccount
from people import accounts
from storage.cases import Incident
from storage.jobs import Job
from storage.people import Person
from storage.tasks import Task
from tasks import jobs_celery, withdraw
from tests import services
from tests.journeys import applicants, contracts, office
from tests.journeys.applicants import application, countersign, return_paper, shown
from tests.journeys.conftest import TODAY
from tests.journeys.office import Office

pytestmark = pytest.mark.slow

HELD = 2
"""Accounts the contract has at the beginning, so that applications soon compete."""


def accept_mandate(house: Office, case: CaseId) -> None:
    house.do(case, "decide-mandate", "mandate-verification", {"decision": "accept"})


def accept_identity(house: Office, case: CaseId) -> None:
    house.do(case, "check-identity", "front-desk", {"decision": "accept"})


def check_paper(house: Office, case: CaseId) -> None:
    checks = ["complete", "unchanged", "signed", "signer"]
    house.do(case, "check-signature", "front-desk", {"decision": "ok", "signature_checks": checks})


def give_up_the_last(house: Office, case: CaseId) -> None:
    holders = shown(house, case, "give-up")["holders"]
    one = {"decision": "one", "account_to_close": holders[-1]["value"]} if holders else {"decision": "none"}
    house.do(case, "give-up", house.holder(case), one)


NEXT: dict[str, Callable[[Office, CaseId], None]] = {
    "compare": lambda house, case: house.do(case, "compare", "front-desk", {"decision": "separate"}),
    "decide-mandate": accept_mandate,
    "check-identity": accept_identity,
    "return-signed": return_paper,
    "check-signature": check_paper,
    "countersign": countersign,
    "give-up": give_up_the_last,
    "confirm-give-up": lambda house, case: house.do(case, "confirm-give-up", "front-desk", {"decision": "yes"}),
    "contact-applicant": lambda house, case: house.do(case, "contact-applicant", "front-desk", {"decision": "close"}),
}
"""What brings an application forward, by the task that waits."""


def go_on(house: Office, case: CaseId, email: str) -> None:
    """Do what the application waits for, or sign in for the first time."""
    if opened := house.open_tasks(case):
        NEXT[opened[0]](house, case)
    elif house.case(case).state != "closed" and any(
        mail.to == email and "Login: " in mail.body for mail in house.mails
    ):
        with suppress(Refusal):  # the temporary password may have grown too old
            applicants.first_sign_in(house, to=email)


def held(house: Office, number: str) -> None:
    """Give the contract accounts that are in use."""
    contract = contracts.contract_id(house, number)
    with house.uow.begin() as tx:
        for slot in range(1, HELD + 1):
            person = Person(id=new_id(), name=f"Držitel Ukázka {slot}", email=f"drzitel{slot}@example.org")
            tx.add(person)
            account = accounts.create(tx, person, f"{number.lower()}-{slot}", Kind.CUSTOMER, house.now)
            account.state = "active"
            tx.add(
                ContractAccount(
                    contract_id=contract,
                    slot_no=slot,
                    slot_limit=contracts.LIMIT,
                    state="active",
                    account_id=account.id,
                    reserved_at=house.now,
                )
            )


class Applications(RuleBasedStateMachine):
    """One contract, and everything that people and time may do about its accounts."""

    house: Office

    @initialize(capacities=st.tuples(*[st.sampled_from(["self", "proxy"])] * 2), steps=st.integers(0, 7))
    def begin(self, capacities: tuple[str, ...], steps: int) -> None:
        self.house.clock.at = TODAY
        self.numbers = applicants.new_contract(self.house)
        held(self.house, self.numbers.contract)
        self.contract = contracts.contract_id(self.house, self.numbers.contract)
        self.cases: dict[CaseId, str] = {}
        for capacity in capacities:
            self.somebody_applies(capacity)
        first = next(iter(self.cases))
        for _ in range(steps):
            go_on(self.house, first, self.cases[first])

    @rule(capacity=st.sampled_from(["self", "self", "proxy"]))
    def somebody_applies(self, capacity: str) -> None:
        count = len(self.cases)
        email = f"applicant-{count}-{self.numbers.contract.lower()}@example.org"
        form = application(self.house, self.numbers, capacity, name=f"Žadatel Ukázka {count}", email=email)
        self.cases[self.house.start("portal-access", form)] = email

    @rule(data=st.data(), steps=st.integers(1, 6))
    def an_application_goes_on(self, data: st.DataObject, steps: int) -> None:
        case = data.draw(st.sampled_from(list(self.cases)))
        for _ in range(steps):
            go_on(self.house, case, self.cases[case])
            self.nobody_comes_too_early()

    @rule(data=st.data())
    def an_applicant_withdraws(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(list(self.cases)))
        with suppress(Refusal):
            holder = self.house.holder(case)
            withdraw.withdraw(self.house.uow, self.house.akta.desk, holder, Door.PAGE, case, self.house.now)
        self.house.settle()

    @rule(days=st.sampled_from([3, 15, 31]))
    def time_passes(self, days: int) -> None:
        self.house.wait(days=days, minutes=1)

    @rule(data=st.data())
    def an_account_is_closed(self, data: st.DataObject) -> None:
        with self.house.uow.view() as tx:
            living = [each.account for each in access.holders(tx, self.contract) if each.account is not None]
        if living:
            account, clerk = AccountId(data.draw(st.sampled_from(living))), self.house.signed_in("front-desk")
            runtime = self.house.akta.runtime
            access.revoke(self.house.uow, runtime, clerk, Door.PAGE, self.contract, account, self.house.now)
            self.house.settle()

    @rule()
    def a_mandate_is_revoked(self) -> None:
        with self.house.uow.view() as tx:
            found = [each.id for each in mandates.listed(tx, self.contract) if each.ended_at is None]
        if found:
            clerk, runtime = self.house.signed_in("front-desk"), self.house.akta.runtime
            with suppress(mandates.EndedAlready):
                mandates.revoke(self.house.uow, runtime, clerk, Door.PAGE, found[0], "By letter.", self.house.now)
            self.house.settle()

    @invariant()
    def there_is_no_fourth(self) -> None:
        contracts.require_no_fourth(self.house, self.contract)

    @invariant()
    def nobody_comes_too_early(self) -> None:
        contracts.require_signatures_before_accounts(self.house, list(self.cases))
        with self.house.uow.view() as tx:
            unsigned = {email for case, email in self.cases.items() if not contracts.is_signed(tx, case)}
        early = [mail for mail in self.house.mails if mail.to in unsigned]
        assert not [mail.subject for mail in early if "Temporary password" in mail.body or "Login: " in mail.body]


@pytest.fixture
def uka(sqlite_office: Callable[[str], Office]) -> Office:
    return sqlite_office("UKA")


def test_in_any_order_of_acts_there_is_no_fourth_account_and_no_credentials_before_signatures(uka: Office) -> None:
    machine = type("Machine", (Applications,), {"house": uka})
    run_state_machine_as_test(
        machine,
        settings=settings(max_examples=4, stateful_step_count=9, deadline=None, suppress_health_check=[*HealthCheck]),
    )


# Four workers at once

WORKERS = 4
APPLICATIONS = 5
PATIENCE = 90.0
"""Seconds after which what still moves is left alone."""


class Busy(Office):
    """The office of a utility whose jobs are performed by a worker elsewhere, by the same clock."""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def settle(self) -> None:
        """Nothing is done here."""

    def waits(self) -> bool:
        with self.uow.view() as tx:
            return bool(tx.session.scalars(select(Job.id).where(Job.state == "waiting").limit(1)).all())


@pytest.fixture
def busy(
    postgres_office_url: str, redis_url: str, smtp: services.SmtpSink, tmp_path: Path
) -> Iterator[tuple[Busy, services.SmtpSink]]:
    """An office on PostgreSQL, its jobs sent by Redis to `akta work` with four processes, its mails to a server."""
    clock = SetClock(datetime.now(UTC))
    built = office.build(postgres_office_url, tmp_path / "files", clock)
    akta = replace(built, send=jobs_celery.Sender(jobs_celery.app(redis_url)))
    house = Busy(akta, clock, Office.opened(akta, clock).tenant)
    env = {
        "PATH": os.environ.get("PATH", ""),
        "AKTA_DATABASE_URL": postgres_office_url,
        "AKTA_BROKER_URL": redis_url,
        "AKTA_FILES_FOLDER": str(tmp_path / "files"),
        "AKTA_SECRET_KEY": "k" * 40,
        "AKTA_SMTP_HOST": smtp.host,
        "AKTA_SMTP_PORT": str(smtp.port),
        "AKTA_SMTP_TLS": "none",
        "AKTA_ARGON2_MEMORY": "64",
        "AKTA_ARGON2_TIME": "1",
        "AKTA_TICK_SECONDS": "1",
    }
    command = (sys.executable, "-m", "akta", "work", "--concurrency", str(WORKERS))
    with services.running(command, lambda: None, tmp_path / "log", env=env):
        yield house, smtp
    built.close()


def drive(house: Busy, number: str, cases: Sequence[CaseId], chance: Random) -> None:
    """What the people of some applications do, in any order, while others do the same."""
    contract, until = contracts.contract_id(house, number), monotonic() + PATIENCE
    while (house.waits() or any(map(house.open_tasks, cases))) and monotonic() < until:
        case = chance.choice(cases)
        with suppress(Refusal, NoResultFound):  # somebody else was first, or the case went on
            opened = house.open_tasks(case)
            if opened and chance.random() < 0.05:
                withdraw.withdraw(house.uow, house.akta.desk, house.holder(case), Door.PAGE, case, house.now)
            elif opened:
                NEXT[opened[0]](house, case)
        contracts.require_no_fourth(house, contract)
        sleep(0.1)


def test_four_workers_and_four_clerks_at_once_make_no_fourth_account(busy: tuple[Busy, services.SmtpSink]) -> None:
    house, smtp = busy
    numbers = applicants.new_contract(house)
    held(house, numbers.contract)

    def apply(count: int) -> CaseId:
        capacity, email = ("proxy" if count % 3 == 2 else "self"), f"applicant-{count}@example.org"
        form = application(house, numbers, capacity, name=f"Žadatel Ukázka {count}", email=email)
        return house.start("portal-access", form, key=f"application-{count}-of-many")

    with ThreadPoolExecutor(WORKERS) as pool:
        cases = list(pool.map(apply, range(APPLICATIONS)))
        people = [
            pool.submit(drive, house, numbers.contract, cases[number::WORKERS], Random(number))
            for number in range(WORKERS)
        ]
        for person in people:
            person.result()
    contracts.require_no_fourth(house, contracts.contract_id(house, numbers.contract))
    contracts.require_signatures_before_accounts(house, cases)
    with house.uow.view() as tx:
        assert not tx.session.scalars(select(Incident.cause)).all()
        assert tx.session.scalars(select(Task.id).where(Task.element == "give-up")).all(), "they competed"
        signed = {f"applicant-{count}@example.org" for count, case in enumerate(cases) if contracts.is_signed(tx, case)}
    assert {str(mail["To"]) for mail in smtp.mails if carries_credentials(mail)} <= signed


def carries_credentials(mail: EmailMessage) -> bool:
    text = mail.get_body(("plain",))
    assert text is not None
    return any(word in text.get_content() for word in ("Login: ", "Temporary password: "))

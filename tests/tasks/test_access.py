"""What is explained about access is what is enforced: over many random worlds, and in words a person can follow."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import ColumnElement, select

from akta.errors import NotFound
from akta.ids import AccountId, TaskId, TenantId, new_id
from akta.languages import language
from akta.subjects import Kind, Subject
from people import accounts, groups, rights
from people.rights import Act
from storage.cases import Case, CaseRelation
from storage.database import Database
from storage.people import Account, Person
from storage.tasks import Task
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from storage.visibility import APPLICANT, CaseRule, Visibility
from tasks import _doors, access
from tasks.access import Explanation, Rule
from tests.storage.rows import add_case, add_person, add_task

ACCOUNTS, CASES, TASKS_OF_CASE, POLICIES = 36, 20, 3, 5
"""36 accounts x 60 tasks x 5 policies: 10 800 triples."""
GROUPS = sorted(groups.GROUPS)


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """The same queries run on both databases."""
    return sqlite_database


@dataclass(frozen=True)
class World:
    """Random accounts, and random tasks in random cases."""

    accounts: Sequence[Account]
    tasks: Sequence[Task]


def club(subject: Subject) -> ColumnElement[bool] | None:
    """A relation like that of contracts, as an upper floor registers one."""
    if subject.kind is not Kind.CUSTOMER:
        return None
    return Case.id.in_(select(CaseRelation.case_id).where(CaseRelation.object_id == subject.account))


def policy(dice: random.Random) -> Visibility:
    rules: tuple[CaseRule, ...] = (club,) if dice.random() < 0.7 else ()
    return Visibility(frozenset(dice.sample(GROUPS, dice.randrange(4))), rules)


def account(tx: Transaction, dice: random.Random, number: int, now: datetime) -> Account:
    person = Person(name=f"Minta {number}")
    tx.add(person)
    kind = dice.choice([Kind.STAFF, Kind.STAFF, Kind.CUSTOMER])
    member_of = dice.sample(GROUPS, dice.randrange(4)) if kind is Kind.STAFF else ()
    made = accounts.create(tx, person, f"a{number}", kind, now, groups=member_of, password_hash="-")
    made.office = dice.choice(["", "", "", "north"]) if kind is Kind.STAFF else ""
    made.state = dice.choice(["active", "active", "active", "closed", "pending"])
    return made


def task(tx: Transaction, dice: random.Random, case: Case, token: int, world: Sequence[Account], now: datetime) -> Task:
    audience = dice.choice(["staff", "staff", APPLICANT])
    candidates = (APPLICANT,) if audience == APPLICANT else tuple(dice.sample(GROUPS, dice.randrange(3)))
    made = add_task(tx, case, now, groups=candidates, audience=audience, token=token)
    made.assignee_id = dice.choice([None, None, dice.choice(world).id])
    made.state = dice.choice(["open", "open", "completed", "cancelled"])
    return made


def random_world(tx: Transaction, dice: random.Random, now: datetime) -> World:
    people = [account(tx, dice, number, now) for number in range(ACCOUNTS)]
    tasks = []
    for number in range(CASES):
        case = add_case(tx, now, f"UKA-{number}", dice.choice([None, dice.choice(people).person_id]))
        case.office = dice.choice(["", "", "north", "south"])
        if dice.random() < 0.5:
            tx.add(CaseRelation(case_id=case.id, kind="club", object_id=dice.choice(people).id))
        tasks += [task(tx, dice, case, token, people, now) for token in range(TASKS_OF_CASE)]
    return World(people, tasks)


@pytest.mark.slow
def test_the_explanation_agrees_with_the_enforcement_on_ten_thousand_random_triples(
    uow: UnitOfWork, now: datetime
) -> None:
    dice = random.Random(20260302)
    asked, seen, wrong = 0, 0, []
    with uow.begin() as tx:
        world = random_world(tx, dice, now)
        for rules in (policy(dice) for _ in range(POLICIES)):
            for one in world.accounts:
                subject = access.subject_of(tx, AccountId(one.id))
                enforced = enforcement(tx, rules, subject, one.state)
                for each in world.tasks:
                    told = access.explain(tx, rules, AccountId(one.id), TaskId(each.id))
                    expected = enforced_on(tx, subject, each, each.id in enforced)
                    asked, seen = asked + 1, seen + told.see
                    if (told.see, told.act, told.claim) != expected:
                        wrong.append((subject.kind, sorted(subject.groups), each.audience, each.state, told, expected))
    assert asked >= 10_000
    assert 0.05 < seen / asked < 0.95
    assert wrong == []


def enforcement(tx: Transaction, rules: Visibility, subject: Subject, state: str) -> set[object]:
    """The tasks the query opens to who can sign in and holds the right; nothing to the others."""
    if state != "active" or not rights.allowed(subject, Act.ANSWER_TASK):
        return set()
    return set(tx.session.scalars(_doors.visible(rules, subject).with_only_columns(Task.id)))


def enforced_on(tx: Transaction, subject: Subject, task: Task, visible: bool) -> tuple[bool, bool, bool]:
    if not visible:
        return False, False, False
    try:
        _doors._part(subject, task, tx.get(Case, task.case_id))
    except _doors.NotYours:
        return True, False, False
    free = task.assignee_id is None or task.assignee_id == subject.account
    is_open = task.state == "open"
    return True, is_open, is_open and free and _doors.may_claim(subject, task)


@pytest.fixture
def clerk(uow: UnitOfWork, now: datetime) -> AccountId:
    with uow.begin() as tx:
        made = accounts.create(tx, add_person(tx), "clerk", Kind.STAFF, now, groups=("metering",), password_hash="-")
        return AccountId(made.id)


def explained(uow: UnitOfWork, clerk: AccountId, now: datetime, *candidates: str) -> Explanation:
    with uow.begin() as tx:
        made = add_task(tx, add_case(tx, now, f"UKA-{new_id()}"[:20]), now, groups=candidates)
        return access.explain(tx, Visibility(groups.SEE_EVERY_CASE), clerk, TaskId(made.id))


def test_the_chain_names_what_opens_the_task_and_what_does_not(
    uow: UnitOfWork, clerk: AccountId, now: datetime
) -> None:
    told = explained(uow, clerk, now, "metering", "billing")
    assert (told.see, told.act, told.claim) == (True, True, True)
    chain = {link.rule: (link.holds, link.because.said(language("en").gettext)) for link in told.chain}
    assert chain[Rule.CANDIDATE] == (True, "They are in a candidate group: metering.")
    assert chain[Rule.RIGHT] == (True, "The act answer-task is held by their group metering.")
    assert chain[Rule.ASSIGNED] == (False, "The task is not assigned to them.")


def test_the_chain_of_a_refusal_says_why(uow: UnitOfWork, clerk: AccountId, now: datetime) -> None:
    told = explained(uow, clerk, now, "billing")
    assert (told.see, told.act, told.claim) == (False, False, False)
    broken = {link.rule: str(link.because) for link in told.chain if not link.holds}
    assert broken[Rule.CANDIDATE] == "They are in none of its candidate groups: billing."
    assert broken[Rule.VISIBLE] == "None of these ways leads to the task."


def test_the_chain_says_that_a_case_is_of_another_office(uow: UnitOfWork, clerk: AccountId, now: datetime) -> None:
    with uow.begin() as tx:
        tx.get(Account, clerk).office = "north"
        case = add_case(tx, now, "UKA-1")
        case.office = "south"
        made = add_task(tx, case, now, groups=("metering",))
        told = access.explain(tx, Visibility(groups.SEE_EVERY_CASE), clerk, TaskId(made.id))
    assert (told.see, told.act, told.claim) == (False, False, False)
    broken = next(link for link in told.chain if not link.holds)
    assert (broken.rule, str(broken.because)) == (
        Rule.OFFICE,
        "The case is of another office than theirs: no other way leads to it.",
    )


def test_nothing_of_another_utility_is_explained(
    database: Database, uow: UnitOfWork, clerk: AccountId, now: datetime, other_tenant: Tenant
) -> None:
    other = database.unit_of_work(TenantId(other_tenant.id))
    with uow.begin() as tx:
        task_id = TaskId(add_task(tx, add_case(tx, now, "UKA-1"), now).id)
    with other.view() as tx, pytest.raises(NotFound):
        access.explain(tx, Visibility(frozenset()), clerk, task_id)

"""Why somebody may or may not do something with a task: the chain of rules, each with what it found.

The enforcement (`tasks/_doors.py`, `storage/visibility.py`) decides in queries; here each rule is looked at by itself,
so that people can read why. That both come to the same is tested over many random worlds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import AccountId, TaskId
from akta.languages import N_, Sentence, sentence
from akta.subjects import Kind, Subject
from people import rights, sessions
from people.groups import FRONT_DESK, SUPERVISION
from people.rights import Act
from storage.cases import Case
from storage.people import Account
from storage.tasks import Task
from storage.unit_of_work import Transaction
from storage.visibility import APPLICANT, Visibility


class Rule(StrEnum):
    """The links of a chain, in the order they are asked."""

    ACCOUNT = "account"
    RIGHT = "right"
    TASK = "task"
    OFFICE = "office"
    EVERY_CASE = "every-case"
    CANDIDATE = "candidate"
    ASSIGNED = "assigned"
    PERSON = "person"
    RELATION = "relation"
    CASE = "case"
    VISIBLE = "visible"
    PART = "part"
    OPEN = "open"
    FREE = "free"


@dataclass(frozen=True, slots=True)
class Link:
    """One rule, whether it holds, and in words why."""

    rule: Rule
    holds: bool
    because: Sentence


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a user may do with a task, and the chain that leads there; the first link that breaks it is the reason."""

    see: bool
    act: bool
    claim: bool
    chain: Sequence[Link]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the rules look at."""

    subject: Subject
    task: Task
    case: Case
    candidates: frozenset[str]
    every_case: bool
    related: bool
    work_there: bool
    """Whether some task of the case is for their groups, or assigned to them."""

    @property
    def of_their_office(self) -> bool:
        return not self.subject.office or self.case.office in ("", self.subject.office)

    @property
    def own_groups(self) -> frozenset[str]:
        return self.subject.groups & self.candidates

    @property
    def assigned(self) -> bool:
        return self.subject.account is not None and self.task.assignee_id == self.subject.account

    @property
    def about_them(self) -> bool:
        return (
            self.subject.kind is Kind.CUSTOMER
            and self.subject.person is not None
            and self.subject.person == self.case.person_id
        )

    @property
    def sees_case(self) -> bool:
        return self.of_their_office and (self.every_case or self.related or self.about_them or self.work_there)

    @property
    def for_applicant(self) -> bool:
        return self.task.audience == APPLICANT


def subject_of(tx: Transaction, account_id: AccountId) -> Subject:
    """Who asks when this account does, whatever its state.

    Raises:
        NotFound: this utility has no such account.
    """
    return sessions.subject_of(tx, tx.get(Account, account_id))


def explain(tx: Transaction, visibility: Visibility, account_id: AccountId, task_id: TaskId) -> Explanation:
    """Whether this account may see, work on and claim this task, and why.

    Raises:
        NotFound: this utility has no such account or task.
    """
    account = tx.get(Account, account_id)
    subject = subject_of(tx, account_id)
    task = tx.find(Task, task_id)
    if task is None:
        raise NotFound(f"task {task_id}")
    return judge(_facts(tx, visibility, subject, task), account.state)


def judge(facts: _Facts, state: str) -> Explanation:
    chain = [_account(state), _right(facts.subject), _task(facts.task)]
    ways = [
        _office(facts),
        _every_case(facts),
        _candidate(facts),
        _assigned(facts),
        _person(facts),
        _relation(facts),
        _case(facts),
    ]
    sees = chain[0].holds and chain[1].holds and _sees(facts)
    part = sees and _has_part(facts)
    claim = part and _may_claim(facts)
    tail = [
        _link(Rule.VISIBLE, sees, N_("They can open the task."), N_("None of these ways leads to the task.")),
        _link(Rule.PART, part, N_("The task is theirs to do."), N_("They may look at it; it is for others to do.")),
        _link(Rule.OPEN, facts.task.state == "open", N_("The task is open."), N_("The task is not open any more.")),
        _free(facts),
    ]
    is_open = facts.task.state == "open"
    free = facts.task.assignee_id is None or facts.assigned
    return Explanation(see=sees, act=part and is_open, claim=claim and is_open and free, chain=(*chain, *ways, *tail))


def _facts(tx: Transaction, visibility: Visibility, subject: Subject, task: Task) -> _Facts:
    beside = select(Task.groups, Task.assignee_id).where(Task.case_id == task.case_id)
    work = tx.session.execute(beside).all()
    conditions = [found for rule in visibility.rules if (found := rule(subject)) is not None]
    is_staff, account = subject.kind is Kind.STAFF, subject.account
    return _Facts(
        subject=subject,
        task=task,
        case=tx.get(Case, task.case_id),
        candidates=frozenset(task.groups),
        every_case=bool((subject.groups | subject.scopes) & visibility.see_all),
        related=any(tx.session.scalar(select(Case.id).where(Case.id == task.case_id, each)) for each in conditions),
        work_there=is_staff and any(subject.groups & {*groups} or holder == account for groups, holder in work),
    )


def _sees(facts: _Facts) -> bool:
    """The ways to a task: staff by group, by assignment or by overseeing, within their office; applicants by seeing
    the case."""
    if not facts.of_their_office:
        return False
    if facts.subject.kind is not Kind.STAFF:
        return facts.for_applicant and facts.sees_case
    if facts.own_groups or facts.assigned:
        return True
    if SUPERVISION in facts.subject.groups:
        return facts.sees_case
    return FRONT_DESK in facts.subject.groups and facts.sees_case and facts.for_applicant


def _has_part(facts: _Facts) -> bool:
    if facts.subject.kind is not Kind.STAFF:
        return facts.about_them
    return facts.assigned or _may_claim(facts)


def _may_claim(facts: _Facts) -> bool:
    if facts.subject.kind is not Kind.STAFF:
        return False
    stands_in = APPLICANT in facts.candidates and FRONT_DESK in facts.subject.groups
    return SUPERVISION in facts.subject.groups or bool(facts.own_groups) or stands_in


def _account(state: str) -> Link:
    live = state == "active"
    return Link(Rule.ACCOUNT, live, sentence(N_("The account is %(state)s."), state=state))


def _right(subject: Subject) -> Link:
    holds = rights.allowed(subject, Act.ANSWER_TASK)
    if subject.kind is Kind.STAFF:
        holders = rights.TABLE[Act.ANSWER_TASK].holders & subject.groups
        if holders:
            words = sentence(N_("The act answer-task is held by their group %(groups)s."), groups=_listed(holders))
        else:
            words = sentence(
                N_("None of their groups holds the act answer-task: %(groups)s."), groups=_listed(subject.groups)
            )
    else:
        words = sentence(N_("The act answer-task is open to this kind of account: %(kind)s."), kind=subject.kind.value)
    return Link(Rule.RIGHT, holds, words)


def _task(task: Task) -> Link:
    return Link(
        Rule.TASK, True, sentence(N_("The task is of this utility, for: %(audience)s."), audience=task.audience)
    )


def _office(facts: _Facts) -> Link:
    if not facts.subject.office:
        return Link(Rule.OFFICE, True, sentence(N_("They work for the whole utility.")))
    if not facts.case.office:
        return Link(Rule.OFFICE, True, sentence(N_("The case is of no office in particular.")))
    return _link(
        Rule.OFFICE,
        facts.of_their_office,
        N_("The case is of the office they work at."),
        N_("The case is of another office than theirs: no other way leads to it."),
    )


def _every_case(facts: _Facts) -> Link:
    return _link(
        Rule.EVERY_CASE,
        facts.every_case,
        N_("One of their groups sees every case."),
        N_("None of their groups sees every case."),
    )


def _candidate(facts: _Facts) -> Link:
    given = _listed(facts.candidates)
    if facts.own_groups:
        return Link(
            Rule.CANDIDATE,
            True,
            sentence(N_("They are in a candidate group: %(groups)s."), groups=_listed(facts.own_groups)),
        )
    return Link(
        Rule.CANDIDATE, False, sentence(N_("They are in none of its candidate groups: %(groups)s."), groups=given)
    )


def _assigned(facts: _Facts) -> Link:
    return _link(
        Rule.ASSIGNED, facts.assigned, N_("The task is assigned to them."), N_("The task is not assigned to them.")
    )


def _person(facts: _Facts) -> Link:
    return _link(Rule.PERSON, facts.about_them, N_("The case is about them."), N_("The case is not about them."))


def _relation(facts: _Facts) -> Link:
    return _link(
        Rule.RELATION,
        facts.related,
        N_("The case concerns something their account is linked to, such as a contract."),
        N_("The case concerns nothing their account is linked to."),
    )


def _case(facts: _Facts) -> Link:
    return _link(
        Rule.CASE,
        facts.sees_case,
        N_("They see the case: in it supervision does any task, and the front desk what is the applicant's."),
        N_("They do not see the case."),
    )


def _free(facts: _Facts) -> Link:
    free = facts.task.assignee_id is None or facts.assigned
    return _link(Rule.FREE, free, N_("Nobody else has claimed it."), N_("Somebody else has claimed it."))


def _link(rule: Rule, holds: bool, yes: str, no: str) -> Link:
    return Link(rule, holds, sentence(yes if holds else no))


def _listed(groups: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(groups)) or "–"

"""The table of rights: which act is open to which kind of subject or candidate group (domain.md §4).

A right opens a door; what lies behind it is still filtered by `storage.visibility`. What one process asks beyond
that (who may start it, which group a task is for) stands in its bundle.
"""

from collections.abc import Mapping
from enum import StrEnum

from akta.errors import Forbidden, SignInNeeded
from akta.subjects import Kind, Subject
from people.groups import (
    ADMINISTRATION,
    BILLING,
    CASE_WORKERS,
    FRONT_DESK,
    GROUPS,
    PROCESS_OWNERS,
    SUPERVISION,
)


class Act(StrEnum):
    """Everything a route can ask leave for."""

    SEE_SERVICES = "see-services"
    SIGN_IN = "sign-in"
    OPEN_CASE_LINK = "open-case-link"
    OWN_SESSION = "own-session"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of an act
    CHOOSE_LANGUAGE = "choose-language"
    START_APPLICATION = "start-application"
    ENTER_FROM_PAPER = "enter-from-paper"
    UPLOAD = "upload"
    SEE_OWN_CASES = "see-own-cases"
    SEE_CASE = "see-case"
    SEE_CASE_DIAGRAM = "see-case-diagram"
    WITHDRAW = "withdraw"
    SEE_OWN_SUPPLY = "see-own-supply"
    SEE_INBOX = "see-inbox"
    ANSWER_TASK = "answer-task"
    CLAIM_TASK = "claim-task"
    SEE_INCIDENTS = "see-incidents"
    RETRY_INCIDENT = "retry-incident"
    RUN_BILLING = "run-billing"
    SEE_PROCESSES = "see-processes"
    DEPLOY = "deploy"
    ACTIVATE = "activate"
    MANAGE_ACCOUNTS = "manage-accounts"
    SEE_OUTBOX = "see-outbox"


_ANONYMOUS = Kind.ANONYMOUS.value
_CASE_LINK = Kind.CASE_LINK.value
_CUSTOMER = Kind.CUSTOMER.value

_APPLICANTS = frozenset({_ANONYMOUS, _CASE_LINK, _CUSTOMER})
_FOLLOWERS = frozenset({_CASE_LINK, _CUSTOMER})
_ACCOUNTS = frozenset({_CUSTOMER}) | GROUPS
_EVERYONE = _APPLICANTS | GROUPS
_OWNERS = frozenset({PROCESS_OWNERS, ADMINISTRATION})

TABLE: Mapping[Act, frozenset[str]] = {
    Act.SEE_SERVICES: _EVERYONE,
    Act.SIGN_IN: _EVERYONE,
    Act.OPEN_CASE_LINK: _EVERYONE,
    Act.OWN_SESSION: _EVERYONE,
    Act.CHANGE_PASSWORD: _ACCOUNTS,
    Act.CHOOSE_LANGUAGE: _EVERYONE,
    Act.START_APPLICATION: _APPLICANTS,
    Act.ENTER_FROM_PAPER: frozenset({FRONT_DESK}),
    Act.UPLOAD: _APPLICANTS | CASE_WORKERS,
    Act.SEE_OWN_CASES: frozenset({_CUSTOMER}),
    Act.SEE_CASE: _FOLLOWERS | CASE_WORKERS,
    Act.SEE_CASE_DIAGRAM: CASE_WORKERS,
    Act.WITHDRAW: _FOLLOWERS,
    Act.SEE_OWN_SUPPLY: frozenset({_CUSTOMER}),
    Act.SEE_INBOX: CASE_WORKERS,
    Act.ANSWER_TASK: _FOLLOWERS | CASE_WORKERS,
    Act.CLAIM_TASK: CASE_WORKERS,
    Act.SEE_INCIDENTS: frozenset({SUPERVISION}),
    Act.RETRY_INCIDENT: frozenset({SUPERVISION}),
    Act.RUN_BILLING: frozenset({BILLING, SUPERVISION}),
    Act.SEE_PROCESSES: _OWNERS | {SUPERVISION},
    Act.DEPLOY: _OWNERS,
    Act.ACTIVATE: _OWNERS,
    Act.MANAGE_ACCOUNTS: frozenset({ADMINISTRATION}),
    Act.SEE_OUTBOX: _EVERYONE,
}
"""Holders are candidate groups (staff) or kinds of subject (the rest). Only the demo has an outbox to see."""

WHILE_PENDING = frozenset({Act.OWN_SESSION, Act.CHANGE_PASSWORD, Act.CHOOSE_LANGUAGE})
"""All that an account signed in with its temporary password may do (domain.md §2.4)."""


def allowed(subject: Subject, act: Act) -> bool:
    if subject.kind is Kind.SYSTEM:
        return True
    if subject.kind is Kind.STAFF:
        return bool(subject.groups & TABLE[act])
    return subject.kind.value in TABLE[act]


def require(subject: Subject, act: Act) -> None:
    """
    Raises:
        SignInNeeded: nobody is signed in, and signing in could help.
        Forbidden: this subject may not do it.
    """
    if allowed(subject, act):
        return
    if subject.kind is Kind.ANONYMOUS:
        raise SignInNeeded(f"{act} needs a session")
    raise Forbidden(f"{subject.kind} may not {act}")

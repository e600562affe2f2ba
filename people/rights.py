"""The table of rights: which act is open to which kind of subject or candidate group (domain.md §4).

A right opens a door; what lies behind it is still filtered in the query (`Behind` says by what, `storage.visibility`
does it). What one process asks beyond that (who may start it, which group a task is for) stands in its bundle.
`docs/rights.md` is this table, written by `akta rights`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from akta.errors import Forbidden, SignInNeeded
from akta.subjects import Kind, Subject
from people.groups import (
    ADMINISTRATION,
    AUDIT,
    BILLING,
    CASE_WORKERS,
    FRONT_DESK,
    GROUPS,
    MANDATE_VERIFICATION,
    METERING,
    PROCESS_OWNERS,
    SUPERVISION,
)
from people.sessions import Stage


class Act(StrEnum):
    """Everything a route can ask leave for."""

    SEE_SERVICES = "see-services"
    SIGN_IN = "sign-in"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of an act
    OPEN_CASE_LINK = "open-case-link"
    OWN_SESSION = "own-session"
    OWN_ACCOUNT = "own-account"
    PROVE_ONESELF = "prove-oneself"
    CHANGE_PASSWORD = "change-password"  # noqa: S105 - the name of an act
    CHOOSE_LANGUAGE = "choose-language"
    SET_PREFERENCES = "set-preferences"
    START_APPLICATION = "start-application"
    ENTER_FROM_PAPER = "enter-from-paper"
    UPLOAD = "upload"
    SEE_OWN_CASES = "see-own-cases"
    SEE_CASE = "see-case"
    SEE_CASE_DIAGRAM = "see-case-diagram"
    WITHDRAW = "withdraw"
    REVOKE_LINKS = "revoke-links"
    SEE_OWN_SUPPLY = "see-own-supply"
    END_ACCESS = "end-access"
    SEE_MANDATES = "see-mandates"
    REVOKE_MANDATE = "revoke-mandate"
    ACCEPT_TERMS = "accept-terms"
    PUBLISH_TERMS = "publish-terms"
    SEE_INBOX = "see-inbox"
    ANSWER_TASK = "answer-task"
    CLAIM_TASK = "claim-task"
    START_PART = "start-part"
    SEE_TEAM = "see-team"
    SEE_INCIDENTS = "see-incidents"
    RETRY_INCIDENT = "retry-incident"
    SEE_VARIABLES = "see-variables"
    OPERATE_CASE = "operate-case"
    MOVE_TOKEN = "move-token"  # noqa: S105 - the name of an act
    KEEP_CLOCKS = "keep-clocks"
    SEND_MESSAGE = "send-message"
    SEE_CALENDAR = "see-calendar"
    EDIT_CALENDAR = "edit-calendar"
    RUN_BILLING = "run-billing"
    VERIFY_READINGS = "verify-readings"
    SEND_READING_LIST = "send-reading-list"
    SEE_PROCESSES = "see-processes"
    DEPLOY = "deploy"
    ACTIVATE = "activate"
    EDIT_DRAFT = "edit-draft"
    RULE_RELEASES = "rule-releases"
    REPLAY = "replay"
    TRY_EXPRESSIONS = "try-expressions"
    MANAGE_ACCOUNTS = "manage-accounts"
    MANAGE_KEYS = "manage-keys"
    SEE_ACCOUNT_EVENTS = "see-account-events"
    EXPLAIN_ACCESS = "explain-access"
    SEE_OUTBOX = "see-outbox"


class Behind(StrEnum):
    """By what that which lies behind a door is filtered, beside the utility everything belongs to."""

    NOBODYS = "nothing of anybody's"
    OWN = "one's own account, session or form"
    CASE = "cases one sees"
    TASK = "tasks one sees, in cases one sees"
    SUPPLY = "contracts one's account is linked to"
    UTILITY = "the whole utility"


@dataclass(frozen=True, slots=True)
class Right:
    """Who holds an act: candidate groups (staff) or kinds of subject (the rest).

    `fresh`: to write, one must have proved within the last quarter of an hour who one is.
    """

    holders: frozenset[str]
    behind: Behind
    fresh: bool = False


_ANONYMOUS = Kind.ANONYMOUS.value
_CASE_LINK = Kind.CASE_LINK.value
_CUSTOMER = Kind.CUSTOMER.value
_MACHINE = Kind.MACHINE.value

_APPLICANTS = frozenset({_ANONYMOUS, _CASE_LINK, _CUSTOMER})
_FOLLOWERS = frozenset({_CASE_LINK, _CUSTOMER})
_ACCOUNTS = frozenset({_CUSTOMER}) | GROUPS
_EVERYONE = _APPLICANTS | GROUPS
_OWNERS = frozenset({PROCESS_OWNERS, ADMINISTRATION})
_READERS = CASE_WORKERS | {AUDIT}
_MANDATES = frozenset({_CUSTOMER, FRONT_DESK, MANDATE_VERIFICATION, SUPERVISION})

TABLE: Mapping[Act, Right] = {
    Act.SEE_SERVICES: Right(_EVERYONE | {_MACHINE}, Behind.NOBODYS),
    Act.SIGN_IN: Right(_EVERYONE, Behind.NOBODYS),
    Act.RESET_PASSWORD: Right(_EVERYONE, Behind.NOBODYS),
    Act.OPEN_CASE_LINK: Right(_EVERYONE, Behind.NOBODYS),
    Act.OWN_SESSION: Right(_EVERYONE | {_MACHINE}, Behind.OWN),
    Act.OWN_ACCOUNT: Right(_ACCOUNTS, Behind.OWN, fresh=True),
    Act.PROVE_ONESELF: Right(_ACCOUNTS, Behind.OWN),
    Act.CHANGE_PASSWORD: Right(_ACCOUNTS, Behind.OWN),
    Act.CHOOSE_LANGUAGE: Right(_EVERYONE, Behind.OWN),
    Act.SET_PREFERENCES: Right(_ACCOUNTS, Behind.OWN),
    Act.START_APPLICATION: Right(_APPLICANTS, Behind.OWN),
    Act.ENTER_FROM_PAPER: Right(frozenset({FRONT_DESK, METERING}), Behind.UTILITY),
    Act.UPLOAD: Right(_APPLICANTS | CASE_WORKERS, Behind.OWN),
    Act.SEE_OWN_CASES: Right(frozenset({_CUSTOMER}), Behind.CASE),
    Act.SEE_CASE: Right(_FOLLOWERS | _READERS | {_MACHINE}, Behind.CASE),
    Act.SEE_CASE_DIAGRAM: Right(_READERS | {_MACHINE}, Behind.CASE),
    Act.WITHDRAW: Right(_FOLLOWERS, Behind.CASE),
    Act.REVOKE_LINKS: Right(frozenset({_CUSTOMER, FRONT_DESK, SUPERVISION}), Behind.CASE),
    Act.SEE_OWN_SUPPLY: Right(frozenset({_CUSTOMER}), Behind.SUPPLY),
    Act.END_ACCESS: Right(frozenset({_CUSTOMER, FRONT_DESK, SUPERVISION}), Behind.SUPPLY),
    Act.SEE_MANDATES: Right(_MANDATES | {AUDIT}, Behind.SUPPLY),
    Act.REVOKE_MANDATE: Right(_MANDATES, Behind.SUPPLY),
    Act.ACCEPT_TERMS: Right(frozenset({_CUSTOMER}), Behind.OWN),
    Act.PUBLISH_TERMS: Right(frozenset({SUPERVISION, ADMINISTRATION}), Behind.UTILITY),
    Act.SEE_INBOX: Right(CASE_WORKERS, Behind.TASK),
    Act.ANSWER_TASK: Right(_FOLLOWERS | CASE_WORKERS, Behind.TASK),
    Act.CLAIM_TASK: Right(CASE_WORKERS, Behind.TASK),
    Act.START_PART: Right(CASE_WORKERS, Behind.TASK),
    Act.SEE_TEAM: Right(frozenset({SUPERVISION}), Behind.CASE),
    Act.SEE_INCIDENTS: Right(frozenset({SUPERVISION, _MACHINE}), Behind.CASE),
    Act.RETRY_INCIDENT: Right(frozenset({SUPERVISION}), Behind.CASE),
    Act.SEE_VARIABLES: Right(frozenset({SUPERVISION}), Behind.CASE),
    Act.OPERATE_CASE: Right(frozenset({SUPERVISION}), Behind.CASE),
    Act.MOVE_TOKEN: Right(frozenset({SUPERVISION}), Behind.CASE),
    Act.KEEP_CLOCKS: Right(frozenset({FRONT_DESK, SUPERVISION}), Behind.CASE),
    Act.SEND_MESSAGE: Right(frozenset({SUPERVISION, _MACHINE}), Behind.UTILITY),
    Act.SEE_CALENDAR: Right(CASE_WORKERS | _OWNERS | {_MACHINE}, Behind.UTILITY),
    Act.EDIT_CALENDAR: Right(frozenset({ADMINISTRATION}), Behind.UTILITY),
    Act.VERIFY_READINGS: Right(frozenset({METERING, SUPERVISION}), Behind.TASK),
    Act.SEND_READING_LIST: Right(frozenset({_CUSTOMER, FRONT_DESK, METERING}), Behind.SUPPLY),
    Act.RUN_BILLING: Right(frozenset({BILLING, SUPERVISION}), Behind.UTILITY),
    Act.SEE_PROCESSES: Right(_OWNERS | {SUPERVISION, AUDIT, _MACHINE}, Behind.UTILITY),
    Act.DEPLOY: Right(_OWNERS | {_MACHINE}, Behind.UTILITY),
    Act.ACTIVATE: Right(_OWNERS, Behind.UTILITY),
    Act.EDIT_DRAFT: Right(_OWNERS, Behind.UTILITY),
    Act.RULE_RELEASES: Right(frozenset({ADMINISTRATION}), Behind.UTILITY, fresh=True),
    Act.REPLAY: Right(_OWNERS | {SUPERVISION}, Behind.UTILITY),
    Act.TRY_EXPRESSIONS: Right(_OWNERS, Behind.NOBODYS),
    Act.MANAGE_ACCOUNTS: Right(frozenset({ADMINISTRATION}), Behind.UTILITY, fresh=True),
    Act.MANAGE_KEYS: Right(frozenset({ADMINISTRATION}), Behind.UTILITY, fresh=True),
    Act.SEE_ACCOUNT_EVENTS: Right(frozenset({ADMINISTRATION, AUDIT}), Behind.UTILITY),
    Act.EXPLAIN_ACCESS: Right(frozenset({ADMINISTRATION, AUDIT, SUPERVISION}), Behind.UTILITY),
    Act.SEE_OUTBOX: Right(_EVERYONE, Behind.NOBODYS),
}
"""A machine holds an act only if its key names it too. Only the demo has an outbox to see."""

SCOPES = frozenset(act for act, right in TABLE.items() if _MACHINE in right.holders)
"""What an API key may be given."""

_ALWAYS = frozenset({Act.OWN_SESSION, Act.CHOOSE_LANGUAGE})
WHILE: Mapping[Stage, frozenset[Act]] = {
    Stage.CHANGE_PASSWORD: _ALWAYS | {Act.CHANGE_PASSWORD},
    Stage.PROVE_FACTOR: _ALWAYS | {Act.PROVE_ONESELF},
    Stage.SET_UP_FACTOR: _ALWAYS | {Act.PROVE_ONESELF, Act.OWN_ACCOUNT},
}
"""All that may be done in a session that is not open yet: signed in with a temporary password (domain.md §2.4),
without the second factor the account has, or without one the utility asks for."""


UNDER_TERMS = frozenset({Act.SEE_OWN_SUPPLY, Act.SEND_READING_LIST, Act.START_APPLICATION})
"""What an account is for: not to be had without accepting the terms in force. One's cases, one's own account and who
has access to one's contracts stay open to who does not."""


def allowed(subject: Subject, act: Act) -> bool:
    if subject.kind is Kind.SYSTEM:
        return True
    holders = TABLE[act].holders
    if subject.kind is Kind.STAFF:
        return bool(subject.groups & holders)
    if subject.kind is Kind.MACHINE:
        return act.value in subject.scopes and subject.kind.value in holders
    return subject.kind.value in holders


def open_acts(subject: Subject, stage: Stage) -> list[Act]:
    """Everything the subject may do at this stage of its session."""
    return [act for act in Act if allowed(subject, act) and act in WHILE.get(stage, frozenset(Act))]


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

"""The table of rights says what domain.md §4 says."""

from pathlib import Path
from uuid import uuid4

import pytest

from akta.errors import Forbidden, SignInNeeded
from akta.ids import TenantId
from akta.subjects import Kind, Subject, system
from people import groups, rights, rights_page
from people.rights import Act
from people.sessions import Stage

TENANT = TenantId(uuid4())


def subject(kind: Kind, *member_of: str) -> Subject:
    return Subject(tenant=TENANT, kind=kind, groups=frozenset(member_of))


def test_every_act_has_a_row_and_every_holder_is_known() -> None:
    kinds = {Kind.ANONYMOUS.value, Kind.CASE_LINK.value, Kind.CUSTOMER.value, Kind.MACHINE.value}
    assert set(rights.TABLE) == set(Act)
    assert set().union(*(right.holders for right in rights.TABLE.values())) <= groups.GROUPS | kinds
    assert all(right.holders for right in rights.TABLE.values())


def test_the_committed_page_is_the_table_the_code_reads() -> None:
    committed = Path(__file__).parents[2] / "docs" / "rights.md"
    assert committed.read_text(encoding="utf-8") == rights_page.page(), "python -m akta rights > docs/rights.md"


def test_every_group_has_a_role_and_every_role_of_staff_a_group() -> None:
    assert set(groups.ROLES) == groups.GROUPS == set(groups.NAMES)
    roles = {"FD", "PH", "MET", "BIL", "FIN", "LEG", "DIS", "SUP", "PO", "ADM", "DPO"}
    assert set(groups.ROLES.values()) == roles


def test_who_answers_the_telephone_is_never_told_what_somebody_owes() -> None:
    assert groups.PHONE not in groups.SEE_ARREARS
    assert groups.AUDIT in groups.SEE_ARREARS


def test_a_machine_may_do_what_its_key_names_and_the_table_allows_machines() -> None:
    machine = Subject(tenant=TENANT, kind=Kind.MACHINE, scopes=frozenset({"see-case", "manage-accounts"}))
    assert [act for act in Act if rights.allowed(machine, act)] == [Act.SEE_CASE]
    assert not any(rights.allowed(subject(Kind.MACHINE), act) for act in Act)
    assert rights.SCOPES.isdisjoint({Act.ACTIVATE, Act.MANAGE_ACCOUNTS, Act.MANAGE_KEYS, Act.RUN_BILLING})


def test_whoever_audits_sees_and_changes_nothing() -> None:
    auditor = subject(Kind.STAFF, groups.AUDIT)
    may = {act for act in Act if rights.allowed(auditor, act)}
    assert {Act.SEE_CASE, Act.SEE_ACCOUNT_EVENTS, Act.EXPLAIN_ACCESS} <= may
    assert may.isdisjoint({Act.CLAIM_TASK, Act.ANSWER_TASK, Act.UPLOAD, Act.MANAGE_ACCOUNTS, Act.DEPLOY, Act.WITHDRAW})


@pytest.mark.parametrize("group", [groups.PROCESS_OWNERS, groups.ADMINISTRATION])
def test_process_owners_and_administrators_meet_no_personal_data(group: str) -> None:
    someone = subject(Kind.STAFF, group)
    for act in (Act.SEE_INBOX, Act.SEE_CASE, Act.SEE_CASE_DIAGRAM, Act.ANSWER_TASK, Act.CLAIM_TASK, Act.UPLOAD):
        assert not rights.allowed(someone, act)


@pytest.mark.parametrize(
    ("act", "holders"),
    [
        (Act.RUN_BILLING, {"billing", "supervision"}),
        (Act.DEPLOY, {"process-owners", "administration"}),
        (Act.ACTIVATE, {"process-owners", "administration"}),
        (Act.RETRY_INCIDENT, {"supervision"}),
        (Act.MANAGE_ACCOUNTS, {"administration"}),
        (Act.ENTER_FROM_PAPER, {"front-desk", "metering"}),
    ],
)
def test_some_acts_are_for_a_few_groups_only(act: Act, holders: set[str]) -> None:
    found = {group for group in groups.GROUPS if rights.allowed(subject(Kind.STAFF, group), act)}
    assert found == holders
    assert not any(rights.allowed(subject(kind), act) for kind in (Kind.ANONYMOUS, Kind.CASE_LINK, Kind.CUSTOMER))


def test_a_group_name_on_somebody_who_is_not_staff_gives_nothing() -> None:
    assert not rights.allowed(subject(Kind.CUSTOMER, groups.SUPERVISION), Act.SEE_INBOX)


def test_staff_without_a_group_may_do_nothing() -> None:
    assert not any(rights.allowed(subject(Kind.STAFF), act) for act in Act)


def test_the_system_may_do_everything() -> None:
    assert all(rights.allowed(system(TENANT), act) for act in Act)


def test_somebody_unknown_is_asked_to_sign_in_and_others_are_refused() -> None:
    with pytest.raises(SignInNeeded):
        rights.require(subject(Kind.ANONYMOUS), Act.SEE_INBOX)
    with pytest.raises(Forbidden) as refused:
        rights.require(subject(Kind.CUSTOMER), Act.SEE_INBOX)
    assert not isinstance(refused.value, SignInNeeded)
    rights.require(subject(Kind.CUSTOMER), Act.SEE_OWN_CASES)


def test_a_pending_account_may_only_change_its_password_or_leave() -> None:
    assert {Act.OWN_SESSION, Act.CHANGE_PASSWORD, Act.CHOOSE_LANGUAGE} == rights.WHILE[Stage.CHANGE_PASSWORD]


def test_a_session_without_its_second_factor_opens_nothing_of_anybodys() -> None:
    own = {Act.OWN_SESSION, Act.CHOOSE_LANGUAGE, Act.PROVE_ONESELF, Act.OWN_ACCOUNT}
    assert rights.WHILE[Stage.PROVE_FACTOR] | rights.WHILE[Stage.SET_UP_FACTOR] == own
    assert Act.OWN_ACCOUNT not in rights.WHILE[Stage.PROVE_FACTOR], "or it could take the factor away"

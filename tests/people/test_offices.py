"""Offices: a clerk of one sees its cases and those of no office, and nothing else lets them into another's."""

from datetime import datetime

import pytest
from sqlalchemy import select

from akta.errors import NotFound
from akta.ids import AccountId
from akta.subjects import Kind
from people import groups, offices, sessions
from storage.cases import Case
from storage.people import Account
from storage.tasks import Task
from storage.unit_of_work import UnitOfWork
from storage.visibility import Visibility
from tests.people.conftest import NewAccount
from tests.storage.rows import add_case, add_task


@pytest.fixture
def places(uow: UnitOfWork) -> None:
    with uow.begin() as tx:
        offices.name(tx, "north", "Office North")
        offices.name(tx, "south", "Office South")


@pytest.mark.usefixtures("places")
def test_an_office_is_added_named_again_and_refused_where_it_could_not_be_named(uow: UnitOfWork) -> None:
    with uow.begin() as tx:
        offices.name(tx, "north", " Office in the north ")
        assert [(each.code, each.name) for each in offices.listed(tx)] == [
            ("north", "Office in the north"),
            ("south", "Office South"),
        ]
        for code, words in (("", "x"), ("North", "x"), ("a b", "x"), ("a" * 41, "x"), ("a", " "), ("a", "x" * 101)):
            with pytest.raises(offices.BadOffice):
                offices.name(tx, code, words)


@pytest.mark.usefixtures("places")
def test_a_clerk_of_an_office_sees_its_cases_and_those_of_none_whatever_their_groups(
    uow: UnitOfWork, now: datetime, new_account: NewAccount
) -> None:
    clerk = new_account("clerk", Kind.STAFF, groups=(groups.METERING, groups.SUPERVISION))
    boss = new_account("boss", Kind.STAFF, groups=(groups.ADMINISTRATION,))
    with uow.begin() as tx:
        for office in ("north", "south", ""):
            case = add_case(tx, now, f"UKA-{office or 'all'}")
            case.office = office
            task = add_task(tx, case, now, groups=(groups.METERING,))
            task.assignee_id = clerk if office == "south" else None
        offices.put(tx, clerk, "north", boss, now)
        subject = sessions.subject_of(tx, tx.get(Account, clerk))
        for sees in (Visibility(groups.SEE_EVERY_CASE), Visibility(frozenset())):
            assert set(tx.session.scalars(sees.cases(subject).with_only_columns(Case.office))) == {"north", ""}
            found = tx.session.scalars(sees.tasks(subject).with_only_columns(Task.case_id))
            assert set(tx.session.scalars(select(Case.office).where(Case.id.in_(found.all())))) == {"north", ""}
        offices.put(tx, clerk, "", boss, now)
        whole = sessions.subject_of(tx, tx.get(Account, clerk))
        every = Visibility(groups.SEE_EVERY_CASE).cases(whole).with_only_columns(Case.office)
        assert set(tx.session.scalars(every)) == {"north", "south", ""}


@pytest.mark.usefixtures("places")
def test_nobody_chooses_their_own_office_nor_one_that_is_none(
    uow: UnitOfWork, now: datetime, new_account: NewAccount
) -> None:
    clerk = new_account("clerk", Kind.STAFF, groups=(groups.METERING,))
    customer = new_account("ugyfel")
    with uow.begin() as tx:
        with pytest.raises(offices.NotOwnOffice):
            offices.put(tx, clerk, "north", clerk, now)
        with pytest.raises(offices.NoSuchOffice):
            offices.put(tx, clerk, "east", customer, now)
        with pytest.raises(NotFound):
            offices.put(tx, customer, "north", clerk, now)
        assert tx.get(Account, AccountId(clerk)).office == ""

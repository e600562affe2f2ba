"""Column types keep instants and amounts exact on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.exc import StatementError

from storage.base import Fixed
from storage.database import Database
from storage.people import Account
from storage.unit_of_work import UnitOfWork
from tests.storage.rows import add_person

SQLITE = create_engine("sqlite://").dialect
AMOUNTS = st.decimals(min_value=-(10**15), max_value=10**15, places=2)


@given(AMOUNTS)
def test_an_amount_survives_the_embedded_database_exactly(amount: Decimal) -> None:
    column, dialect = Fixed(2), SQLITE
    bound = column.process_bind_param(amount, dialect)
    assert isinstance(bound, int)
    assert column.process_result_value(bound, dialect) == amount


def test_an_amount_is_never_rounded(database: Database) -> None:
    with pytest.raises(ValueError, match="more than 2 decimal places"):
        Fixed(2).process_bind_param(Decimal("0.001"), database.engine.dialect)


def test_an_instant_comes_back_as_the_same_instant_in_utc(uow: UnitOfWork, now: datetime) -> None:
    there = now.astimezone(timezone(timedelta(hours=2))) + timedelta(microseconds=1)
    with uow.begin() as tx:
        tx.add(Account(person_id=add_person(tx).id, login="minta", kind="customer", created_at=there))
    with uow.view() as tx:
        kept = tx.session.scalars(select(Account.created_at)).one()
    assert kept == there
    assert kept.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(uow: UnitOfWork) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001
    with pytest.raises(StatementError, match="needs a zone"), uow.begin() as tx:
        tx.add(Account(person_id=add_person(tx).id, login="minta", kind="customer", created_at=naive))

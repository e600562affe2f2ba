"""Numbers that count up per tenant and never repeat, such as the references of cases."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from storage.tenants import Counter, Tenant
from storage.unit_of_work import Transaction


def next_number(tx: Transaction, name: str) -> int:
    """The next number under this name, from 1. The counter stays locked to the end of the transaction: no gaps."""
    raised = (
        update(Counter)
        .where(Counter.name == name)
        .values(value=Counter.value + 1)
        .returning(Counter.value)
        .execution_options(synchronize_session=False)
    )
    value = tx.session.scalar(raised)
    if value is None:
        _make(tx, name)
        value = tx.session.scalar(raised)
    if value is None:
        raise RuntimeError(f"the counter {name} cannot be raised")
    return value


def next_reference(tx: Transaction, now: datetime) -> str:
    """A reference such as UKA-2026-000123, in the utility's own year."""
    tenant = tx.get(Tenant, tx.tenant)
    year = tenant.local(now).year
    return f"{tenant.code[:7]}-{year}-{next_number(tx, f'case-{year}'):06d}"


def _make(tx: Transaction, name: str) -> None:
    """Make the counter unless another transaction just did; that one is waited for."""
    try:
        with tx.session.begin_nested():
            tx.add(Counter(name=name, value=0))
    except IntegrityError:
        return

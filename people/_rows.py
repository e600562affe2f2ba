"""The rows this floor works with, under one name, and the states of an account."""

from sqlalchemy import ColumnElement

from storage.people import Account, CaseLink, Membership, Person, Session

PENDING = "pending"
ACTIVE = "active"
CLOSED = "closed"
MAY_SIGN_IN = frozenset({PENDING, ACTIVE})

Condition = ColumnElement[bool]

__all__ = [
    "ACTIVE",
    "CLOSED",
    "MAY_SIGN_IN",
    "PENDING",
    "Account",
    "CaseLink",
    "Condition",
    "Membership",
    "Person",
    "Session",
]

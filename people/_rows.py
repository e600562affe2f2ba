"""The rows this floor works with, under one name, and the states of an account."""

from sqlalchemy import ColumnElement

from storage.identity import (
    ApiKey,
    ExternalIdentity,
    ExternalSignIn,
    GroupRequest,
    PasswordReset,
    RecoveryCode,
    SecondFactor,
)
from storage.people import Account, CaseLink, Membership, Office, Person, Session
from storage.tenants import Tenant

PENDING = "pending"
ACTIVE = "active"
LOCKED = "locked"
CLOSED = "closed"
MAY_SIGN_IN = frozenset({PENDING, ACTIVE})

Condition = ColumnElement[bool]

__all__ = [
    "ACTIVE",
    "CLOSED",
    "LOCKED",
    "MAY_SIGN_IN",
    "PENDING",
    "Account",
    "ApiKey",
    "CaseLink",
    "Condition",
    "ExternalIdentity",
    "ExternalSignIn",
    "GroupRequest",
    "Membership",
    "Office",
    "PasswordReset",
    "Person",
    "RecoveryCode",
    "SecondFactor",
    "Session",
    "Tenant",
]

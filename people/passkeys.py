"""Passkeys (WebAuthn) as second factors: a signature of this site's address, so that no other site can ask for it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import select
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from akta.errors import Forbidden
from akta.ids import AccountId
from akta.languages import N_
from people import _rows as rows
from people import events, second_factors, sessions
from people.vault import Vault
from storage.unit_of_work import Transaction, UnitOfWork


class NotProved(Forbidden):
    """The passkey's answer is not to the question asked in this session, or not of a passkey of this account."""

    title = N_("The passkey was not accepted. Try again, or use another second factor.")


@dataclass(frozen=True, slots=True)
class Site:
    """For which address passkeys are: they sign it, and browsers offer them nowhere else."""

    origin: str

    @classmethod
    def of(cls, public_url: str) -> "Site":
        address = urlsplit(public_url)
        return cls(f"{address.scheme}://{address.netloc}")

    @property
    def name(self) -> str:
        return urlsplit(self.origin).hostname or ""


def begin_adding(tx: Transaction, site: Site, session_id: UUID, account_id: AccountId) -> str:
    """What the browser is to make a passkey from (JSON); the question holds for this session and one answer."""
    account = tx.get(rows.Account, account_id)
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name=tx.get(rows.Tenant, tx.tenant).name,
        user_id=account.id.bytes,
        user_name=account.login,
        user_display_name=tx.get(rows.Person, account.person_id).name,
        exclude_credentials=_known(tx, account_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    tx.get(rows.Session, session_id).challenge = options.challenge
    return webauthn.options_to_json(options)


def add(
    tx: Transaction,
    vault: Vault,
    site: Site,
    session_id: UUID,
    account_id: AccountId,
    name: str,
    answer: str,
    now: datetime,
) -> "Added":
    """Keep the passkey the browser made; gives recovery codes if the account has none yet.

    Raises:
        NotProved: the answer is not one to this session's question.
        Invalid, TooManyFactors: from `second_factors.add`.
    """
    tx.locked(rows.Account, account_id)
    challenge = _used_up(tx, session_id)
    try:
        made = webauthn.verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.name, expected_origin=site.origin
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as refused:
        raise NotProved(type(refused).__name__) from refused
    taken = select(rows.SecondFactor.id).where(rows.SecondFactor.credential_id == made.credential_id)
    if tx.session.scalar(taken) is not None:
        raise NotProved("this passkey is known already")
    row = second_factors.add(tx, account_id, second_factors.PASSKEY, name, made.credential_public_key, now)
    row.credential_id, row.counter = made.credential_id, made.sign_count
    return Added(row.id, tuple(second_factors.confirm(tx, vault, row, now)))


@dataclass(frozen=True, slots=True)
class Added:
    """A passkey just added, and recovery codes if the account had none: told once, here."""

    id: UUID
    codes: tuple[str, ...]


def begin_proving(tx: Transaction, site: Site, session_id: UUID, account_id: AccountId) -> str:
    """What the browser is to have signed (JSON); empty if the account has no passkey."""
    known = _known(tx, account_id)
    if not known:
        return ""
    options = webauthn.generate_authentication_options(
        rp_id=site.name, allow_credentials=known, user_verification=UserVerificationRequirement.PREFERRED
    )
    tx.get(rows.Session, session_id).challenge = options.challenge
    return webauthn.options_to_json(options)


def prove(uow: UnitOfWork, site: Site, session: sessions.Session, answer: str, now: datetime) -> sessions.Opened:
    """Take a passkey's signature as proof; the session gets another token.

    Raises:
        NotProved: the answer is not one to this session's question.
    """
    account_id = session.subject.account
    if account_id is None:
        raise NotProved
    refused: Exception | None = None
    with uow.begin() as tx:
        tx.locked(rows.Account, account_id)
        try:
            _verify(tx, site, session.id, account_id, answer, now)
            return second_factors.proved(tx, account_id, session, now)
        except (WebAuthnException, ValueError, KeyError, TypeError, NotProved) as error:
            # The question is used up and the failure kept: this transaction is not given up.
            refused = error
            events.note(tx, events.What.FACTOR_FAILED, account_id, now)
    raise NotProved(type(refused).__name__) from refused


def _verify(tx: Transaction, site: Site, session_id: UUID, account_id: AccountId, answer: str, now: datetime) -> None:
    challenge = _used_up(tx, session_id)
    row = tx.session.scalar(
        select(rows.SecondFactor).where(
            rows.SecondFactor.account_id == account_id,
            rows.SecondFactor.credential_id == _credential_of(answer),
            rows.SecondFactor.confirmed_at.is_not(None),
        )
    )
    if row is None:
        raise NotProved
    signed = webauthn.verify_authentication_response(
        credential=answer,
        expected_challenge=challenge,
        expected_rp_id=site.name,
        expected_origin=site.origin,
        credential_public_key=row.secret,
        credential_current_sign_count=row.counter,
    )
    row.counter, row.used_at = signed.new_sign_count, now


def _credential_of(answer: str) -> bytes:
    from webauthn.helpers import parse_authentication_credential_json

    return parse_authentication_credential_json(answer).raw_id


def _used_up(tx: Transaction, session_id: UUID) -> bytes:
    """The question asked last in this session; it can be answered once."""
    session = tx.locked(rows.Session, session_id)
    challenge, session.challenge = session.challenge, None
    if not challenge:
        raise NotProved("nothing was asked")
    return bytes(challenge)


def _known(tx: Transaction, account_id: AccountId) -> list[Any]:
    found = tx.session.scalars(
        select(rows.SecondFactor.credential_id).where(
            rows.SecondFactor.account_id == account_id, rows.SecondFactor.kind == second_factors.PASSKEY
        )
    )
    return [PublicKeyCredentialDescriptor(id=key) for key in found if key]

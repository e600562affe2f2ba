"""One's own account: where one is signed in, second factors, and proving once more who one is."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from akta.errors import Forbidden
from akta.ids import AccountId
from api.dependencies import VisitDep, needs
from api.rest.sessions import NewSession
from api.visits import Visit
from people import passkeys, proofs, second_factors, sessions
from people.rights import Act
from people.sessions import Opened, Session

router = APIRouter(prefix="/me", tags=["account"])

OWN = [needs(Act.OWN_ACCOUNT)]


class OwnSession(BaseModel):
    """Where one is signed in; `client` is what the browser says it is."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    client: str
    created_at: datetime
    seen_at: datetime
    current: bool


class Factor(BaseModel):
    """`kind`: totp, passkey."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    name: str
    created_at: datetime
    used_at: datetime | None


class Factors(BaseModel):
    factors: list[Factor]
    recovery_codes_left: int


class FactorName(BaseModel):
    name: str = Field(min_length=1, max_length=second_factors.LONGEST_NAME)


class NewTotp(BaseModel):
    """A key for an app, told here and nowhere else; it counts once its first code was sent back."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    key: str
    uri: str


class Code(BaseModel):
    code: str = Field(min_length=1, max_length=40)


class RecoveryCodes(BaseModel):
    """Told here and nowhere else; each stands in for a second factor once. Empty if there were some already."""

    recovery_codes: list[str]


class Options(BaseModel):
    """`options` is for `navigator.credentials`, as JSON; empty if the account has no passkey."""

    options: str


class NewPasskey(FactorName):
    """`answer` is what the browser made of the options, as JSON."""

    answer: str = Field(max_length=20_000)


class AddedPasskey(RecoveryCodes):
    id: UUID


class Proof(BaseModel):
    """One of: a code of an app or a recovery code; a passkey's answer as JSON; the password, where there is no second
    factor."""

    code: str = Field("", max_length=40)
    passkey: str = Field("", max_length=20_000)
    password: str = Field("", max_length=400)


@router.get("/sessions", dependencies=OWN)
def list_own_sessions(visit: VisitDep) -> list[OwnSession]:
    """Where one is signed in, the session used last first."""
    session, account = signed_in(visit)
    with visit.uow.view() as tx:
        return [OwnSession.model_validate(one) for one in sessions.listed(tx, account, session.id, visit.now)]


@router.delete("/sessions/{session}", status_code=204, dependencies=OWN)
def revoke_own_session(session: UUID, visit: VisitDep) -> None:
    """Sign out somewhere else."""
    sessions.revoke(visit.uow, signed_in(visit)[1], session, visit.now)


@router.get("/factors", dependencies=OWN)
def list_factors(visit: VisitDep) -> Factors:
    """One's second factors, and how many recovery codes are left."""
    account = signed_in(visit)[1]
    with visit.uow.view() as tx:
        factors = [Factor.model_validate(one) for one in second_factors.listed(tx, account)]
        return Factors(factors=factors, recovery_codes_left=second_factors.codes_left(tx, account))


@router.post("/factors/totp", status_code=201, dependencies=OWN)
def begin_totp(entry: FactorName, visit: VisitDep) -> NewTotp:
    """A key for an app that shows codes."""
    with visit.uow.begin() as tx:
        account = signed_in(visit)[1]
        made = second_factors.begin_totp(tx, visit.services.vault, account, entry.name, visit.now)
        return NewTotp.model_validate(made)


@router.post("/factors/{factor}/confirmation", dependencies=OWN)
def confirm_totp(factor: UUID, entry: Code, visit: VisitDep) -> RecoveryCodes:
    """Switch a key on with the first code its app shows."""
    account = signed_in(visit)[1]
    codes = second_factors.confirm_totp(visit.uow, visit.services.vault, account, factor, entry.code, visit.now)
    return RecoveryCodes(recovery_codes=list(codes))


@router.post("/factors/passkey-options", dependencies=OWN)
def begin_passkey(visit: VisitDep) -> Options:
    """What the browser is to make a passkey from."""
    session, account = signed_in(visit)
    with visit.uow.begin() as tx:
        return Options(options=passkeys.begin_adding(tx, visit.site, session.id, account))


@router.post("/factors/passkey", status_code=201, dependencies=OWN)
def add_passkey(entry: NewPasskey, visit: VisitDep) -> AddedPasskey:
    """Keep the passkey the browser made."""
    session, account = signed_in(visit)
    with visit.uow.begin() as tx:
        vault, site = visit.services.vault, visit.site
        added = passkeys.add(tx, vault, site, session.id, account, entry.name, entry.answer, visit.now)
        return AddedPasskey(id=added.id, recovery_codes=list(added.codes))


@router.delete("/factors/{factor}", status_code=204, dependencies=OWN)
def remove_factor(factor: UUID, visit: VisitDep) -> None:
    """Remove a second factor."""
    with visit.uow.begin() as tx:
        second_factors.remove(tx, signed_in(visit)[1], factor, visit.now)


@router.post("/recovery-codes", status_code=201, dependencies=OWN)
def make_recovery_codes(visit: VisitDep) -> RecoveryCodes:
    """Ten recovery codes; those before stop working."""
    account = signed_in(visit)[1]
    with visit.uow.begin() as tx:
        codes = second_factors.new_codes(tx, visit.services.vault, account, visit.now)
        return RecoveryCodes(recovery_codes=list(codes))


@router.post("/proof/passkey-options", dependencies=[needs(Act.PROVE_ONESELF)])
def begin_proof(visit: VisitDep) -> Options:
    """What a passkey of this account is to sign."""
    session, account = signed_in(visit)
    with visit.uow.begin() as tx:
        return Options(options=passkeys.begin_proving(tx, visit.site, session.id, account))


@router.post("/proof", status_code=201, dependencies=[needs(Act.PROVE_ONESELF)])
def prove(entry: Proof, visit: VisitDep) -> NewSession:
    """Show the second factor after signing in, or prove once more who one is. The session gets another token."""
    opened = proved(visit, entry.code, entry.passkey, entry.password)
    return NewSession(token=opened.token, expires_at=opened.expires_at, stage=opened.stage)


def signed_in(visit: Visit) -> tuple[Session, AccountId]:
    """The session and account of who asks.

    Raises:
        Forbidden: there is none; the right to this is held by accounts only.
    """
    if visit.session is None or visit.session.subject.account is None:
        raise Forbidden("no account")
    return visit.session, visit.session.subject.account


def proved(visit: Visit, code: str, passkey: str, password: str) -> Opened:
    """What a proof of one of three kinds comes to.

    Raises:
        Forbidden, Invalid: it is none.
    """
    session, services = signed_in(visit)[0], visit.services
    if passkey:
        return passkeys.prove(visit.uow, visit.site, session, passkey, visit.now)
    if code:
        return second_factors.prove(visit.uow, services.vault, session, code, visit.now)
    return proofs.by_password(visit.uow, services.hasher, session, password, visit.language, visit.now)

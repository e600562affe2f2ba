"""Signing in and out, and who one is."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import VisitDep, needs
from people import accounts, resets, rights, sessions
from people.accounts import PasswordEntry
from people.rights import Act
from people.sessions import Stage
from tasks import links, password_links
from tasks.first_login import Changing
from tasks.first_login import change_password as change_own

router = APIRouter(tags=["sessions"])


class Credentials(BaseModel):
    login: str = Field(max_length=100)
    password: str = Field(max_length=400)


class LinkToken(BaseModel):
    token: str = Field(max_length=100)


class ForgottenPassword(BaseModel):
    login: str = Field(max_length=100)


class NewPassword(BaseModel):
    """`token` is that of the link; the new password is typed twice."""

    token: str = Field(max_length=100)
    new: str = Field(max_length=400)
    repeat: str = Field(max_length=400)


class NewSession(BaseModel):
    """`token` goes into `Authorization: Bearer …`. `stage`: open, change-password, prove-factor, set-up-factor."""

    token: str
    expires_at: datetime
    must_change_password: bool = False
    stage: str = "open"
    case_id: UUID | None = None


class Me(BaseModel):
    """Who asks. `may` lists the acts that are open to them."""

    kind: str
    name: str
    groups: list[str]
    language: str
    case_id: UUID | None
    must_change_password: bool
    stage: str
    expires_at: datetime | None
    may: list[str]


class PasswordChange(BaseModel):
    """`old` is the present or the temporary password; the new one is typed twice."""

    old: str = Field(max_length=400)
    new: str = Field(max_length=400)
    repeat: str = Field(max_length=400)


@router.post("/sessions", status_code=201, dependencies=[needs(Act.SIGN_IN)])
def open_session(entry: Credentials, visit: VisitDep) -> NewSession:
    """Sign in with login and password."""
    services = visit.services
    opened = accounts.sign_in(
        visit.uow, services.hasher, entry.login, entry.password, visit.now, visit.source(entry.login)
    )
    return NewSession(
        token=opened.token, expires_at=opened.expires_at, must_change_password=opened.must_change, stage=opened.stage
    )


@router.post("/sessions/case-link", status_code=201, dependencies=[needs(Act.OPEN_CASE_LINK)])
def open_case_link(entry: LinkToken, visit: VisitDep) -> NewSession:
    """Exchange the token of a case link for a session that sees that one case."""
    opened = links.open(visit.uow, visit.services.runtime, entry.token, visit.door, visit.now)
    return NewSession(token=opened.session.token, expires_at=opened.session.expires_at, case_id=opened.case)


@router.delete("/sessions/current", status_code=204, dependencies=[needs(Act.OWN_SESSION)])
def end_session(visit: VisitDep) -> None:
    """Sign out."""
    if visit.session is not None:
        sessions.end(visit.uow, visit.session.id, visit.now)


@router.get("/me", dependencies=[needs(Act.OWN_SESSION)])
def show_me(visit: VisitDep) -> Me:
    """Who one is and what one may do."""
    subject, session = visit.subject, visit.session
    stage = session.stage if session is not None else Stage.OPEN
    return Me(
        kind=subject.kind,
        name=subject.name,
        groups=sorted(subject.groups),
        language=visit.language.code,
        case_id=subject.case,
        must_change_password=stage is Stage.CHANGE_PASSWORD,
        stage=stage,
        expires_at=session.expires_at if session else None,
        may=sorted(rights.open_acts(subject, stage)),
    )


@router.put("/me/password", status_code=204, dependencies=[needs(Act.CHANGE_PASSWORD)])
def change_password(entry: PasswordChange, visit: VisitDep) -> None:
    """Set a new password. All sessions end: it works from the next sign-in."""
    typed = PasswordEntry(entry.old, entry.new, entry.repeat)
    changing = Changing(visit.services.runtime, visit.services.hasher)
    change_own(visit.uow, changing, visit.subject, visit.door, typed, visit.language, visit.now)


@router.post("/password-links", status_code=202, dependencies=[needs(Act.RESET_PASSWORD)])
def ask_for_password_link(entry: ForgottenPassword, visit: VisitDep) -> None:
    """Have a link that sets a new password sent to the account's owner; the answer is the same if there is none."""
    asking = password_links.Asking(visit.actor, visit.address, visit.language)
    password_links.ask(visit.uow, visit.services.desk, asking, entry.login, visit.now)


@router.post("/password-links/redemption", status_code=204, dependencies=[needs(Act.RESET_PASSWORD)])
def redeem_password_link(entry: NewPassword, visit: VisitDep) -> None:
    """Set a new password by a link. All sessions of the account end; a second factor is asked for as before."""
    hasher = visit.services.hasher
    resets.redeem(visit.uow, hasher, entry.token, entry.new, entry.repeat, visit.language, visit.now)

"""A link that sets a new password, by mail: asked for by whoever names a login, sent by the process `new-password`."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from akta.errors import Invalid
from akta.languages import N_, Language
from akta.subjects import Actor
from bpmn.values import Value
from people import accounts, resets, throttle
from people.throttle import Limit
from storage.people import Account, Person
from storage.unit_of_work import Transaction, UnitOfWork
from tasks import correspondence, errands
from tasks.correspondence import Matter
from tasks.desk import Desk
from tasks.notices import Post
from workflows.handlers import CallContext, Handler

NAME = "send-password-link"
BUNDLE = "new-password"
"""The process that sends it."""
MAIL = "password-link"
TAKES = {
    "type": "object",
    "properties": {"account": {"type": ["string", "null"], "format": "uuid"}},
    "required": ["account"],
}
GIVES = {
    "type": "object",
    "properties": {"sent": {"type": "boolean"}},
    "required": ["sent"],
    "additionalProperties": False,
}
NO_LOGIN = N_("Write your login. It is in the first of our two e-mails.")
PER_LOGIN = Limit("password-links", 3, timedelta(hours=1))
PER_PLACE = Limit("password-links from", 20, timedelta(hours=1))
"""Counted for every login that is typed, whether or not an account has it: a limit tells nobody which."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a link; `place` is the network address they ask from."""

    by: Actor
    place: str
    language: Language


def ask(uow: UnitOfWork, desk: Desk, asking: Asking, login: str, now: datetime) -> None:
    """Have a link sent to the owner of the account with this login, if there is one.

    The same is done for a login nobody has, so that neither the answer nor the time it takes says which: a case
    begins, and only its handler finds that there is nobody to write to.

    Raises:
        Invalid: no login was typed, with the field.
        TooOften: many were asked for within the hour, for this login or from this place.
    """
    wanted = accounts.normal_login(login)
    if not wanted:
        raise Invalid(fields={"login": asking.language.gettext(NO_LOGIN)})
    with uow.begin() as tx:
        throttle.require(tx, PER_PLACE, asking.place, now)
        throttle.require(tx, PER_LOGIN, wanted, now)
        account = resets.find(tx, wanted)
        about = {"account": None if account is None else str(account.id)}
        errands.begin(tx, desk, BUNDLE, about, asking.by, asking.language, now)


def handler(post: Post) -> Handler:
    """`send-password-link` {account} -> {sent}: `[mails.password-link]` in the owner's language, with a fresh link
    that no row keeps. Nothing is sent about nobody, or to an account without an address."""

    def send(context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {"sent": _send(post, context, values["account"])}

    return Handler(NAME, N_("Send a link that sets a new password"), TAKES, GIVES, remote=send)


def _send(post: Post, context: CallContext, account_id: Value) -> bool:
    uow = post.database.unit_of_work(context.subject.tenant)
    with uow.begin() as tx:
        if correspondence.sent_before(tx, context.key):
            return True
        account = None if account_id is None else tx.find(Account, UUID(str(account_id)))
        if account is None or not resets.is_open_to(account):
            return False
        about, to = _addressed(tx, post, context, account)
        if not to:
            return False
        text = about.written_mail(MAIL)
        link = post.links.to_new_password(about.tenant, resets.issue(tx, account, context.now))
        values = {"login": account.login, "password_link": link}
        mail = correspondence.compose(about, text, values, post.links, key=context.key, to=to)
    post.mailer.send(mail, context.now)
    with uow.begin() as tx:
        correspondence.keep(tx, about, mail, MAIL, context.now, secret=True)
    return True


def _addressed(tx: Transaction, post: Post, context: CallContext, account: Account) -> tuple[Matter, str]:
    """The matter as it is written to the owner, in their language, and their address."""
    owner = tx.get(Person, account.person_id)
    about = replace(correspondence.matter(tx, post.definitions, context.case), person=owner)
    return about.speaking(owner.language), owner.email

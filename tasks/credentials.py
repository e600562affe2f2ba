"""The handler `send-credentials`: login and temporary password in two mails; neither text nor password is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from akta.ids import AccountId
from akta.languages import N_
from bpmn.texts import MailText
from bpmn.values import Value
from people import accounts
from people.passwords import Hasher
from storage.people import Account, Person
from storage.unit_of_work import UnitOfWork
from tasks import correspondence
from tasks.correspondence import Matter
from tasks.mailer import Mail
from tasks.notices import Post
from workflows.handlers import CallContext, CannotSucceed, Handler

NAME = "send-credentials"
LOGIN = "credentials-login"
PASSWORD = "credentials-password"  # noqa: S105 - the name of a mail
TAKES = {
    "type": "object",
    "properties": {"account_id": {"type": "string", "format": "uuid"}},
    "required": ["account_id"],
}
GIVES = {"type": "object", "properties": {}, "additionalProperties": False}

_SUBJECTS = {
    LOGIN: N_("Your login for the customer portal"),
    PASSWORD: N_("Your temporary password for the customer portal"),
}
_BODIES = {
    LOGIN: N_(
        "Good day,\n\nyour login for the customer portal is {login}. The temporary password comes in a mail of its "
        "own.\n\nSign in here:\n{sign_in}\n\n{utility}, telephone {utility_phone}"
    ),
    PASSWORD: N_(
        "Good day,\n\nyour temporary password for the customer portal is {secret}\n\nIt is valid for three days. You "
        "choose your own password when you first sign in. Nobody of {utility} will ever ask you for it.\n\n{utility}, "
        "telephone {utility_phone}"
    ),
}
"""What the mails say unless the bundle has texts of its own under the same names."""


class NoAddress(CannotSucceed):
    """The holder of the account has no e-mail address."""


@dataclass(frozen=True)
class Credentials:
    """To whom what is sent; the password is made when its mail is."""

    about: Matter
    account: AccountId
    login: str
    to: str


def handler(post: Post, hasher: Hasher) -> Handler:
    """`send-credentials` {account_id} -> {}: a new temporary password, of which only the hash is kept.

    Each sending supersedes the password before it. Sent again after both mails went out, it does nothing.
    """

    def send(context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        _send(post, hasher, context, AccountId(UUID(str(values["account_id"]))))
        return {}

    return Handler(NAME, N_("Send login and temporary password"), TAKES, GIVES, remote=send)


def _send(post: Post, hasher: Hasher, context: CallContext, account: AccountId) -> None:
    uow = post.database.unit_of_work(context.subject.tenant)
    sent = _sent(uow, context)
    if PASSWORD in sent:
        return
    credentials = _credentials(uow, post, context, account)
    if LOGIN not in sent:
        values = {"login": credentials.login}
        _hand_over(uow, post, context, credentials, LOGIN, values)
    secret = accounts.issue_secret(uow, hasher, account, context.now)
    _hand_over(uow, post, context, credentials, PASSWORD, {"secret": secret})


def _sent(uow: UnitOfWork, context: CallContext) -> set[str]:
    with uow.view() as tx:
        return {name for name in (LOGIN, PASSWORD) if correspondence.sent_before(tx, f"{context.key}:{name}")}


def _credentials(uow: UnitOfWork, post: Post, context: CallContext, account_id: AccountId) -> Credentials:
    with uow.view() as tx:
        account = tx.get(Account, account_id)
        person = tx.get(Person, account.person_id)
        if not person.email:
            raise NoAddress("the holder of the account has no e-mail address")
        about = correspondence.matter(tx, post.definitions, context.case)
        return Credentials(about, account_id, account.login, person.email)


def _hand_over(
    uow: UnitOfWork,
    post: Post,
    context: CallContext,
    credentials: Credentials,
    name: str,
    values: Mapping[str, str],
) -> None:
    """Send one mail, then note that it went; its text is kept nowhere."""
    mail = _compose(post, credentials, name, values, f"{context.key}:{name}")
    post.mailer.send(mail, context.now)
    with uow.begin() as tx:
        correspondence.keep(tx, credentials.about, mail, name, context.now, secret=True)


def _compose(post: Post, credentials: Credentials, name: str, values: Mapping[str, str], key: str) -> Mail:
    about = credentials.about
    say = about.language.gettext
    own = about.mail(name)
    text = own if own.body else MailText(say(_SUBJECTS[name]), say(_BODIES[name]))
    return correspondence.compose(about, text, values, post.links, key=key, to=credentials.to)

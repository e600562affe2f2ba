"""A mail with a link to a draft: asked for where it is filled in, sent by the process `resume-link`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from akta.errors import Invalid
from akta.languages import N_, Language
from akta.subjects import Door, Subject
from bpmn.forms import is_email
from bpmn.values import Value
from people import throttle
from people.throttle import Limit
from storage.desk import StartDraft
from storage.unit_of_work import UnitOfWork
from tasks import correspondence, errands, start_drafts
from tasks.desk import Desk
from tasks.notices import Post
from tasks.start_drafts import Holder, NoDraft
from workflows import deployments
from workflows.handlers import CallContext, Handler

NAME = "send-draft-link"
BUNDLE = "resume-link"
"""The process that sends it."""
MAIL = "draft-link"
TAKES = {
    "type": "object",
    "properties": {"draft": {"type": "string", "format": "uuid"}},
    "required": ["draft"],
}
GIVES = {
    "type": "object",
    "properties": {"sent": {"type": "boolean"}},
    "required": ["sent"],
    "additionalProperties": False,
}
NO_ADDRESS = N_("Write an e-mail address such as name@example.org.")
PER_DRAFT = Limit("draft-links", 5, timedelta(hours=1))
PER_ADDRESS = Limit("draft-links to", 5, timedelta(hours=1))
PER_PLACE = Limit("draft-links from", 30, timedelta(hours=1))
"""Mails are sent to whatever address is typed: nobody is to be flooded by us."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a link; `place` is the network address they ask from."""

    subject: Subject
    door: Door
    holder: Holder
    place: str
    language: Language


def ask(uow: UnitOfWork, desk: Desk, asking: Asking, bundle: str, email: str, now: datetime) -> None:
    """Have a link to the asker's draft sent to this address.

    Raises:
        NoDraft: they have none.
        Invalid: `email` is no address, with the field.
        TooOften: many were sent within the hour.
    """
    email, language = email.strip(), asking.language
    if not is_email(email):
        raise Invalid(fields={"email": language.gettext(NO_ADDRESS)})
    with uow.begin() as tx:
        kept = start_drafts.find(tx, asking.holder, bundle, now)
        if kept is None:
            raise NoDraft
        throttle.require(tx, PER_DRAFT, str(kept.id), now)
        throttle.require(tx, PER_ADDRESS, email.casefold(), now)
        throttle.require(tx, PER_PLACE, asking.place, now)
        tx.locked(StartDraft, kept.id).email = email
        by = asking.subject.acting(asking.door)
        errands.begin(tx, desk, BUNDLE, {"draft": str(kept.id)}, by, language, now)


def handler(post: Post) -> Handler:
    """`send-draft-link` {draft} -> {sent}: `[mails.draft-link]` with a fresh link that no row keeps.

    Nothing is sent about a draft that became a case or was thrown away meanwhile.
    """

    def send(context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {"sent": _send(post, context, UUID(str(values["draft"])))}

    return Handler(NAME, N_("Send a link to a draft"), TAKES, GIVES, remote=send)


def _send(post: Post, context: CallContext, draft: UUID) -> bool:
    uow = post.database.unit_of_work(context.subject.tenant)
    with uow.begin() as tx:
        if correspondence.sent_before(tx, context.key):
            return True
        row = tx.find(StartDraft, draft)
        if row is None or row.expires_at <= context.now:
            return False
        about = correspondence.matter(tx, post.definitions, context.case)
        text = about.written_mail(MAIL)
        definitions = post.definitions
        bundle = definitions.bundle(tx, deployments.active(tx, row.bundle).content_hash)
        values = {
            "service": bundle.texts(about.language.code).title,
            "draft_link": post.links.to_draft(about.tenant, start_drafts.new_link(tx, draft, context.now)),
            "until": about.language.day(row.expires_at),
        }
        mail = correspondence.compose(about, text, values, post.links, key=context.key, to=row.email)
    post.mailer.send(mail, context.now)
    with uow.begin() as tx:
        correspondence.keep(tx, about, mail, MAIL, context.now, secret=True)
    return True

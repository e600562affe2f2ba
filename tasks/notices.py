"""The handler `notify`: a mail of the case's bundle to the applicant, in their language, with a way to the case."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from akta.ids import CaseId
from akta.languages import N_
from akta.subjects import Door
from bpmn.values import Value
from storage.database import Database
from storage.people import Person
from storage.unit_of_work import Transaction
from tasks import correspondence
from tasks.correspondence import Links, Matter, NoSuchText
from tasks.mailer import Mail, Mailer
from workflows import cases
from workflows.cases import Evidence
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handler

NAME = "notify"
TAKES = {
    "type": "object",
    "properties": {
        "mail": {"type": "string", "minLength": 1, "maxLength": 80},
        "to_person": {"type": "string", "format": "uuid"},
    },
    "required": ["mail"],
}
GIVES = {
    "type": "object",
    "properties": {"sent": {"type": "boolean"}},
    "required": ["sent"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class Post:
    """What sending mails needs."""

    database: Database
    definitions: Definitions
    mailer: Mailer
    links: Links


def handler(post: Post) -> Handler:
    """`notify` {mail, to_person?, …values} -> {sent}: sends `[mails.<mail>]`, whose places the other values fill.

    It goes to whom the case is about, or to another person, who gets no link to a case that is not theirs.

    The same call sends one mail: its Message-ID and the row of the mail are made from the call's key. Without an
    e-mail address nothing is sent, and the case's history says so.
    """

    def notify(context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return {"sent": _notify(post, context, values)}

    return Handler(NAME, N_("Send a mail to the applicant"), TAKES, GIVES, remote=notify)


def _notify(post: Post, context: CallContext, values: Mapping[str, Value]) -> bool:
    uow = post.database.unit_of_work(context.subject.tenant)
    name = str(values["mail"])
    with uow.begin() as tx:
        if correspondence.sent_before(tx, context.key):
            return True
        about = _addressed(tx, correspondence.matter(tx, post.definitions, context.case), values)
        if about.person is None or not about.person.email:
            _tell_unsent(tx, context, name)
            return False
        mail = _compose(tx, post, about, name, context, values)
    post.mailer.send(mail, context.now)
    with uow.begin() as tx:
        if not correspondence.sent_before(tx, context.key):
            correspondence.keep(tx, about, mail, name, context.now)
    return True


def _addressed(tx: Transaction, about: Matter, values: Mapping[str, Value]) -> Matter:
    """The matter as it is written to `to_person`, in their language, where that is somebody else."""
    if "to_person" not in values:
        return about
    person = tx.get(Person, UUID(str(values["to_person"])))
    return replace(about, person=person).speaking(person.language)


def _compose(
    tx: Transaction, post: Post, about: Matter, name: str, context: CallContext, values: Mapping[str, Value]
) -> Mail:
    text = about.mail(name)
    if not text.body or about.person is None:
        raise NoSuchText(f"no bundle of this case has a mail {name}")
    filled = {key: correspondence.written(about, value) for key, value in values.items()}
    filled["name"] = about.person.name
    theirs = about.person.id == about.case.person_id
    link = correspondence.link(tx, post.links, about, context.now) if theirs else post.links.to_sign_in(about.tenant)
    filled["case_link"] = link
    return correspondence.compose(about, text, filled, post.links, key=context.key, to=about.person.email)


def _tell_unsent(tx: Transaction, context: CallContext, name: str) -> None:
    evidence = Evidence(data={"mail": name})
    by = context.subject.acting(Door.JOB)
    cases.note(tx, CaseId(context.case), "mail-not-sent", by, context.now, evidence)

"""What letters and mails of a case are written from: its words, its utility, its applicant, its links."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from akta import languages
from akta.ids import CaseId, PersonId, TenantId
from akta.languages import Language
from bpmn.bundle import Bundle
from bpmn.texts import MailText, Texts
from bpmn.values import Value, YearsMonths, plain
from people import case_links
from storage.bundles import Deployment
from storage.cases import Case
from storage.documents import MessageRow
from storage.people import Account, Person
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from tasks.mailer import Mail, fill, one_line, tidy
from workflows.definitions import Definitions
from workflows.handlers import CannotSucceed

_TOKEN = re.compile(r"(?<=/c/)[\w-]{40,}")
"""The token in a case link."""


class NoSuchText(CannotSucceed):
    """No bundle of the case has this mail or letter."""


@dataclass(frozen=True)
class Links:
    """Addresses for mails. `public_url` has no slash at the end; the paths are those of the pages."""

    public_url: str
    case_link: str = "/{tenant}/c/{token}"
    case_page: str = "/{tenant}/cases/{case}"
    sign_in: str = "/{tenant}/sign-in"
    draft_link: str = "/{tenant}/d/{token}"
    password_link: str = "/{tenant}/new-password/{token}"  # noqa: S105 - an address

    def to_sign_in(self, tenant: Tenant) -> str:
        return self.public_url + fill(self.sign_in, {"tenant": tenant.code.lower()})

    def to_case(self, tenant: Tenant, case: Case) -> str:
        return self.public_url + fill(self.case_page, {"tenant": tenant.code.lower(), "case": str(case.id)})

    def to_draft(self, tenant: Tenant, token: str) -> str:
        return self.public_url + fill(self.draft_link, {"tenant": tenant.code.lower(), "token": token})

    def to_new_password(self, tenant: Tenant, token: str) -> str:
        return self.public_url + fill(self.password_link, {"tenant": tenant.code.lower(), "token": token})

    def by_token(self, tenant: Tenant, token: str) -> str:
        return self.public_url + fill(self.case_link, {"tenant": tenant.code.lower(), "token": token})


@dataclass(frozen=True)
class Matter:
    """A case as its correspondence sees it; `bundles` are its own first, then those it calls."""

    case: Case
    tenant: Tenant
    person: Person | None
    bundles: tuple[Bundle, ...]
    language: Language

    def speaking(self, language: str) -> "Matter":
        """The same matter as it is written in another language."""
        return replace(self, language=languages.language(language, self.tenant.zone))

    def texts(self) -> tuple[Texts, ...]:
        return tuple(bundle.texts(self.language.code) for bundle in self.bundles)

    def mail(self, name: str) -> MailText:
        """The text of a mail: from the case's own bundle, else from one it calls."""
        return next((found for texts in self.texts() if (found := texts.mail(name)).body), MailText())

    def written_mail(self, name: str) -> MailText:
        """The text of a mail somebody has to be sent.

        Raises:
            NoSuchText: no bundle of the case has it.
        """
        found = self.mail(name)
        if not found.body:
            raise NoSuchText(f"no bundle of this case has a mail {name}")
        return found

    def sentence(self, key: str) -> str:
        """The sentence a table or a handler names by key; what is no key is said as it is."""
        return next((found for texts in self.texts() if (found := texts.text(key))), key)


def matter(tx: Transaction, definitions: Definitions, case_id: CaseId) -> Matter:
    """Everything about a case that its letters and mails are written from.

    Raises:
        NotFound: there is no such case.
    """
    case = tx.get(Case, case_id)
    deployment = tx.get(Deployment, case.deployment_id)
    hashes = (deployment.content_hash, *(str(found) for found in deployment.closure.values()))
    tenant = tx.get(Tenant, tx.tenant)
    return Matter(
        case=case,
        tenant=tenant,
        person=None if case.person_id is None else tx.find(Person, case.person_id),
        bundles=tuple(definitions.bundle(tx, found) for found in hashes),
        language=languages.language(case.language, tenant.zone),
    )


def link(tx: Transaction, links: Links, about: Matter, now: datetime) -> str:
    """Where the applicant follows the case: its page for who has an account, else a fresh link to this one case."""
    if about.person is not None and _has_account(tx, about.person):
        return links.to_case(about.tenant, about.case)
    person = None if about.person is None else PersonId(about.person.id)
    return links.by_token(about.tenant, case_links.issue(tx, CaseId(about.case.id), person, now))


def written(about: Matter, value: Value) -> str:
    """A value as it stands in a mail: text keys as their sentence, lists line by line, nothing as nothing."""
    match value:
        case None:
            return ""
        case bool() | timedelta() | YearsMonths() | dict():
            return str(plain(value))
        case str():
            return about.sentence(value)
        case Decimal():
            return about.language.number(value)
        case datetime():
            return about.language.moment(value)
        case date():
            return about.language.day(value)
        case list():
            return "\n".join(f"- {written(about, item)}" for item in value)
    return str(plain(value))


def compose(about: Matter, text: MailText, values: Mapping[str, str], links: Links, *, key: str, to: str) -> Mail:
    """A mail from its text; the utility's name, telephone and sign-in may be used in each.

    Raises:
        NoValue: the text has a place that nothing fills.
    """
    filled = {
        "utility": about.tenant.name,
        "utility_phone": about.tenant.phone,
        "utility_email": about.tenant.email,
        "reference": about.case.reference,
        "sign_in": links.to_sign_in(about.tenant),
        **values,
    }
    return Mail(
        tenant=_tenant_id(about),
        key=key,
        from_name=one_line(about.tenant.name),
        from_address=about.tenant.email,
        to=to,
        subject=one_line(fill(text.subject, filled)),
        body=tidy(fill(text.body, filled)),
        language=about.language.code,
        own_site=links.public_url,
    )


def sent_before(tx: Transaction, key: str) -> bool:
    """Whether a mail with this key was handed over."""
    return tx.session.scalar(select(MessageRow.id).where(MessageRow.message_key == key)) is not None


def keep(tx: Transaction, about: Matter, mail: Mail, template: str, now: datetime, *, secret: bool = False) -> None:
    """Note that a mail was handed over; of a secret one only that it was, not what it said.

    The token of a case link is not kept: whoever reads the mail later (a clerk, a thief of the database) could act
    as the applicant with it.
    """
    tx.add(
        MessageRow(
            case_id=about.case.id,
            person_id=None if about.person is None else about.person.id,
            message_key=mail.key,
            template=template,
            language=mail.language,
            subject=mail.subject,
            personal=None if secret else {"to": mail.to, "body": _TOKEN.sub("…", mail.body)},
            sent_at=now,
        )
    )


def _has_account(tx: Transaction, person: Person) -> bool:
    live = select(Account.id).where(Account.person_id == person.id, Account.state == "active")
    return tx.session.scalar(live.limit(1)) is not None


def _tenant_id(about: Matter) -> TenantId:
    return TenantId(about.tenant.id)

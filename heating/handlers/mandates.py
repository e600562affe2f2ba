"""Calls about mandates: what the register says, keeping one, following its life, and ending it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from akta.ids import CaseId, PersonId, TenantId
from akta.languages import N_
from akta.subjects import Door
from bpmn.values import Value, plain
from heating import identifiers, mandates, profile
from heating.handlers import _values as take
from heating.handlers._shapes import DAY, FLAG, ID, NOTHING, NUMBER, TEXT, TEXTS, maybe, record
from heating.handlers._values import Variables
from heating.mandates import NewMandate
from heating.register import Register, Unreachable
from heating.tables.contracts import Contract, Mandate
from storage.tenants import Tenant
from storage.unit_of_work import Transaction, UnitOfWork
from workflows import cases, deployments
from workflows.cases import NewCase
from workflows.handlers import CallContext, Handler
from workflows.runtime import Runtime

Units = Callable[[TenantId], UnitOfWork]
"""Opens a unit of work of a tenant."""

LIFE = "mandate-life"
"""The process that follows a mandate to its end."""
SYSTEM = "system"
"""Channel of cases that nobody sent in."""
FIRST, SECOND = timedelta(days=30), timedelta(days=7)
"""How long before its last day agent and customer are reminded (domain.md §2.2)."""

DAYS = ("first_reminder", "second_reminder", "over_on")
FOUND, NOT_FOUND, UNREACHABLE, NOT_ASKED = "found", "not-found", "unreachable", "not-asked"


def look_up(units: Units, register: Register, context: CallContext, given: Variables) -> Variables:
    """What the company register says; when it does not answer, that is what is said, and nobody takes it for good."""
    number = take.text(given, "company_id", "")
    with units(context.subject.tenant).view() as tx:
        country = tx.get(Tenant, tx.tenant).country
    told: dict[str, Value] = {"state": NOT_ASKED, "name": None, "active": None, "as_of": None}
    told |= {"representatives": [], "jointly": Decimal(1)}
    if not number:
        return {"register": told}
    try:
        extract = register.look_up(country, identifiers.normal(number))
    except Unreachable:
        return {"register": {**told, "state": UNREACHABLE}}
    if extract is None:
        return {"register": {**told, "state": NOT_FOUND}}
    return {
        "register": {
            "state": FOUND,
            "name": extract.name,
            "active": extract.active,
            "representatives": list[Value](extract.representatives),
            "jointly": Decimal(extract.jointly),
            "as_of": extract.as_of,
        }
    }


def record_mandate(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Keep the mandate a verifier accepted in this case."""
    new = NewMandate(
        contract=take.ident(given, "contract_id"),
        agent=take.text(given, "agent_name"),
        acts=take.texts(given, "acts"),
        valid_from=take.day(given, "valid_from"),
        valid_to=take.maybe_day(given, "valid_to"),
        kind=take.text(given, "kind", "proxy"),
        evidence={"documents": _ids(given.get("papers")), "register": plain(given.get("register"))},
    )
    return {"mandate": {"id": str(mandates.record(tx, context.case, new, context.now).id)}}


def _ids(papers: Value) -> list[str]:
    """Of the files shown to the verifier, field by field."""
    fields = papers if isinstance(papers, list) else []
    files = [file for field in fields if isinstance(field, list) for file in field]
    return [str(file["id"]) for file in files if isinstance(file, dict)]


def follow(runtime: Callable[[], Runtime], tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Start the case that follows a mandate to its end; it is about the agent. Started before, it is not again."""
    mandate = tx.get(Mandate, take.ident(given, "mandate_id"))
    agent = mandate.agent_person_id
    bundle = runtime().definitions.bundle(tx, deployments.active(tx, LIFE).content_hash)
    new = NewCase(
        bundle=LIFE,
        channel=SYSTEM,
        language=context.language,
        submission_key=f"{LIFE}-{mandate.id}",
        received_at=context.now,
        variables={"mandate_id": str(mandate.id)},
        person=None if agent is None else PersonId(agent),
        title=bundle.texts(tx.get(Tenant, tx.tenant).language).title,
    )
    by = context.subject.acting(Door.JOB)
    case = cases.start(tx, runtime(), new, by, context.now)
    cases.relate(tx, CaseId(case.id), "mandate", mandate.id)
    return {}


def describe(tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """What the process that follows a mandate has to know of it: who, for what, and which days matter."""
    mandate = tx.get(Mandate, take.ident(given, "mandate_id"))
    contract = tx.get(Contract, mandate.contract_id)
    today = profile.of(tx).today(context.now)
    return {
        "mandate": {
            "agent": mandate.agent_name,
            "principal": str(mandate.principal_person_id),
            "contract_no": contract.number,
            "valid_to": mandate.valid_to,
            **_dates(mandate.valid_to, today),
        }
    }


def _dates(last: date | None, today: date) -> dict[str, Value]:
    """Which days matter, and whether they lie ahead: a mandate without a last day has none."""
    if last is None:
        return {"ends": False, "remind_first": False, "remind_second": False} | dict.fromkeys(DAYS)
    first, second = last - FIRST, last - SECOND
    days: dict[str, Value] = {"first_reminder": first, "second_reminder": second, "over_on": last + timedelta(days=1)}
    return {"ends": True, "remind_first": first > today, "remind_second": second > today, **days}


def end_mandate(runtime: Callable[[], Runtime], tx: Transaction, context: CallContext, given: Variables) -> Variables:
    """Lock the accounts that rest on a mandate which is over, and flag open cases."""
    mandate_id: UUID = take.ident(given, "mandate_id")
    locked = mandates.end(tx, runtime(), mandate_id, context.now)
    return {"locked": Decimal(locked)}


def handlers(units: Units, register: Register, runtime: Callable[[], Runtime]) -> tuple[Handler, ...]:
    """The calls of this module; `runtime` is asked for when a call is performed, for it knows these handlers itself."""

    def asked(context: CallContext, given: Variables) -> Variables:
        return look_up(units, register, context, given)

    def followed(tx: Transaction, context: CallContext, given: Variables) -> Variables:
        return follow(runtime, tx, context, given)

    def ended(tx: Transaction, context: CallContext, given: Variables) -> Variables:
        return end_mandate(runtime, tx, context, given)

    mandate = record(mandate_id=ID)
    return (
        Handler("look-up-register", N_("Ask the company register"), *LOOK_UP, remote=asked),
        Handler("record-mandate", N_("Keep the mandate"), *MANDATE, local=record_mandate),
        Handler("follow-mandate", N_("Follow the mandate to its end"), mandate, NOTHING, local=followed),
        Handler("describe-mandate", N_("Read the mandate"), mandate, DESCRIBED, local=describe),
        Handler("end-mandate", N_("End the mandate"), mandate, record(locked=NUMBER), local=ended),
    )


DESCRIBED = record(
    mandate=record(
        agent=TEXT,
        principal=ID,
        contract_no=TEXT,
        valid_to=maybe(DAY),
        ends=FLAG,
        remind_first=FLAG,
        remind_second=FLAG,
        first_reminder=maybe(DAY),
        second_reminder=maybe(DAY),
        over_on=maybe(DAY),
    )
)
LOOK_UP = (
    record(("company_id",), company_id=maybe(TEXT)),
    record(
        register=record(
            state={"enum": [FOUND, NOT_FOUND, UNREACHABLE, NOT_ASKED]},
            name=maybe(TEXT),
            active=maybe(FLAG),
            representatives=TEXTS,
            jointly=NUMBER,
            as_of=maybe(DAY),
        )
    ),
)
MANDATE = (
    record(
        ("valid_to", "kind", "papers", "register"),
        contract_id=ID,
        agent_name=TEXT,
        acts=TEXTS,
        valid_from=DAY,
        valid_to=maybe(DAY),
        kind=TEXT,
        papers={},
        register={},
    ),
    record(mandate=record(id=ID)),
)

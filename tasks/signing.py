"""The handlers of a signature: freeze the documents, keep what was signed on paper, countersign, close the set."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from akta.errors import Conflict
from akta.ids import CaseId
from akta.languages import N_, SOURCE_LANGUAGE, Language
from akta.subjects import Subject
from bpmn.values import Value
from documents import signatures
from documents.signatures import CUSTOMER, LEVELS, UTILITY, Signed
from people.groups import FRONT_DESK, SIGNATORIES, SUPERVISION
from storage.cases import Case
from storage.files import Files
from storage.signatures import Signing
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from tasks import clerks
from tasks.letters import Writer
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handler

CHECK_SIGNATURE = "check-signature"
COUNTERSIGN = "countersign"
"""Tasks of the process on whose decision signatures on paper, and those of the utility, rest."""
CHECKERS = frozenset({FRONT_DESK, SUPERVISION})
SIGNERS = frozenset({SIGNATORIES, SUPERVISION})
PAPER, CODE = "paper", "code"
COPY = "-copy"
"""Ending of the kind of a courtesy copy: it is read, never signed."""

ANSWER, CLICK = "answer", "click"
"""The answer by which a signer says that they signed with a code."""

NO_CODE = N_("Ask for a code, enter it, and only then send this answer.")
NOT_ALL = N_("Somebody's signature is still missing: %(names)s.")
SAME_CLERK = N_("You checked the customer's signature, so somebody else signs for the utility.")
TOO_EARLY = N_("The documents cannot take effect before the day of the last signature, %(day)s.")


class SameClerk(Conflict):
    """Whoever checked the customer's signature does not sign for the utility (maker is not checker)."""

    title = SAME_CLERK


_TEXT: Mapping[str, Any] = {"type": "string"}
_FROZEN = {
    "type": "object",
    "properties": {"id": _TEXT, "name": _TEXT, "letter": _TEXT, "sha256": _TEXT},
    "required": ["id", "name", "letter", "sha256"],
}
_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1}
_NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}


def handlers(files: Files, definitions: Definitions) -> tuple[Handler, ...]:
    """The calls of this module."""
    letters = {"type": "array", "items": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,50}$"}, "minItems": 1}
    takes = _record(letters=letters, signers=_NAMES, levels={"type": "array", "items": {"enum": list(LEVELS)}})
    gives = _record(
        documents={"type": "array", "items": _FROZEN},
        signing=_record(id=_TEXT, digest=_TEXT, level={"enum": list(LEVELS)}, signers=_NAMES),
    )

    def freeze(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
        return _freeze(tx, Writer.of(tx, files, definitions, context), values)

    ended = _record(state={"enum": ["signed", "declined", "expired", "wrong-signer", "void"]})
    some = _record(signers={"type": "array", "items": _TEXT})
    missing = _record(missing_signers={"type": "array", "items": _TEXT})
    return (
        Handler("freeze-documents", N_("Freeze the documents for signature"), takes, gives, local=freeze),
        Handler("record-paper-signatures", N_("Keep the signatures on paper"), some, missing, local=_paper),
        Handler("countersign", N_("Sign for the utility"), _record(), _NOTHING, local=_countersign),
        Handler("end-signing", N_("Close the documents for signature"), ended, _NOTHING, local=_end),
    )


def _record(**fields: Any) -> Mapping[str, Any]:
    return {"type": "object", "properties": fields, "required": list(fields)}


def _freeze(tx: Transaction, writer: Writer, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Each document in the utility's language, which governs, with an English courtesy copy beside it."""
    context = writer.context
    letters, names, levels = (_texts(values, key) for key in ("letters", "signers", "levels"))
    governing = writer.about.tenant.language
    written = [(letter, writer.write(tx, letter, (governing,), {"courtesy": False})) for letter in letters]
    for letter, row in written:
        if row.language != SOURCE_LANGUAGE and writer.has(letter, SOURCE_LANGUAGE):
            writer.write(tx, letter, (SOURCE_LANGUAGE,), {"courtesy": True}, kind=letter + COPY)
    level = max(levels or [LEVELS[0]], key=LEVELS.index)
    signing = signatures.freeze(tx, context.case, written, names, level, context.now)
    documents: list[Value] = [
        {"id": str(row.id), "name": row.name, "letter": letter, "sha256": row.sha256} for letter, row in written
    ]
    return {"signing": _given(signing), "documents": documents}


def _given(signing: Signing) -> Value:
    return {
        "id": str(signing.id),
        "digest": signing.digest,
        "level": signing.level,
        "signers": [str(name) for name in signing.signers["names"]],
    }


def _texts(values: Mapping[str, Value], name: str) -> list[str]:
    given = values.get(name)
    return [str(item) for item in given] if isinstance(given, list) else []


def _paper(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Keep the signatures a clerk found on the paper; only expected signers count."""
    signing = signatures.opened(tx, context.case)
    clerk = clerks.who_decided(tx, context.case, CHECK_SIGNATURE, CHECKERS, signing.opened_at)
    found = set(_texts(values, "signers"))
    for name in signing.signers["names"]:
        if name in found:
            signatures.sign(tx, signing, Signed(CUSTOMER, name, PAPER, checked_by=clerk.account), context.now)
    return {"missing_signers": list[Value](signatures.missing(tx, signing))}


def _countersign(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """The authorised clerk's signature for the utility, after the customer's."""
    signing = signatures.opened(tx, context.case)
    clerk = clerks.who_decided(tx, context.case, COUNTERSIGN, SIGNERS, signing.opened_at)
    if clerk.account in signatures.checkers(tx, signing):
        raise SameClerk(f"case {context.case}")
    by = Signed(UTILITY, clerk.name, COUNTERSIGN, clerk.person, clerk.account)
    signatures.sign(tx, signing, by, context.now)
    return {}


def _end(tx: Transaction, context: CallContext, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Close the set; closed already, as when nothing was frozen yet, it stays as it is."""
    signing = signatures.find_open(tx, context.case)
    if signing is not None:
        signatures.end(tx, tx.locked(Signing, signing.id), str(values["state"]), context.now)
    return {}


# Entry checks of the two tasks


def signed_by_code(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> Mapping[str, str]:
    """Who answers that they signed with a code has done so."""
    if values.get(ANSWER) != CLICK:
        return {}
    signing = signatures.find_open(tx, _case(tx, values))
    if signing is None or signatures.missing(tx, signing):
        return {ANSWER: language.gettext(NO_CODE)}
    return {}


def may_countersign(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> Mapping[str, str]:
    """Nobody signs for the utility too early, or after their own check (domain.md §2.3)."""
    signing = signatures.find_open(tx, _case(tx, values))
    if signing is None:
        return {}
    wrong: dict[str, str] = {}
    if subject.account in signatures.checkers(tx, signing):
        wrong["countersigned"] = language.gettext(SAME_CLERK)
    elif absent := signatures.missing(tx, signing):
        wrong["countersigned"] = language.gettext(NOT_ALL) % {"names": ", ".join(absent)}
    signed_at, effective = signatures.last_signed_at(tx, signing), values.get("effective_from")
    zone = tx.get(Tenant, tx.tenant)
    if signed_at is not None and effective is not None and effective < zone.local(signed_at).date():  # type: ignore[operator]
        wrong["effective_from"] = language.gettext(TOO_EARLY) % {"day": language.day(signed_at)}
    return wrong


def _case(tx: Transaction, values: Mapping[str, Value]) -> CaseId:
    """The case of the task whose answers these are: the process cannot change what `case` says."""
    case = values.get("case")
    reference = case.get("reference") if isinstance(case, dict) else None
    return CaseId(tx.session.scalars(select(Case.id).where(Case.reference == str(reference))).one())

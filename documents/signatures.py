"""Signatures: a set of documents is frozen, the customer's side signs each of them, and the utility signs last."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select, select

from akta.errors import Conflict
from akta.ids import CaseId
from akta.languages import N_
from storage.documents import DocumentRow
from storage.signatures import Signature, Signing
from storage.unit_of_work import Transaction

CUSTOMER, UTILITY = "customer", "utility"
OPEN, SIGNED, VOID = "open", "signed", "void"
SIMPLE, ADVANCED, QUALIFIED, WET = "simple", "advanced", "qualified", "wet"
LEVELS = (SIMPLE, ADVANCED, QUALIFIED, WET)
"""From a click to ink; a set needs the highest its documents need (domain.md §2.3)."""


class NothingToSign(Conflict):
    """The case has no set of documents that waits for signatures."""

    title = N_("Nothing waits for a signature in this case.")


class NotSignedYet(Conflict):
    """Somebody whose signature is needed has not signed every document."""

    title = N_("The documents are not signed by everybody who has to sign.")


class Changed(Conflict):
    """A document is not what it was when it was sent."""

    title = N_("A document is no longer the one that was sent for signature.")


@dataclass(frozen=True, slots=True)
class Signed:
    """How somebody signed: the name they sign with, whose it is, the method, and the clerk who answers for it."""

    party: str
    signer: str
    method: str
    person: UUID | None = None
    checked_by: UUID | None = None


def digest(hashes: Iterable[str]) -> str:
    """The hash of a set of documents, over theirs in the order of signing."""
    return sha256("\n".join(hashes).encode()).hexdigest()


def freeze(
    tx: Transaction,
    case_id: CaseId,
    documents: Sequence[tuple[str, DocumentRow]],
    signers: Sequence[str],
    level: str,
    now: datetime,
) -> Signing:
    """Fix the documents (letter and row) that are sent for signature; a set still open before is void from here on.

    Two live versions of one document would leave it open which of them counts (domain.md §2.3).
    """
    if level not in LEVELS or not signers or not documents:
        raise ValueError("a set needs documents, signers and a level of signature")
    earlier = find_open(tx, case_id)
    if earlier is not None:
        end(tx, earlier, VOID, now)
    signing = Signing(
        case_id=case_id,
        documents={"documents": [{"id": str(row.id), "letter": name, "sha256": row.sha256} for name, row in documents]},
        digest=digest(row.sha256 for _, row in documents),
        level=level,
        signers={"names": list(dict.fromkeys(signers))},
        opened_at=now,
    )
    tx.add(signing)
    return signing


def find_open(tx: Transaction, case_id: CaseId) -> Signing | None:
    return tx.session.scalar(select(Signing).where(Signing.case_id == case_id, Signing.state == OPEN))


def opened(tx: Transaction, case_id: CaseId) -> Signing:
    """The set that waits for signatures, locked.

    Raises:
        NothingToSign: there is none.
    """
    found = find_open(tx, case_id)
    if found is None:
        raise NothingToSign(f"case {case_id}")
    return tx.locked(Signing, found.id)


def frozen(signing: Signing) -> Sequence[Mapping[str, str]]:
    """The documents of a set: id, letter, sha256."""
    return tuple(signing.documents["documents"])


def sign(tx: Transaction, signing: Signing, signed: Signed, now: datetime) -> None:
    """Keep one party's signature under every document of the set; signing again changes nothing.

    Raises:
        NotSignedYet: the utility would sign before the customer's side has.
        Changed: a document differs from what was frozen.
        NothingToSign: the set is closed.
    """
    if signing.state != OPEN:
        raise NothingToSign(f"signing {signing.id} is {signing.state}")
    if signed.party == UTILITY and (absent := missing(tx, signing)):
        raise NotSignedYet(", ".join(absent))
    there = _signed(tx, _under(signing, signed.party, signed.signer))
    for each in frozen(signing):
        row = tx.get(DocumentRow, UUID(each["id"]))
        if row.sha256 != each["sha256"]:
            raise Changed(each["id"])
        if (row.id, signed.signer) in there:
            continue
        tx.add(
            Signature(
                signing_id=signing.id,
                document_id=row.id,
                sha256=row.sha256,
                party=signed.party,
                signer=signed.signer[:200],
                person_id=signed.person,
                method=signed.method,
                signed_at=now,
                checked_by=signed.checked_by,
            )
        )


def missing(tx: Transaction, signing: Signing) -> list[str]:
    """Names of the customer's side under whose name a document still lacks a signature."""
    there = _signed(tx, _under(signing, CUSTOMER))
    documents = [UUID(each["id"]) for each in frozen(signing)]
    return [name for name in signing.signers["names"] if any((each, name) not in there for each in documents)]


def end(tx: Transaction, signing: Signing, state: str, now: datetime) -> None:
    """Close a set: as signed only when the utility has signed every document too.

    Raises:
        NotSignedYet: a signature is missing.
    """
    if state == SIGNED:
        countersigned = {document for document, _ in _signed(tx, _under(signing, UTILITY))}
        documents = {UUID(each["id"]) for each in frozen(signing)}
        if missing(tx, signing) or countersigned != documents:
            raise NotSignedYet(f"signing {signing.id}")
    signing.state, signing.ended_at = state, now
    tx.session.flush()


def require_signed(tx: Transaction, case_id: CaseId) -> None:
    """That the latest set of the case is signed by everybody (S003-07: credentials come after all signatures).

    Raises:
        NotSignedYet: it is not, or there is none.
    """
    latest = select(Signing).where(Signing.case_id == case_id).order_by(Signing.id.desc()).limit(1)
    found = tx.session.scalar(latest)
    if found is None or found.state != SIGNED:
        raise NotSignedYet(f"case {case_id}")


def last_signed_at(tx: Transaction, signing: Signing) -> datetime | None:
    """When the last signature of the customer's side was given."""
    given = select(Signature.signed_at).where(Signature.signing_id == signing.id, Signature.party == CUSTOMER)
    return tx.session.scalar(given.order_by(Signature.signed_at.desc()).limit(1))


def checkers(tx: Transaction, signing: Signing) -> set[UUID]:
    """The clerks who checked a signature of the customer's side."""
    found = select(Signature.checked_by).where(Signature.signing_id == signing.id, Signature.party == CUSTOMER)
    return {account for account in tx.session.scalars(found) if account is not None}


def _under(signing: Signing, party: str, signer: str | None = None) -> Select[UUID, str]:
    found = select(Signature.document_id, Signature.signer).where(
        Signature.signing_id == signing.id, Signature.party == party
    )
    return found if signer is None else found.where(Signature.signer == signer[:200])


def _signed(tx: Transaction, statement: Select[UUID, str]) -> set[tuple[UUID, str]]:
    return {(row[0], row[1]) for row in tx.session.execute(statement)}

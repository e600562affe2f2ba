"""What a verifier cannot decide about a mandate: their own papers, more than was asked, or against a finding."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from akta.languages import N_, Language
from akta.subjects import Subject
from bpmn.values import Value
from heating import mandates
from storage.cases import Case
from storage.unit_of_work import Transaction

NAME = "mandate-decision"
ACCEPT, NARROWED = "accept", "narrowed"
DECISION, ACTS, NARROWED_TO, FINDINGS = "decision", "acts", "accepted_acts", "findings"
"""Keys of the answers and variables it looks at."""

BLOCKED = N_("There is a finding that blocks acceptance. Ask for a better document, or reject the mandate.")
NOT_NARROWER = N_("Choose some of the acts that were asked for, but not all of them.")


def check(
    tx: Transaction, subject: Subject, values: Mapping[str, Value], language: Language, now: datetime
) -> dict[str, str]:
    """Sentences for a decision that this clerk cannot take."""
    case = values.get("case")
    reference = case.get("reference") if isinstance(case, dict) else None
    case_id = tx.session.scalars(select(Case.id).where(Case.reference == str(reference))).one()
    if subject.account in mandates.submitters(tx, case_id):
        return {DECISION: language.gettext(mandates.OwnMandate.title)}
    accepts = values.get(DECISION) in (ACCEPT, NARROWED)
    if accepts and _blocked(values.get(FINDINGS)):
        return {DECISION: language.gettext(BLOCKED)}
    if values.get(DECISION) == NARROWED and not _narrower(values.get(ACTS), values.get(NARROWED_TO)):
        return {NARROWED_TO: language.gettext(NOT_NARROWER)}
    return {}


def _blocked(findings: Value) -> bool:
    rows = findings if isinstance(findings, list) else []
    return any(isinstance(row, dict) and row.get("severity") == "BLOCK" for row in rows)


def _narrower(asked: Value, accepted: Value) -> bool:
    wanted = set(map(str, asked)) if isinstance(asked, list) else set()
    given = set(map(str, accepted)) if isinstance(accepted, list) else set()
    return bool(given) and given < wanted

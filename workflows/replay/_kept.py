"""What came of replays, kept beside the candidate they were run for."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from akta.ids import CaseId
from akta.subjects import Actor
from storage.bundles import ReplayRow
from storage.unit_of_work import Transaction
from workflows.candidates import Candidate
from workflows.replay._differences import Difference, Kind, Reason
from workflows.replay._report import Group, Replayed, Report


def keep(tx: Transaction, candidate: Candidate, report: Report, by: Actor, now: datetime) -> ReplayRow:
    """Keep what came of a replay."""
    row = ReplayRow(
        candidate=candidate.hash,
        key=candidate.bundle.key,
        at=now,
        account_id=by.account,
        actor=by.name or by.kind.value,
        door=by.door.value,
        cases=report.cases,
        same=report.same,
        content={"groups": [_group(group) for group in report.groups]},
    )
    tx.add(row)
    return row


def latest(tx: Transaction, candidate: Candidate) -> ReplayRow | None:
    """The last replay of a candidate."""
    found = select(ReplayRow).where(ReplayRow.candidate == candidate.hash)
    return tx.session.scalars(found.order_by(ReplayRow.at.desc(), ReplayRow.id.desc()).limit(1)).first()


def report_of(row: ReplayRow) -> Report:
    """A report as it was kept."""
    return Report(row.cases, row.same, tuple(_read(group) for group in row.content["groups"]))


def _group(group: Group) -> dict[str, Any]:
    cases = [[str(one.case), one.reference, one.ended, one.would_end] for one in group.cases]
    return {"difference": asdict(group.difference), "cases": cases}


def _read(kept: Mapping[str, Any]) -> Group:
    told = kept["difference"]
    reason = Reason(**{**told["reason"], "names": tuple(told["reason"]["names"])})
    process, element = told["where"]
    difference = Difference(Kind(told["kind"]), (process, element), told["went"], told["goes"], reason)
    cases = (Replayed(CaseId(UUID(case)), reference, was, now) for case, reference, was, now in kept["cases"])
    return Group(difference, tuple(cases))

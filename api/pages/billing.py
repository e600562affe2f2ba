"""Billing: what waits, a run, and what each run issued."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import Invalid, Refusal
from akta.languages import N_
from api import render
from api.dependencies import FormDep, VisitDep, holds_files, needs
from api.pages import frame, staff_rail
from api.pages.mine import invoice_line
from api.problems import problem_of
from api.visits import Visit
from heating import billing, exchange
from heating.queries import invoices, ledger
from people.rights import Act

router = APIRouter()

PAGE = 50
NO_DAY = N_("Enter the day up to which readings are to be billed.")


@router.get("/{tenant}/billing", dependencies=[needs(Act.RUN_BILLING)])
def billing_page(visit: VisitDep, after: Annotated[UUID | None, Query()] = None) -> Response:
    return _show(visit, after=after)


@router.post("/{tenant}/billing/runs", dependencies=[needs(Act.RUN_BILLING)])
def run_billing(visit: VisitDep, form: FormDep) -> Response:
    day = form.get("period_end")
    try:
        period_end = date.fromisoformat(day)
    except ValueError:
        return _show(visit, period_end=day, errors={"period_end": visit.language.gettext(NO_DAY)}, status=422)
    try:
        made = billing.run(visit.uow, visit.services.runtime, period_end, visit.actor, visit.now)
    except Invalid as refusal:
        return _show(visit, period_end=day, errors={"period_end": _sentence(visit, refusal)}, status=422)
    return frame.go(visit, f"/billing/runs/{made.id}")


@router.get("/{tenant}/billing/runs/{run}", dependencies=[needs(Act.RUN_BILLING)])
def billing_run_page(run: UUID, visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        found = ledger.run(tx, run)
        issued = invoices.of_run(tx, run, visit.today)
        problems = ledger.problems(tx, run)
        queues = staff_rail.queues(tx, visit)
    shown = [invoice_line(visit, line, f"/my/invoices/{line.id}") for line in issued]
    return frame.show(visit, "billing_run.html", run=found, invoices=shown, problems=problems, queues=queues)


@router.get("/{tenant}/billing/readings.csv", dependencies=[needs(Act.RUN_BILLING)])
def billable_readings_file(visit: VisitDep) -> Response:
    """What waits to be billed, for a billing system of the utility's own."""
    with visit.uow.view() as tx:
        text = exchange.readings(tx)
    headers = {"content-disposition": 'attachment; filename="readings-to-bill.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/{tenant}/billing/invoices", dependencies=[holds_files, needs(Act.RUN_BILLING)])
def take_invoices_file(visit: VisitDep, form: FormDep) -> Response:
    try:
        exchange.take_invoices(
            visit.uow, visit.services.runtime, form.held.get("invoices", b""), visit.actor, visit.now
        )
    except (Invalid, exchange.OtherInvoice) as refusal:
        return _show(visit, errors={"invoices": _sentence(visit, refusal)}, status=422)
    return frame.go(visit, "/billing")


def _show(
    visit: Visit,
    *,
    after: UUID | None = None,
    period_end: str = "",
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    with visit.uow.view() as tx:
        rows = ledger.billable(tx, after, PAGE + 1)
        runs = ledger.runs(tx)
        queues = staff_rail.queues(tx, visit)
    older = f"{frame.base_of(visit)}/billing?after={rows[PAGE - 1].id}" if len(rows) > PAGE else ""
    return frame.show(
        visit,
        "billing.html",
        status=status,
        rows=rows[:PAGE],
        older=older,
        runs=runs,
        period_end=period_end or visit.today.isoformat(),
        errors=render.error_list(errors or {}),
        queues=queues,
    )


def _sentence(visit: Visit, refusal: Refusal) -> str:
    return problem_of(refusal, visit.language).title

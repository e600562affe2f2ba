"""What customers see of their own: cases, invoices, meters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from akta.errors import NotFound
from akta.ids import CaseId
from akta.languages import N_, SOURCE_LANGUAGE, Language
from akta.subjects import Kind
from api.dependencies import VisitDep, needs
from api.pages import frame, usage, wording
from api.pages.wording import APPLICANT_STATES, INVOICE_TAGS, Wording
from api.visits import Visit
from documents import conversion, letters
from documents.kinds import PDF
from heating import exports, invoice_letters
from heating.queries import invoices, supply
from heating.queries.invoices import InvoiceLine, InvoiceView, ItemLine
from heating.queries.supply import MeterView
from people.rights import Act
from tasks import submissions
from workflows import deployments, queries
from workflows.queries import CaseView, Standing

router = APIRouter()

PAGE = 20
READING = "meter-reading"
"""The process that takes readings, if the utility offers one."""
INVOICE = "invoice"
"""The letter of that process by which invoices are printed."""
CSV = "text/csv; charset=utf-8"


@dataclass(frozen=True)
class Total:
    currency: str
    payable: Decimal
    outstanding: Decimal


@router.get("/{tenant}/my/cases", dependencies=[needs(Act.SEE_OWN_CASES)])
def my_cases_page(visit: VisitDep, before: Annotated[UUID | None, Query()] = None) -> Response:
    visibility = visit.services.visibility
    with visit.uow.view() as tx:
        last = CaseId(before) if before else None
        found = queries.cases(tx, visibility, visit.subject, before=last, limit=PAGE + 1)
        keys = [view.id for view in found[:PAGE]]
        words, standing = wording.of_cases(tx, visit, keys), queries.standings(tx, keys)
    shown = [_case(visit, view, words[view.id], standing.get(view.id, ())) for view in found[:PAGE]]
    older = f"{frame.base_of(visit)}/my/cases?before={found[PAGE - 1].id}" if len(found) > PAGE else ""
    return frame.show(visit, "my_cases.html", cases=shown, older=older)


@router.get("/{tenant}/my/invoices", dependencies=[needs(Act.SEE_OWN_SUPPLY)])
def my_invoices_page(visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        found = invoices.mine(tx, visit.subject, visit.today)
    shown = [invoice_line(visit, line, f"/my/invoices/{line.id}") for line in found]
    return frame.show(visit, "my_invoices.html", invoices=shown, totals=_totals(found))


@router.get("/{tenant}/my/invoices.csv", dependencies=[needs(Act.SEE_OWN_SUPPLY)])
def my_invoices_file(visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        text = exports.invoices(invoices.mine(tx, visit.subject, visit.today))
    return _download("invoices.csv", text, CSV)


@router.get("/{tenant}/my/readings.csv", dependencies=[needs(Act.SEE_OWN_SUPPLY)])
def my_readings_file(visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        text = exports.readings(supply.my_meters(tx, visit.subject, visit.today))
    return _download("readings.csv", text, CSV)


@router.get("/{tenant}/my/invoices/{invoice}/document", dependencies=[needs(Act.SEE_OWN_SUPPLY, Act.RUN_BILLING)])
def invoice_document(invoice: UUID, visit: VisitDep) -> Response:
    """The invoice as a Word document, filled now from what was issued: the same invoice gives the same words."""
    number, content = _printed(visit, invoice)
    return _download(f"{number}.docx", content, letters.MEDIA_TYPE)


@router.get("/{tenant}/my/invoices/{invoice}/pdf", dependencies=[needs(Act.SEE_OWN_SUPPLY, Act.RUN_BILLING)])
def invoice_pdf(invoice: UUID, visit: VisitDep) -> Response:
    """The same document as PDF, where LibreOffice is installed."""
    number, content = _printed(visit, invoice)
    program = conversion.converter()
    if not program:
        raise NotFound("nothing here makes PDF")
    return _download(f"{number}.pdf", conversion.to_pdf(content, program), PDF)


def _printed(visit: Visit, invoice: UUID) -> tuple[str, bytes]:
    """An invoice's number and its Word document."""
    with visit.uow.view() as tx:
        found = invoices.one(tx, visit.subject, invoice, visit.today)
        active = deployments.active(tx, READING)
        bundle = visit.services.runtime.definitions.bundle(tx, active.content_hash)
    template = next(
        bundle.letters[f"{INVOICE}.{code}"]
        for code in (visit.language.code, SOURCE_LANGUAGE)
        if f"{INVOICE}.{code}" in bundle.letters
    )
    utility = visit.utility
    data = {
        "printed": invoice_letters.data(found, visit.language),
        "utility": {"name": utility.name, "phone": utility.phone, "email": utility.email},
    }
    issued = datetime.combine(found.issued_on, time(), UTC)
    return found.line.number, letters.fill(template, data, made_at=issued)


def _download(name: str, content: bytes | str, media_type: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


@router.get("/{tenant}/my/invoices/{invoice}", dependencies=[needs(Act.SEE_OWN_SUPPLY, Act.RUN_BILLING)])
def invoice_page(invoice: UUID, visit: VisitDep) -> Response:
    """An invoice like the document it is; billing clerks see it too."""
    with visit.uow.view() as tx:
        found = invoices.one(tx, visit.subject, invoice, visit.today)
    own = visit.subject.kind is Kind.CUSTOMER
    back = f"{frame.base_of(visit)}/my/invoices" if own else f"{frame.base_of(visit)}/billing"
    return frame.show(visit, "invoice.html", invoice=_invoice(visit, found), own=own, back=back)


@router.get("/{tenant}/my/meters", dependencies=[needs(Act.SEE_OWN_SUPPLY)])
def my_meters_page(visit: VisitDep) -> Response:
    with visit.uow.view() as tx:
        found = supply.my_meters(tx, visit.subject, visit.today)
        offered = {bundle.key for _, bundle in submissions.offered(tx, visit.services.desk, visit.subject)}
    report = f"{frame.base_of(visit)}/start/{READING}" if READING in offered else ""
    return frame.show(visit, "my_meters.html", meters=[_meter(visit, one) for one in found], report_url=report)


def invoice_line(visit: Visit, line: InvoiceLine, path: str) -> Mapping[str, Any]:
    """A row of an invoice table."""
    tone, picture = INVOICE_TAGS[line.status]
    _ = visit.language.gettext
    return {
        "url": f"{frame.base_of(visit)}{path}",
        "type": _(line.type_name),
        "number": line.number,
        "due_on": line.due_on,
        "payable": line.payable,
        "outstanding": line.outstanding,
        "currency": line.currency,
        "status": _(line.status_name),
        "tone": tone,
        "icon": picture,
    }


def _case(visit: Visit, view: CaseView, words: Wording, standing: Iterable[Standing]) -> Mapping[str, Any]:
    state = APPLICANT_STATES[view.state]
    here = (words.element(one.bundle, one.element).applicant for one in standing)
    said = words.outcome(view.outcome).title if view.outcome else next((text for text in here if text), "")
    return {
        "url": f"{frame.base_of(visit)}/cases/{view.id}",
        "title": words.title,
        "words": said,
        "reference": view.reference,
        "received_at": view.received_at,
        "tone": state.tone,
        "icon": state.icon,
        "state": visit.language.gettext(state.words),
    }


def _totals(lines: Iterable[InvoiceLine]) -> list[Total]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        payable, outstanding = sums.get(line.currency, (Decimal(0), Decimal(0)))
        sums[line.currency] = (payable + line.payable, outstanding + line.outstanding)
    return [Total(currency, payable, outstanding) for currency, (payable, outstanding) in sums.items()]


def _invoice(visit: Visit, found: InvoiceView) -> Mapping[str, Any]:
    documents = f"{frame.base_of(visit)}/my/invoices/{found.line.id}"
    return {
        **invoice_line(visit, found.line, ""),
        "customer": found.customer_name,
        "customer_no": found.customer_number,
        "address": found.customer_address,
        "contract": found.contract_number,
        "issued_on": found.issued_on,
        "period_from": found.period_from,
        "period_to": found.period_to,
        "net": found.net,
        "vat": found.vat,
        "lines": [_item(visit, item, found.line.currency) for item in found.items],
        "taxes": found.taxes,
        "credit": found.credit,
        "document_url": f"{documents}/document",
        "pdf_url": f"{documents}/pdf" if conversion.converter() else "",
    }


def _item(visit: Visit, item: ItemLine, currency: str) -> Mapping[str, Any]:
    return {
        "description": invoice_letters.described(item, visit.language),
        "quantity": item.quantity,
        "unit": item.unit,
        "unit_price": item.unit_price,
        "vat_rate": item.vat_rate,
        "net": item.net,
        "how": "; ".join(invoice_letters.how(item.computation, visit.language)),
        "steps": _steps(visit.language, item, currency),
    }


def _steps(language: Language, item: ItemLine, currency: str) -> list[str]:
    """How the amount of a line came about, to be computed again by hand."""
    _, number = language.gettext, language.number
    shown = []
    for one in item.computation.get("readings", ()):
        quantity, days, of_days = Decimal(one["quantity"]), one["days"], one["of_days"]
        given = {
            "consumption": number(Decimal(one["consumption"]).normalize()),
            "days": days,
            "of_days": of_days,
            "quantity": number(quantity.normalize()),
            "unit": item.unit,
        }
        if item.computation["tariff"].get("basis") == "month":
            shown.append(_(N_("%(days)s days are %(quantity)s months")) % given)
        elif days == of_days:
            shown.append(_(N_("Consumption %(consumption)s %(unit)s in %(of_days)s days")) % given)
        else:
            words = N_("%(days)s of %(of_days)s days at this price: %(quantity)s of %(consumption)s %(unit)s")
            shown.append(_(words) % given)
    product = {
        "quantity": number(item.quantity.normalize()),
        "price": number(item.unit_price.normalize()),
        "net": language.money(item.net, currency),
    }
    shown.append(_(N_("%(quantity)s times %(price)s, rounded: %(net)s")) % product)
    return shown


def _meter(visit: Visit, view: MeterView) -> Mapping[str, Any]:
    _ = visit.language.gettext
    lines = [
        {"on": one.on, "value": one.value, "consumption": one.consumption, "kind": _(one.kind_name)}
        for one in view.readings
    ]
    return {
        "id": view.id,
        "serial": view.serial,
        "kind": _(view.kind_name),
        "unit": view.unit,
        "address": view.address,
        "calibrated_on": view.calibrated_on,
        "expired": view.calibration_expired,
        "window": view.window,
        "last": lines[0] if lines else None,
        "history": lines,
        "usage": usage.of(view.readings),
        "waiting": view.waiting,
    }

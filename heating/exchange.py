"""Billing by another system: verified readings go out, invoices come in, as files (docs/billing-files.md)."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from uuid import UUID

from sqlalchemy import delete, select

from akta.errors import Conflict, Invalid
from akta.ids import new_id
from akta.languages import N_
from akta.subjects import Actor
from heating import billing, pricing, profile
from heating.tables.billing import BilledReading, BillingQueue, Invoice, InvoiceItem, InvoiceVat
from heating.tables.contracts import Contract, Customer
from heating.tables.metering import LedgerEntry, Meter
from storage.unit_of_work import Transaction, UnitOfWork
from workflows.runtime import Runtime

OUT = (
    *("ledger_id", "contract", "customer", "serial", "meter_kind", "unit"),
    *("from_day", "from_value", "to_day", "to_value", "consumption", "kind", "verified_by"),
)
IN = (
    *("number", "contract", "issued_on", "due_on", "period_from", "period_to", "currency", "payable"),
    *("ledger_id", "description", "quantity", "unit", "unit_price", "net", "vat_rate"),
)
LARGEST = 10 * 1024 * 1024
MOST_LINES = 100_000


class NotTaken(Invalid):
    """A file of invoices has something wrong in a line; nothing of it was taken."""

    title = N_("Line %(line)s: %(reason)s. Nothing of the file was taken.")


class OtherInvoice(Conflict):
    """An invoice of this number is there with another amount."""

    title = N_("Invoice %(number)s is there already with another amount. Nothing of the file was taken.")


def readings(tx: Transaction, after: UUID | None = None, limit: int = 10_000) -> str:
    """What waits to be billed, as CSV, in the order it was posted; `after` is the last row of the file before."""
    statement = (
        select(LedgerEntry, Meter, Contract.number, Customer.number)
        .join(BillingQueue, BillingQueue.ledger_id == LedgerEntry.id)
        .join(Meter, Meter.id == LedgerEntry.meter_id)
        .join(Contract, Contract.id == LedgerEntry.contract_id)
        .join(Customer, Customer.id == Contract.customer_id)
        .order_by(LedgerEntry.id)
        .limit(limit)
    )
    if after is not None:
        statement = statement.where(LedgerEntry.id > after)
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(OUT)
    for entry, meter, contract, customer in tx.session.execute(statement):
        days = (entry.previous_at.isoformat(), entry.previous_value, entry.read_at.isoformat(), entry.value)
        names = (entry.id, contract, customer, meter.serial, meter.kind, meter.unit)
        writer.writerow([*names, *days, entry.consumption, entry.kind, entry.verifier_name])
    return target.getvalue()


def take_invoices(uow: UnitOfWork, runtime: Runtime, content: bytes, by: Actor, now: datetime) -> int:
    """Take the invoices another system issued: all of the file or nothing; those taken before are left as they are.
    How many were taken now.

    Raises:
        NotTaken: a line is wrong; says which and why.
        OtherInvoice: a number is there already with another amount.
    """
    lines = _lines(content)
    with uow.begin() as tx:
        known = _known(tx, {line["number"] for line in lines})
        taken: list[tuple[UUID, Invoice]] = []
        count = 0
        for number, group in groupby(lines, key=lambda line: line["number"]):
            items = list(group)
            earlier = known.get(number)
            if earlier is not None:
                if earlier.payable != _amount(items[0], "payable"):
                    raise OtherInvoice(number=number)
                continue
            invoice, marks = _take(tx, items)
            known[number] = invoice
            taken.extend((mark, invoice) for mark in marks)
            count += 1
        billing.tell_cases(tx, runtime, taken, by, now)
        return count


def _lines(content: bytes) -> list[Mapping[str, str]]:
    if len(content) > LARGEST:
        raise NotTaken(line=1, reason="the file is too large")
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""))
        if tuple(reader.fieldnames or ()) != IN:
            raise NotTaken(line=1, reason=f"the columns must be {', '.join(IN)}")
        lines: list[Mapping[str, str]] = []
        for number, row in enumerate(reader, start=2):
            if number > MOST_LINES:
                raise NotTaken(line=number, reason="the file has too many lines")
            if None in row or None in row.values():
                raise NotTaken(line=number, reason="the number of columns is wrong")
            lines.append({**row, "line": str(number)})
    except (UnicodeDecodeError, csv.Error) as broken:
        raise NotTaken(line=1, reason="the file is no CSV in UTF-8") from broken
    return lines


def _known(tx: Transaction, numbers: set[str]) -> dict[str, Invoice]:
    return {row.number: row for row in tx.session.scalars(select(Invoice).where(Invoice.number.in_(numbers)))}


def _take(tx: Transaction, lines: Sequence[Mapping[str, str]]) -> tuple[Invoice, list[UUID]]:
    head = lines[0]
    contract = tx.session.scalar(select(Contract.id).where(Contract.number == head["contract"]))
    if contract is None:
        raise _wrong(head, "there is no such contract")
    currency = profile.of(tx).currency
    if head["currency"] != currency:
        raise _wrong(head, f"the currency must be {currency}")
    items = [_item(position, line) for position, line in enumerate(lines, start=1)]
    taxes = pricing.tax(((item.vat_rate, item.net) for item in items), currency)
    net, vat = sum((n for n, _ in taxes.values()), Decimal(0)), sum((v for _, v in taxes.values()), Decimal(0))
    if net + vat != _amount(head, "payable"):
        raise _wrong(head, f"the lines come to {net + vat}")
    invoice = Invoice(
        id=new_id(),
        number=head["number"][:20],
        contract_id=contract,
        issued_on=_day(head, "issued_on"),
        due_on=_day(head, "due_on"),
        period_from=_day(head, "period_from"),
        period_to=_day(head, "period_to"),
        currency=currency,
        net=net,
        vat=vat,
        payable=net + vat,
        outstanding=max(net + vat, Decimal(0)),
    )
    tx.add(invoice)
    for item in items:
        item.invoice_id = invoice.id
    marks = _marks(tx, lines, contract)
    rates = [InvoiceVat(invoice_id=invoice.id, rate=rate, net=n, vat=v) for rate, (n, v) in taxes.items()]
    tx.add(*items, *rates, *(BilledReading(ledger_id=mark, invoice_id=invoice.id) for mark in marks))
    tx.session.execute(delete(BillingQueue).where(BillingQueue.ledger_id.in_(marks)))
    return invoice, marks


def _marks(tx: Transaction, lines: Sequence[Mapping[str, str]], contract: UUID) -> list[UUID]:
    """The ledger rows an invoice bills: each must wait to be billed, and belong to its contract."""
    wanted: dict[UUID, Mapping[str, str]] = {}
    for line in lines:
        if line["ledger_id"]:
            try:
                wanted.setdefault(UUID(line["ledger_id"]), line)
            except ValueError as wrong:
                raise _wrong(line, "ledger_id is no id") from wrong
    waiting = select(BillingQueue.ledger_id).where(
        BillingQueue.ledger_id.in_(wanted), BillingQueue.contract_id == contract
    )
    missing = wanted.keys() - set(tx.session.scalars(waiting))
    if missing:
        raise _wrong(wanted[min(missing)], "this reading does not wait to be billed on this contract")
    return list(wanted)


def _item(position: int, line: Mapping[str, str]) -> InvoiceItem:
    return InvoiceItem(
        position=position,
        description=line["description"][:200],
        quantity=_amount(line, "quantity", 3),
        unit=line["unit"][:10],
        unit_price=_amount(line, "unit_price", 4),
        net=_amount(line, "net"),
        vat_rate=_amount(line, "vat_rate"),
    )


def _amount(line: Mapping[str, str], key: str, places: int = 2) -> Decimal:
    try:
        value = Decimal(line[key])
        if not value.is_finite() or abs(value) >= 10**12 or value != value.quantize(Decimal(1).scaleb(-places)):
            raise InvalidOperation
    except InvalidOperation as wrong:
        raise _wrong(line, f"{key} is no number with at most {places} places") from wrong
    return value


def _day(line: Mapping[str, str], key: str) -> date:
    try:
        return date.fromisoformat(line[key])
    except ValueError as wrong:
        raise _wrong(line, f"{key} is no day such as 2026-03-31") from wrong


def _wrong(line: Mapping[str, str], reason: str) -> NotTaken:
    return NotTaken(line=line["line"], reason=reason)

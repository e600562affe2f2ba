"""What customers take with them as CSV: comma separated, a point in numbers, ISO days, as any program reads them."""

import csv
import io
from collections.abc import Iterable, Sequence

from heating.queries.invoices import InvoiceLine
from heating.queries.supply import MeterView

READINGS = ("serial", "kind", "day", "value", "consumption", "unit", "reading_kind")
INVOICES = ("number", "type", "due_on", "payable", "outstanding", "currency", "status")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def readings(meters: Iterable[MeterView]) -> str:
    """Every processed reading of these meters, newest first."""
    return _written(
        READINGS,
        (
            (m.serial, m.kind, one.on.isoformat(), str(one.value), str(one.consumption), m.unit, one.kind)
            for m in meters
            for one in m.readings
        ),
    )


def invoices(lines: Iterable[InvoiceLine]) -> str:
    """These invoices, a line each."""
    return _written(
        INVOICES,
        (
            (i.number, i.type, i.due_on.isoformat(), str(i.payable), str(i.outstanding), i.currency, i.status)
            for i in lines
        ),
    )


def _written(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return target.getvalue()


def _harmless(cell: str) -> str:
    """A text no spreadsheet runs as a formula; a negative number stays a number."""
    number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(_FORMULA) and not number else cell

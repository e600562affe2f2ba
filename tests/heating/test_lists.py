"""Lists of readings from a file: what is taken and what not, whole or not at all."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from akta.errors import NotFound
from akta.subjects import Subject
from heating import lists, sheets
from heating.sheets import FORMULA, NoTable, TooLong
from heating.tables.contracts import Contract
from heating.tables.metering import Meter, ReadingListLine
from tests.heating.office import Office

HEAD = "serial;value;date\n"


@pytest.fixture
def contract(office: Office) -> Contract:
    return office.contract()


@pytest.fixture
def meter(office: Office, contract: Contract) -> Meter:
    return office.meter(contract)


@pytest.fixture
def clerk(office: Office) -> Subject:
    return office.staff_subject(office.account("Odečty", "metering"), "metering")


def checked(office: Office, who: Subject, text: str | bytes) -> tuple[UUID, Sequence[ReadingListLine]]:
    content = text if isinstance(text, bytes) else text.encode()
    made = lists.check(office.uow, who, "list", content, office.now)
    with office.uow.view() as tx:
        return made, lists.lines_of(tx, made, limit=20_000)


def test_a_good_line_is_understood_and_the_same_file_is_the_same_list(
    office: Office, meter: Meter, clerk: Subject
) -> None:
    text = f"{HEAD}{meter.serial};1 077,5;28. 2. 2026\n"
    made, [line] = checked(office, clerk, text)
    assert (line.fault, line.meter_id, line.value, line.read_at) == ("", meter.id, Decimal("1077.5"), date(2026, 2, 28))
    assert checked(office, clerk, text)[0] == made


@pytest.mark.parametrize(
    ("value", "day", "fault"),
    [
        ("", "2026-02-28", "no-value"),
        ("twelve", "2026-02-28", "no-number"),
        ("1e999", "2026-02-28", "no-number"),
        ("9" * 40, "2026-02-28", "no-number"),
        ("-5", "2026-02-28", "below-zero"),
        ("123456", "2026-02-28", "too-many-digits"),
        ("1077.12345", "2026-02-28", "too-fine"),
        ("1037", "2026-02-28", "below-last"),
        ("1077", "", "no-day"),
        ("1077", "31.2.2026", "not-a-day"),
        ("1077", "29.2.2026", "not-a-day"),
        ("1077", "tomorrow", "not-a-day"),
        ("1077", "2026-03-03", "yet-to-come"),
        ("1077", "2026-01-31", "not-after-last"),
        ("=1+1", "2026-02-28", "formula"),
        ("1077", "=TODAY()", "formula"),
    ],
)
def test_what_speaks_against_a_line_is_named(
    office: Office, meter: Meter, clerk: Subject, value: str, day: str, fault: str
) -> None:
    _, [line] = checked(office, clerk, f"{HEAD}{meter.serial};{value};{day}\n")
    assert line.fault == fault
    assert fault in lists.FAULTS


def test_unknown_meters_repeated_ones_and_those_that_wait_are_not_taken(
    office: Office, meter: Meter, contract: Contract, clerk: Subject
) -> None:
    busy = office.meter(contract)
    office.report(busy, "1077", office.account("Přepážka", "front-desk"))
    rows = [f"{serial};1077;2026-02-28" for serial in (meter.serial, meter.serial, busy.serial, "99999999")]
    _, lines = checked(office, clerk, HEAD + "\n".join(rows))
    assert [line.fault for line in lines] == ["", "twice", "waiting", "unknown-meter"]


def test_a_customer_sends_only_their_own_meters(office: Office, meter: Meter, contract: Contract) -> None:
    stranger = office.meter(office.contract())
    manager = office.customer_subject(office.holder(contract))
    rows = [f"{serial};1077;2026-02-28" for serial in (meter.serial, stranger.serial)]
    made, lines = checked(office, manager, HEAD + "\n".join(rows))
    assert [line.fault for line in lines] == ["", "unknown-meter"]
    other = office.customer_subject(office.account("Jiný"))
    with pytest.raises(NotFound), office.uow.view() as tx:
        lists.find(tx, other, made)


def test_a_list_without_headings_is_serial_value_day_and_other_orders_are_told_by_headings(
    office: Office, meter: Meter, clerk: Subject
) -> None:
    for text in (
        f"{meter.serial},1077.5,2026-02-28\n",
        f"datum\tstav\tvýrobní číslo\n28.2.2026\t1077,5\t{meter.serial}\n",
    ):
        _, [line] = checked(office, clerk, text)
        assert (line.fault, line.value) == ("", Decimal("1077.5"))


def workbook(rows: Sequence[Sequence[str]], sheet: str = "") -> bytes:
    """A small XLSX file, made by hand."""
    cells = "".join("<row>" + "".join(f"<c {cell}</c>" for cell in row) + "</row>" for row in rows)
    namespace = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    body = sheet or f"<worksheet {namespace}><sheetData>{cells}</sheetData></worksheet>"
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", body)
        archive.writestr("xl/sharedStrings.xml", f"<sst {namespace}><si><t>74001</t></si></sst>")
    return content.getvalue()


def test_a_workbook_is_read_and_its_formulas_are_named_and_not_run() -> None:
    content = workbook(
        [
            ['t="s"><v>0</v>', "><v>1077.5</v>", "><v>46081</v>"],
            ['t="inlineStr"><is><t>74002</t></is>', "><f>A1*2</f><v>3</v>", "><v>46081</v>"],
        ]
    )
    first, second = sheets.rows(content)
    assert first.cells == ("74001", "1077.5", "46081")
    assert second.cells == ("74002", FORMULA, "46081")
    assert sheets.serial_day("46081") == date(2026, 2, 28)


def test_a_bomb_an_entity_and_a_broken_archive_are_refused() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (sheets.MOST_UNPACKED + 1))
    laughs = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><worksheet>&a;</worksheet>'
    for content in (bomb.getvalue(), workbook([], laughs), b"PK\x03\x04" + b"x" * 100, b"", b"\0\1\2\0"):
        with pytest.raises(NoTable):
            sheets.rows(content)


def test_more_rows_than_are_taken_at_once_are_refused() -> None:
    with pytest.raises(TooLong):
        sheets.rows(b"1;2;3\n" * (sheets.MOST_ROWS + 2))


@pytest.mark.slow
def test_ten_thousand_lines_with_every_fault_are_looked_through(office: Office, clerk: Subject) -> None:
    contract = office.contract()
    meters = [office.meter(contract) for _ in range(3)]
    kinds = ["1077;2026-02-28", "x;2026-02-28", "-1;2026-02-28", "1077;31.2.2026", ";;", "=1;2026-02-28"]
    rows = [f"{meters[0].serial};{kinds[0]}"]
    rows += [f"{meters[n % 3].serial};{kinds[n % 6]}" for n in range(4_999)]
    rows += [f"unknown-{n};1077;2026-02-28" for n in range(4_999)]
    _, lines = checked(office, clerk, HEAD + "\n".join(rows))
    assert len(lines) == 9_999
    assert sum(not line.fault for line in lines) == 1
    assert {line.fault for line in lines} == {
        "",
        "twice",
        "no-number",
        "below-zero",
        "not-a-day",
        "no-value",
        "formula",
        "unknown-meter",
    }


@given(st.binary(max_size=300))
def test_rubbish_is_a_table_or_is_refused(content: bytes) -> None:
    try:
        rows = sheets.rows(content)
    except NoTable:
        return
    assert all(len(cell) <= sheets.LONGEST_CELL for row in rows for cell in row.cells)

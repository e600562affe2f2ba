"""The printed invoice, as the real LibreOffice makes a PDF of it."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium
import pytest

import bpmn
from akta.ids import new_id
from akta.languages import language
from documents import conversion, letters
from heating import invoice_letters
from heating.queries.invoices import InvoiceLine, InvoiceView, ItemLine, VatLine

FOLDER = Path(bpmn.__file__).parent / "bundles/meter-reading/letters"
CUSTOMER = "Őrző Űrhajós Ügyfél"
ADDRESS = "Příbram, Žižkova čtvrť 5, Ústí; Orașul Țărănești, Știință și Învățământ"
"""A Hungarian name at a Czech and a Romanian address: every letter of the three that plain ASCII lacks."""
READ = {"from": {"date": "2014-09-30", "value": "1068"}, "to": {"date": "2014-10-31", "value": "1073"}}


LINE = InvoiceLine(
    id=new_id(),
    type="heat",
    type_name="Heat",
    number="2014S000572",
    due_on=date(2014, 11, 30),
    payable=Decimal(38837),
    outstanding=Decimal(38837),
    currency="HUF",
    status="current",
    status_name="Current month",
)
ITEM = ItemLine(
    position=1,
    description="Melegvíz hődíja",
    quantity=Decimal(5),
    unit="m³",
    unit_price=Decimal(6116),
    net=Decimal(30580),
    vat_rate=Decimal(27),
    computation={"readings": [READ]},
)
INVOICE = InvoiceView(
    line=LINE,
    customer_name=CUSTOMER,
    customer_number="ZU0001",
    customer_address=ADDRESS,
    contract_number="MIN-1",
    issued_on=date(2014, 11, 10),
    period_from=date(2014, 10, 1),
    period_to=date(2014, 10, 31),
    net=Decimal(30580),
    vat=Decimal(8257),
    credit=Decimal(0),
    reverses="",
    items=(ITEM,),
    taxes=(VatLine(Decimal(27), Decimal(30580), Decimal(8257)),),
)


@pytest.mark.slow
def test_an_invoice_as_pdf_says_all_with_every_mark_in_fonts_it_carries(libreoffice: str) -> None:
    template = (FOLDER / "invoice.hu.docx").read_bytes()
    utility = {"name": "Mintahő Kft.", "phone": "+36 00 000 000", "email": "ugyfel@example.org"}
    printed = invoice_letters.data(INVOICE, language("hu", "Europe/Budapest"))
    letter = letters.fill(template, {"printed": printed, "utility": utility})
    with pypdfium2.PdfDocument(conversion.to_pdf(letter, libreoffice)) as document:
        [page] = document
        text = re.sub(r"\s+", " ", page.get_textpage().get_text_range())
        written = [part.get_font() for part in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT])]
        strangers = {font.get_base_name() for font in written if not font.is_embedded}
    for said in (
        CUSTOMER,
        ADDRESS,
        "2014S000572",
        "Mintahő Kft.",
        "Melegvíz hődíja",
        "38 837 Ft",
        "2014. november 30.",
    ):
        assert said in text
    assert written
    assert not strangers

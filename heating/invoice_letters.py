"""An invoice as its letter prints it: every amount as a text in one language."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from akta.languages import N_, Language
from bpmn.values import Value
from heating.queries.invoices import InvoiceView, ItemLine

ADVANCE = N_("Advance of invoice %(number)s")


def data(view: InvoiceView, language: Language) -> dict[str, Value]:
    """What the letter `invoice` reads."""
    line = view.line

    def money(amount: Decimal) -> str:
        return language.money(amount, line.currency)

    return {
        "number": line.number,
        "type": language.gettext(line.type_name),
        "customer_name": view.customer_name,
        "customer_number": view.customer_number,
        "customer_address": view.customer_address,
        "contract_number": view.contract_number,
        "issued_on": language.day(view.issued_on),
        "due_on": language.day(line.due_on),
        "period_from": language.day(view.period_from),
        "period_to": language.day(view.period_to),
        "reverses": view.reverses,
        "lines": [_line(item, language, line.currency) for item in view.items],
        "taxes": [
            {"rate": language.number(tax.rate.normalize()), "net": money(tax.net), "vat": money(tax.vat)}
            for tax in view.taxes
        ],
        "net": money(view.net),
        "vat": money(view.vat),
        "payable": money(line.payable),
        "credit": money(view.credit),
        "has_credit": view.credit > 0,
        "outstanding": money(view.payable_now),
    }


def _line(item: ItemLine, language: Language, currency: str) -> dict[str, Value]:
    return {
        "description": described(item, language),
        "how": "; ".join(how(item.computation, language)),
        "quantity": f"{language.number(item.quantity.normalize())} {item.unit}".strip(),
        "unit_price": language.number(item.unit_price.normalize()),
        "vat_rate": language.number(item.vat_rate.normalize()),
        "net": language.money(item.net, currency),
    }


def described(item: ItemLine, language: Language) -> str:
    """What a line is for; a set-off advance names its invoice."""
    number = item.computation.get("advance")
    return language.gettext(ADVANCE) % {"number": number} if number else item.description


def how(computation: Mapping[str, Any], language: Language) -> list[str]:
    """From which readings a line came, a sentence each."""
    sentence = language.gettext(N_("%(earlier)s on %(from)s to %(later)s on %(to)s"))
    return [
        sentence
        % {
            "earlier": language.number(Decimal(one["from"]["value"]).normalize()),
            "from": language.short_day(date.fromisoformat(one["from"]["date"])),
            "later": language.number(Decimal(one["to"]["value"]).normalize()),
            "to": language.short_day(date.fromisoformat(one["to"]["date"])),
        }
        for one in computation.get("readings", ())
    ]

"""Fixtures F1, F2 and F3 of domain.md §6: customer SU0044 as the portal of the seed showed it in 2014."""

from datetime import date
from decimal import Decimal

from heating.samples.desk import Address, Desk, MeterPlan, Term
from heating.samples.past_invoices import PastInvoice, lump, series, write
from heating.tables.billing import Debt
from heating.tables.contracts import Customer

CUSTOMER, NAME, LOGIN = "SU0044", "Minta Ügyfél", "su0044"
CONTRACT = "MIN-0044"
METER = "37461"
ADDRESS = Address("6600", "Minta település", "Minta tér", "G.ép.", "9.em.", "48.")

F1 = (
    ("2014S000408", date(2014, 8, 1), 25_465, True),
    ("2014S000460", date(2014, 9, 1), 22_592, True),
    ("2014S000514", date(2014, 10, 1), 25_785, True),
    ("2014S000572", date(2014, 11, 1), 38_837, False),
)
"""Number, month, payable in forints, settled."""

F2_INVOICES = (
    ("principal", "2013S000514", "2013/09", None, 66_365, 66_365),
    ("interest", "2013S000514", "", date(2014, 11, 10), 2_254, 2_254),
    ("principal", "2014S000572", "2014/11", None, 38_837, 38_837),
)
"""Kind, invoice, period, computed on, amount, open: as before the card payment of F5, in step with F1."""

F2_FEES = (
    ("K91781", "2013001185", 550, 550, 0),
    ("K94016", "2013001395", 550, 550, 0),
    ("K96244", "2014000105", 550, 550, 0),
    ("K99738", "2014000295", 550, 550, 550),
    ("K103891", "2014000475", 550, 305, 305),
    ("K108817", "2014000555", 570, 570, 0),
    ("K112286", "2014000715", 570, 570, 570),
    ("K116896", "2014000875", 570, 570, 570),
    ("K118901", "2014001025", 570, 570, 570),
    ("K122172", "2014001185", 570, 570, 570),
)
"""Claim, demand, original fee, amount, open."""

F3 = MeterPlan(
    serial=METER,
    calibrated_on=date(2007, 11, 30),
    valid_until=date(2015, 12, 31),
    opening=(date(2014, 4, 30), Decimal(1052)),
    readings=(
        (date(2014, 5, 31), Decimal(1056)),
        (date(2014, 6, 30), Decimal(1059)),
        (date(2014, 7, 31), Decimal(1063)),
        (date(2014, 8, 31), Decimal(1065)),
        (date(2014, 9, 30), Decimal(1068)),
        (date(2014, 10, 31), Decimal(1073)),
    ),
)


def add(desk: Desk) -> None:
    """The customer with contract, account, meter, invoices and debts."""
    customer = desk.customer(CUSTOMER, NAME, ADDRESS)
    contract = desk.contract(CONTRACT, customer, Term(date(2008, 1, 1)))
    desk.account(contract, 1, LOGIN, NAME)
    desk.meter(contract, ADDRESS, F3)
    for number, month, payable, settled in F1:
        line = lump(f"Távhő {month:%Y/%m}", Decimal(payable), Decimal(5), desk.utility.currency)
        write(desk, contract, PastInvoice(number, month, (line,), settled))
    series(desk, 2014, 572)
    _add_debts(desk, customer)


def _add_debts(desk: Desk, customer: Customer) -> None:
    currency = desk.utility.currency
    principals = [
        Debt(
            customer_id=customer.id,
            position=position,
            kind=kind,
            source_number=source,
            period=period,
            computed_on=computed_on,
            currency=currency,
            original_amount=Decimal(amount),
            amount=Decimal(amount),
            open_amount=Decimal(left),
        )
        for position, (kind, source, period, computed_on, amount, left) in enumerate(F2_INVOICES, start=1)
    ]
    fees = [
        Debt(
            customer_id=customer.id,
            position=position,
            kind="demand_fee",
            claim_number=claim,
            source_number=demand,
            currency=currency,
            original_amount=Decimal(original),
            amount=Decimal(amount),
            open_amount=Decimal(left),
        )
        for position, (claim, demand, original, amount, left) in enumerate(F2_FEES, start=len(F2_INVOICES) + 1)
    ]
    desk.tx.add(*principals, *fees)

"""The customers of the demo's walkthrough: readings and invoices dated from the day of the installation."""

from datetime import date, timedelta
from decimal import Decimal

from heating.consumption import month_end
from heating.samples.desk import Address, Desk, MeterPlan, Term
from heating.samples.past_invoices import PastInvoice, series, write
from heating.tables.contracts import Contract

CUSTOMER, NAME, LOGIN = "ZU0001", "Zákazník Ukázka", "zu0001"
CONTRACT, METER = "UKA-1001", "74210"
APPLICANT_CUSTOMER, APPLICANT_CONTRACT = "ZU0002", "UKA-1002"
FULL_CUSTOMER, FULL_CONTRACT = "ZU0003", "UKA-1003"
LATER_CUSTOMER, LATER_CONTRACT = "ZU0004", "UKA-1004"
ENDED_CUSTOMER, ENDED_CONTRACT = "ZU0005", "UKA-1005"

JOINT, HEIR, TENANT, EXPIRED = (
    ("UKA-1006", "ZU0006"),
    ("UKA-1007", "ZU0007"),
    ("UKA-1008", "ZU0008"),
    ("UKA-1009", "ZU0009"),
)
"""Contract and customer of a company with two directors who act together, of somebody who has died, of an owner with a
tenant, of somebody whose proxy's mandate has run out."""

OPENING = Decimal("812.400")
USED = ("4.1", "3.8", "4.4", "3.9", "4.0", "3.6", "3.7", "2.9", "3.1", "3.8", "4.2", "4.3", "4.0")
"""What each of the last thirteen months used, in m³: the oldest first, so that the same month last year is known."""
INVOICES = 4


def month_ends(before: date, count: int) -> list[date]:
    """The last `count` ends of months before a day, oldest first."""
    ends: list[date] = []
    last = before.replace(day=1) - timedelta(days=1)
    while len(ends) < count:
        ends.append(last)
        last = last.replace(day=1) - timedelta(days=1)
    return ends[::-1]


def add(desk: Desk) -> None:
    """Somebody with a meter and invoices, an applicant, and contracts that cannot have another account."""
    _add_customer(desk)
    today = desk.today
    _add_contract(desk, APPLICANT_CUSTOMER, "Žadatel Ukázka", APPLICANT_CONTRACT, Term(date(2019, 5, 1)), "2")
    full = _add_contract(desk, FULL_CUSTOMER, "Rodina Ukázka", FULL_CONTRACT, Term(date(2015, 9, 1)), "3")
    for slot_no, suffix in ((1, ""), (2, "-2"), (3, "-3")):
        desk.account(full, slot_no, f"{FULL_CUSTOMER.lower()}{suffix}", f"Rodina Ukázka {slot_no}")
    later = Term(today - timedelta(days=10), effective=month_end(today) + timedelta(days=31))
    _add_contract(desk, LATER_CUSTOMER, "Nový Ukázka", LATER_CONTRACT, later, "4")
    ended = Term(date(2012, 1, 1), until=month_ends(today, 2)[0])
    _add_contract(desk, ENDED_CUSTOMER, "Bývalý Ukázka", ENDED_CONTRACT, ended, "5")
    _add_others(desk)


def _add_others(desk: Desk) -> None:
    """Whose representatives apply in a way of their own (domain.md §6)."""
    since = Term(date(2018, 2, 1))
    others = (
        (JOINT, "Ukázkové domy s.r.o.", "company"),
        (HEIR, "Zesnulý Ukázka", "person"),
        (TENANT, "Vlastnice Ukázka", "person"),
        (EXPIRED, "Odběratelka Ukázka", "person"),
    )
    for door, ((number, customer_no), name, kind) in enumerate(others, start=6):
        _add_contract(desk, customer_no, name, number, since, str(door), kind)


def _address(door: str) -> Address:
    return Address("400 00", "Ukázkov", "Ukázková", "12", "2. patro", f"byt {door}")


def _add_contract(
    desk: Desk, customer_no: str, name: str, number: str, term: Term, door: str, kind: str = "person"
) -> Contract:
    customer = desk.customer(customer_no, name, _address(door), kind)
    return desk.contract(number, customer, term)


def _add_customer(desk: Desk) -> None:
    customer = desk.customer(CUSTOMER, NAME, _address("1"))
    contract = desk.contract(CONTRACT, customer, Term(date(2016, 3, 1)))
    desk.account(contract, 1, LOGIN, NAME)
    ends = month_ends(desk.today, len(USED) + 1)
    value, readings = OPENING, []
    for end, used in zip(ends[1:], USED, strict=True):
        value += Decimal(used)
        readings.append((end, value))
    calibrated = date(desk.today.year - 2, 6, 15)
    desk.meter(
        contract,
        _address("1"),
        MeterPlan(METER, calibrated, date(calibrated.year + 5, 12, 31), (ends[0], OPENING), tuple(readings)),
    )
    _add_invoices(desk, contract)


def _add_invoices(desk: Desk, contract: Contract) -> None:
    """The last months' invoices: this month's is open, those before are settled. Numbers go on from 100."""
    months = [*(end.replace(day=1) for end in month_ends(desk.today, INVOICES - 1)), desk.today.replace(day=1)]
    last: dict[int, int] = {}
    for month, used in zip(months, USED[-INVOICES:], strict=True):
        last[month.year] = last.get(month.year, 100) + 1
        lines = tuple(
            (
                plan.name,
                Decimal(used),
                "m³",
                plan.prices[max(since for since in plan.prices if since <= month)],
                plan.vat_rate,
            )
            for plan in desk.utility.tariffs
        )
        number = f"{month.year}S{last[month.year]:06d}"
        write(desk, contract, PastInvoice(number, month, lines, settled=month != months[-1]))
    for year, count in last.items():
        series(desk, year, count)

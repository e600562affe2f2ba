"""What people call the utility's codes: English msgids, translated where they are shown."""

from collections.abc import Mapping

from akta.languages import N_

METERS: Mapping[str, str] = {"hot_water": N_("Hot-water meter"), "heat": N_("Heat meter")}
READINGS: Mapping[str, str] = {
    "normal": N_("Normal reading"),
    "self": N_("Reported by the customer"),
    "estimated": N_("Estimate"),
    "control": N_("Control reading"),
    "correction": N_("Corrected by the office"),
    "opening": N_("First value"),
    "closing": N_("Closing value of an exchanged meter"),
}
INVOICES: Mapping[str, str] = {
    "heat": N_("Heat"),
    "advance": N_("Advance"),
    "reversal": N_("Reversal"),
}
INVOICE_STATES: Mapping[str, str] = {
    "current": N_("Current month"),
    "part": N_("Partly paid"),
    "overdue": N_("Overdue"),
    "settled": N_("Settled"),
    "reversed": N_("Reversed"),
}
DEBTS: Mapping[str, str] = {
    "principal": N_("Invoice"),
    "interest": N_("Late interest"),
    "demand_fee": N_("Fee for a demand"),
}
LEGAL_TITLES: Mapping[str, str] = {"own": N_("Own debt"), "secondary": N_("Secondary liability")}

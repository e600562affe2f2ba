"""The candidate groups of a customer office: who is asked to do what (domain.md §4)."""

from akta.languages import N_

FRONT_DESK = "front-desk"
MANDATE_VERIFICATION = "mandate-verification"
SIGNATORIES = "signatories"
METERING = "metering"
BILLING = "billing"
SUPERVISION = "supervision"
PHONE = "phone"
FINANCE = "finance"
DISPATCH = "dispatch"
PROCESS_OWNERS = "process-owners"
ADMINISTRATION = "administration"
AUDIT = "audit"

NAMES = {
    FRONT_DESK: N_("Front desk"),
    MANDATE_VERIFICATION: N_("Mandate verification"),
    SIGNATORIES: N_("Signatories"),
    METERING: N_("Metering"),
    BILLING: N_("Billing"),
    SUPERVISION: N_("Supervision"),
    PHONE: N_("Telephone"),
    FINANCE: N_("Finance"),
    DISPATCH: N_("Dispatch"),
    PROCESS_OWNERS: N_("Process owners"),
    ADMINISTRATION: N_("Administration"),
    AUDIT: N_("Audit"),
}
"""What people call each group."""

GROUPS = frozenset(NAMES)

ROLES = {
    FRONT_DESK: "FD",
    MANDATE_VERIFICATION: "LEG",
    SIGNATORIES: "LEG",
    METERING: "MET",
    BILLING: "BIL",
    SUPERVISION: "SUP",
    PHONE: "PH",
    FINANCE: "FIN",
    DISPATCH: "DIS",
    PROCESS_OWNERS: "PO",
    ADMINISTRATION: "ADM",
    AUDIT: "DPO",
}
"""The role of domain.md §4 that each group is for."""

POWERFUL = frozenset({SUPERVISION, PROCESS_OWNERS, ADMINISTRATION, AUDIT})
"""Groups that one administrator alone puts nobody into."""

CASE_WORKERS = GROUPS - {PROCESS_OWNERS, ADMINISTRATION, AUDIT}
"""Groups that work on cases and meet personal data in them. Process owners and administrators do not."""

SEE_EVERY_CASE = frozenset({FRONT_DESK, PHONE, SUPERVISION, AUDIT, "see-case"})
"""Who sees every case of their utility: whoever answers a caller, who oversees the work, who audits it, and a machine
whose key has this scope."""

SEE_ARREARS = CASE_WORKERS - {PHONE, DISPATCH} | {AUDIT}
"""Groups that see what somebody owes: never by telephone (S004-09), and not needed on the road."""

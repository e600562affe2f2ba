"""The candidate groups of a customer office: who is asked to do what (domain.md §4)."""

from akta.languages import N_

FRONT_DESK = "front-desk"
MANDATE_VERIFICATION = "mandate-verification"
SIGNATORIES = "signatories"
METERING = "metering"
BILLING = "billing"
SUPERVISION = "supervision"
PROCESS_OWNERS = "process-owners"
ADMINISTRATION = "administration"

NAMES = {
    FRONT_DESK: N_("Front desk"),
    MANDATE_VERIFICATION: N_("Mandate verification"),
    SIGNATORIES: N_("Signatories"),
    METERING: N_("Metering"),
    BILLING: N_("Billing"),
    SUPERVISION: N_("Supervision"),
    PROCESS_OWNERS: N_("Process owners"),
    ADMINISTRATION: N_("Administration"),
}
"""What people call each group."""

GROUPS = frozenset(NAMES)

CASE_WORKERS = frozenset({FRONT_DESK, MANDATE_VERIFICATION, SIGNATORIES, METERING, BILLING, SUPERVISION})
"""Groups that meet personal data in cases. Process owners and administrators do not."""

SEE_EVERY_CASE = frozenset({FRONT_DESK, SUPERVISION})
"""Groups that see every case of their utility: whoever answers a caller, and who oversees the work."""

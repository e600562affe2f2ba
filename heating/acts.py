"""What may be done for a customer: the acts a mandate covers, one by one (domain.md §2.2)."""

from collections.abc import Mapping
from enum import StrEnum

from akta.languages import N_


class MandateAct(StrEnum):
    """An act that an agent may do only if their mandate covers it (golden rule G2)."""

    VIEW = "view"
    READINGS = "readings"
    DATA = "data"
    SIGN = "sign"
    ARREARS = "arrears"
    PAY = "pay"
    DISPOSITIONS = "dispositions"
    CLOSE = "close"


NAMES: Mapping[str, str] = {
    MandateAct.VIEW: N_("see contracts and consumption"),
    MandateAct.READINGS: N_("submit readings"),
    MandateAct.DATA: N_("change contact data"),
    MandateAct.SIGN: N_("sign agreements"),
    MandateAct.ARREARS: N_("be told about arrears"),
    MandateAct.PAY: N_("pay invoices"),
    MandateAct.DISPOSITIONS: N_("order changes of the heat supply"),
    MandateAct.CLOSE: N_("close the account"),
}
"""What people call each act."""

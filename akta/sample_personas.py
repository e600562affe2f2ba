"""People with an application of their own kind (domain.md §6), at the Czech sample utility: what each sends in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from heating.samples import walkthrough as known

COUNTRY = "CZ"


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who applies: how long ago, for which contract, as what, on which paper.

    `signed` is how long before the application the paper was signed, `ended` how long before it ran out.
    """

    name: str
    ago: timedelta
    numbers: tuple[str, str]
    capacity: str = "self"
    answers: Mapping[str, str] = field(default_factory=dict)
    paper: tuple[str, str, tuple[str, ...]] | None = None
    """The field it answers, its title, its lines."""
    signed: timedelta = timedelta(days=20)
    ended: timedelta | None = None


PERSONAS = (
    Persona("Čtvrtý Ukázka", timedelta(days=1, hours=2), (known.FULL_CONTRACT, known.FULL_CUSTOMER)),
    Persona(
        "Opožděný Zmocněnec",
        timedelta(days=1, hours=3),
        known.EXPIRED,
        "proxy",
        {"represented_name": "Odběratelka Ukázka", "mandate_signed_by": "Odběratelka Ukázka"},
        ("mandate_document", "PLNÁ MOC", ("Odběratelka Ukázka", "zmocňuje k podpisu smlouvy o portálu")),
        signed=timedelta(days=400),
        ended=timedelta(days=35),
    ),
    Persona(
        "Jednatel Ukázka",
        timedelta(days=2, hours=1),
        known.JOINT,
        "statutory_rep",
        {
            "company_name": "Ukázkové domy s.r.o.",
            "company_id": "11122234",
            "mandate_signed_by": "Jednatel Ukázka",
        },
        (
            "register_extract",
            "VÝPIS Z OBCHODNÍHO REJSTŘÍKU",
            ("Ukázkové domy s.r.o.", "jednají dva jednatelé společně"),
        ),
    ),
    Persona(
        "Dědička Ukázka",
        timedelta(days=2, hours=6),
        known.HEIR,
        "authorised_person",
        {"represented_name": "Zesnulý Ukázka", "mandate_signed_by": "Dědička Ukázka"},
        ("authorisation", "ÚMRTNÍ LIST", ("Zesnulý Ukázka", "dědické řízení nebylo skončeno")),
    ),
    Persona(
        "Nájemnice Ukázka",
        timedelta(days=3, hours=5),
        known.TENANT,
        "authorised_person",
        {"represented_name": "Vlastnice Ukázka", "mandate_signed_by": "Vlastnice Ukázka", "acts": "readings"},
        ("authorisation", "SOUHLAS VLASTNICE", ("Vlastnice Ukázka", "zmocňuje nájemnici k odečtům a podpisu smlouvy")),
    ),
)
"""A fourth account, an expired mandate, one of two directors, an heir before probate, a tenant whom the owner backs."""

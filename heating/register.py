"""The company register as a port: who represents a company, and whether only together."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol


class Unreachable(Exception):
    """The register did not answer. That is never taken for a good answer (domain.md §2.2)."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What the register says of a company. `jointly` is how many representatives have to sign together."""

    company_id: str
    name: str
    active: bool
    representatives: tuple[str, ...]
    jointly: int
    as_of: date


class Register(Protocol):
    """A company register."""

    def look_up(self, country: str, company_id: str) -> Extract | None:
        """The extract of a company, or None where the register knows no such company.

        Raises:
            Unreachable: there is no answer.
        """


class NoRegister:
    """For an installation that is connected to no register: it never answers."""

    def look_up(self, country: str, company_id: str) -> Extract | None:
        raise Unreachable("this installation is connected to no company register")


class RecordedRegister:
    """Answers from a file, as a register gave them on a day: for the demo and for tests.

    A company recorded as `unreachable` stands for a register that does not answer.
    """

    def __init__(self, source: Path) -> None:
        self._answers: Mapping[str, Any] = tomllib.loads(source.read_text())

    def look_up(self, country: str, company_id: str) -> Extract | None:
        answer = self._answers.get(country, {}).get(company_id)
        if answer is None:
            return None
        if answer.get("unreachable"):
            raise Unreachable("the register did not answer")
        return Extract(
            company_id=company_id,
            name=answer["name"],
            active=answer["active"],
            representatives=tuple(answer["representatives"]),
            jointly=answer["jointly"],
            as_of=answer["as_of"],
        )

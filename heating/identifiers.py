"""Numbers of companies with their check digits, by country (domain.md §5)."""

from collections.abc import Callable, Mapping


def normal(number: str) -> str:
    """Digits only: as people type spaces and hyphens."""
    return "".join(sign for sign in number if sign not in " -")


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _czech(digits: str) -> bool:
    """IČO: eight digits, the last one from the weighted sum of the others, modulo 11."""
    if len(digits) != 8:
        return False
    return (11 - _weighted(digits[:7], (8, 7, 6, 5, 4, 3, 2)) % 11) % 10 == int(digits[7])


def _polish(digits: str) -> bool:
    """NIP: ten digits, the last one from the weighted sum of the others, modulo 11."""
    return len(digits) == 10 and _weighted(digits[:9], (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11 == int(digits[9])


def _hungarian(digits: str) -> bool:
    """The first eight digits of the tax number, with or without the other three."""
    if len(digits) not in (8, 11):
        return False
    return (10 - _weighted(digits[:7], (9, 7, 3, 1, 9, 7, 3)) % 10) % 10 == int(digits[7])


def _moldovan(digits: str) -> bool:
    """IDNO: thirteen digits, the last one from the weighted sum of the others, modulo 10."""
    return len(digits) == 13 and _weighted(digits[:12], (7, 3, 1) * 4) % 10 == int(digits[12])


_RULES: Mapping[str, Callable[[str], bool]] = {"CZ": _czech, "PL": _polish, "HU": _hungarian, "MD": _moldovan}


def is_company(country: str, number: str) -> bool:
    """Whether this can be the number of a company; a country without a known rule takes any digits."""
    digits = normal(number)
    if not digits.isascii() or not digits.isdecimal():
        return False
    rule = _RULES.get(country)
    return rule(digits) if rule else len(digits) <= 20

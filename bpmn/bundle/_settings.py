"""`bundle.toml` as frozen values: who may start the process, whom it is about, how long it is kept."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

from akta.subjects import Kind
from bpmn.bundle._errors import BundleError
from bpmn.keyed import Keyed
from bpmn.values import YearsMonths

_KEY = re.compile(r"[a-z][a-z0-9-]{0,62}")
_RETENTION = re.compile(r"P(?:([0-9]{1,3})Y)?(?:([0-9]{1,3})M)?")


@dataclass(frozen=True, slots=True)
class StaffStart:
    """The form with which a clerk of one of the groups `by` enters the case, say from paper.

    `channel` is the key of the answer that says how it came in. `received` is that of the day on which the paper or
    message came in, and `received_time` that of the time of day; without them it is the moment of entry.
    """

    form: str
    by: tuple[str, ...]
    received: str = ""
    channel: str = ""
    received_time: str = ""


@dataclass(frozen=True, slots=True)
class Start:
    """How a case begins: the form, the kinds of subject who may send it, the answer that says the case's language.

    Without a form only `staff` begin it.
    """

    form: str
    by: tuple[Kind, ...]
    language_key: str = ""
    staff: StaffStart | None = None


@dataclass(frozen=True, slots=True)
class Applicant:
    """The keys of the answers that say whom the case is about."""

    name: str
    email: str


@dataclass(frozen=True)
class Settings:
    """What `bundle.toml` says. `sources` and `checks` are by place: "start" or the id of a user task.

    `withdraw` is the message offered to the applicant while the case waits, or empty.
    """

    key: str
    retention: YearsMonths
    work_groups: tuple[str, ...]
    start: Start | None = None
    applicant: Applicant | None = None
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    checks: Mapping[str, str] = field(default_factory=dict)
    withdraw: str = ""


def _refusal(what: str) -> BundleError:
    return BundleError(f"bundle.toml: {what}")


def read(source: bytes) -> Settings:
    """Read `bundle.toml`.

    Raises:
        BundleError: not TOML, a value of the wrong kind, a key that is missing or that nothing reads.
    """
    try:
        table = Keyed(tomllib.loads(source.decode()), _refusal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BundleError(f"bundle.toml: {error}") from error
    key = table.text("key")
    if not _KEY.fullmatch(key):
        raise BundleError("bundle.toml: key must be small letters, digits and hyphens, starting with a letter")
    settings = Settings(
        key=key,
        retention=_retention(table.text("retention")),
        work_groups=table.words("work_groups"),
        start=_start(table.table("start")),
        applicant=_applicant(table.table("applicant")),
        sources=_sources(table.table("sources")),
        checks=_checks(table.table("check")),
        withdraw=_withdraw(table.table("withdraw")),
    )
    table.done()
    return settings


def _retention(text: str) -> YearsMonths:
    found = _RETENTION.fullmatch(text)
    months = 12 * int(found[1] or 0) + int(found[2] or 0) if found else 0
    if not months:
        raise BundleError("bundle.toml: retention must be a duration of years and months, such as P10Y")
    return YearsMonths(months)


def _start(table: Keyed | None) -> Start | None:
    if table is None:
        return None
    kinds = {kind.value: kind for kind in (Kind.ANONYMOUS, Kind.CUSTOMER)}
    form, by, language_key = table.text("form", ""), table.words("by"), table.text("language_key", "")
    staff = _staff(table.table("staff"))
    unknown = [kind for kind in by if kind not in kinds]
    if unknown or bool(by) != bool(form) or not (by or staff):
        raise BundleError(f"bundle.toml: start.by must name some of {', '.join(sorted(kinds))}, and start.form a form")
    start = Start(form, tuple(kinds[kind] for kind in by), language_key, staff)
    table.done()
    return start


def _staff(table: Keyed | None) -> StaffStart | None:
    if table is None:
        return None
    keys = (table.text(key, "") for key in ("received", "channel", "received_time"))
    staff = StaffStart(table.text("form"), table.words("by"), *keys)
    table.done()
    if not staff.by:
        raise BundleError("bundle.toml: start.staff.by must name a group")
    return staff


def _applicant(table: Keyed | None) -> Applicant | None:
    if table is None:
        return None
    applicant = Applicant(table.text("name"), table.text("email"))
    table.done()
    return applicant


def _sources(table: Keyed | None) -> Mapping[str, tuple[str, ...]]:
    return {place: table.words(place) for place in table.names()} if table else {}


def _checks(table: Keyed | None) -> Mapping[str, str]:
    return {place: table.text(place) for place in table.names()} if table else {}


def _withdraw(table: Keyed | None) -> str:
    if table is None:
        return ""
    message = table.text("message")
    table.done()
    return message

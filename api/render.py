"""From data to HTML: one template environment per language, with icons, dates, money and addresses at hand."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from akta.languages import NAMES, Language, language
from api import assets

_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)])")
TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Link:
    """A place to go: in the navigation, in a list of errors, as a way on."""

    url: str
    label: str
    icon: str = ""
    current: bool = False
    count: int | None = None
    late: bool = False


@dataclass(frozen=True)
class Page:
    """What every page needs to know about who looks at it and where."""

    path: str = "/"
    """Path and query of this page, to come back to it in another language."""
    house: str = ""
    """Name of the utility."""
    house_language: str = ""
    """The language that name is in, to be read out rightly on a page in another."""
    base: str = ""
    """Where the utility's pages begin: /MIN."""
    phone: str = ""
    dispatch_phone: str = ""
    email: str = ""
    theme: str = ""
    accent: str = ""
    """Address of the stylesheet that gives the utility's own colour, if it has one."""
    csrf: str = ""
    name: str = ""
    """Who is signed in; empty for nobody."""
    role: str = ""
    kind: str = "anonymous"
    languages: Sequence[Link] = ()
    menu: Sequence[Link] = ()
    queues: Sequence[Link] = ()
    demo: bool = False
    density: str = ""
    """How much stands on a page: "compact", or nothing for the usual."""
    notice: str = ""
    live: str = ""
    """Address of the stream that tells when what is shown has changed, if there is one to follow."""
    happened: int | None = None
    """Of the case that is shown, the number of the last thing that had happened in it."""
    terms: str = ""
    """What to say about terms that the visitor has still to accept; nothing where there are none."""


def offered(path: str, current: Language) -> tuple[Link, ...]:
    """The languages a reader may choose, each in its own words."""
    return tuple(Link(code, name, current=code == current.code) for code, name in NAMES.items())


def html(template: str, page: Page, words: Language, /, **data: Any) -> str:
    """The page as text."""
    return environment(words.code, words.zone.key).get_template(template).render(page=page, **data)


@cache
def environment(code: str, zone: str) -> Environment:
    """The templates in one language; strict, so that a misspelt name is an error and not a gap."""
    words = language(code, zone)
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals.update(language=words, icon=icon, static=assets.load().url, due=_due(words), hidden=hidden)
    made.filters.update(
        day=words.day,
        deadline=lambda value: words.day(value, weekday=True),
        short_day=words.short_day,
        moment=words.moment,
        number=words.number,
        money=words.money,
        size=_size(words),
        iso=_iso,
        paragraphs=paragraphs,
        initials=initials,
        linked=linked,
        say=lambda message, **values: words.gettext(message) % values if values else words.gettext(message),
    )
    return made


def icon(name: str, label: str = "") -> Markup:
    """A picture from the sprite: silent beside a word, or named where it stands alone."""
    voice = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    place = assets.load().url("vendor/icons.svg")
    return Markup('<svg class="icon" {}><use href="{}#{}"></use></svg>').format(voice, place, name)


def hidden(name: str, value: object) -> Markup:
    """A field the reader does not see."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(name, value)


def paragraphs(text: str) -> Markup:
    """Plain text with blank lines as paragraphs; nothing in it is markup."""
    blocks = (block.strip() for block in text.replace("\r\n", "\n").split("\n\n"))
    made = (Markup("<p>{}</p>").format(Markup("<br>").join(escape(block).split("\n"))) for block in blocks if block)
    return Markup("\n").join(made)


def linked(text: str) -> Markup:
    """Plain text of a mail: paragraphs, with its addresses made links."""
    made = (Markup("<p>{}</p>").format(_with_links(block)) for block in text.strip().split("\n\n"))
    return Markup("\n").join(made)


def _with_links(text: str) -> Markup:
    parts = _ADDRESS.split(text)
    made = (
        Markup('<a href="{0}">{0}</a>').format(part) if place % 2 else escape(part) for place, part in enumerate(parts)
    )
    return Markup("<br>").join(Markup("").join(made).split("\n"))


def initials(name: str) -> str:
    parts = [part for part in name.split() if part[:1].isalpha()]
    return "".join(part[0] for part in (parts[:1] + parts[-1:] if len(parts) > 1 else parts)).upper() or "?"


def _iso(value: date | datetime) -> str:
    return value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()


def _size(words: Language) -> Any:
    def written(octets: int) -> str:
        if octets < 1024 * 1024:
            return words.gettext("%(count)s kB") % {"count": max(1, round(octets / 1024))}
        from decimal import Decimal

        return words.gettext("%(count)s MB") % {"count": words.number(round(Decimal(octets) / (1024 * 1024), 1))}

    return written


@dataclass(frozen=True)
class Due:
    """A deadline as a person reads it: word, shape and colour together."""

    tone: str
    icon: str
    words: str


def _due(words: Language) -> Any:
    def state(at: datetime | None, now: datetime) -> Due | None:
        """How near a deadline is, counted in days of the reader's own calendar."""
        if at is None:
            return None
        days = (at.astimezone(words.zone).date() - now.astimezone(words.zone).date()).days
        if at < now and days < 0:
            late = words.ngettext("%(count)s day late", "%(count)s days late", -days)
            return Due("late", "triangle-alert", late % {"count": -days})
        if at < now:
            return Due("late", "triangle-alert", words.gettext("late since today"))
        if days == 0:
            return Due("warn", "clock", words.gettext("due today"))
        if days == 1:
            return Due("warn", "clock", words.gettext("due tomorrow"))
        return Due("plain", "calendar-clock", words.gettext("due %(day)s") % {"day": words.short_day(at)})

    return state


def error_list(errors: Mapping[str, str], labels: Mapping[str, str] | None = None) -> tuple[Link, ...]:
    """The summary at the top of a form: each sentence leads to its field and begins with its name."""
    known = labels or {}
    return tuple(
        Link(f"#field-{key}" if key else "#questions", f"{known[key]}: {sentence}" if known.get(key) else sentence)
        for key, sentence in errors.items()
    )

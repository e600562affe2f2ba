"""Letters: DOCX templates of a bundle, filled with the data of a case."""

import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from akta.errors import Invalid
from akta.languages import N_
from documents.kinds import DOCX, is_plain_docx

if TYPE_CHECKING:
    from docxtpl import DocxTemplate
    from jinja2 import nodes

MEDIA_TYPE = DOCX
Filters = Mapping[str, Callable[..., Any]]

_UNDATED = datetime(2000, 1, 1, tzinfo=UTC)
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


class LetterError(Invalid):
    """A letter template cannot be read, says something letters cannot, or needs data that is not there.

    `placeholder` is the data it wants, as a dotted name, where that is the trouble.
    """

    title = N_("The letter cannot be made.")

    def __init__(self, detail: str, placeholder: str = "") -> None:
        super().__init__(detail)
        self.placeholder = placeholder


def placeholders(template: bytes, filters: Filters | None = None) -> set[str]:
    """The data a template needs, as dotted names (`contract.number`).

    Raises:
        LetterError: it is no template, or says something letters cannot.
    """
    from documents._letter_language import paths

    return {path for tree in _parsed(template, filters) for path in paths(tree)}


def readings(template: bytes, filters: Filters | None = None) -> Mapping[tuple[str, ...], bool]:
    """The data a template reads: the steps of each path, `[]` being each item of a list; and whether always.

    Raises:
        LetterError: it is no template, or says something letters cannot.
    """
    from documents._letter_language import readings

    found: dict[tuple[str, ...], bool] = {}
    for reading in (reading for tree in _parsed(template, filters) for reading in readings(tree)):
        found[reading.path] = found.get(reading.path, False) or reading.sure
    return found


def _parsed(template: bytes, filters: Filters | None) -> "list[nodes.Template]":
    """Every text of a template that is rendered, read.

    Raises:
        LetterError: it is no template, or says something letters cannot.
    """
    from jinja2.exceptions import TemplateError

    from documents._letter_language import Environment

    environment = Environment(filters or {})
    try:
        return [environment.parse(source) for source in _sources(_opened(template))]
    except TemplateError as wrong:
        raise LetterError(wrong.message or str(wrong)) from wrong


def fill(
    template: bytes, data: Mapping[str, Any], *, filters: Filters | None = None, made_at: datetime = _UNDATED
) -> bytes:
    """The letter as DOCX: the same template and data give the same bytes.

    Values are printed as text, so dates and amounts come written in the letter's language, or through `filters`.

    Args:
        made_at: what the document says of its own age.

    Raises:
        LetterError: data is missing (`placeholder` names it), or the template is wrong.
    """
    from jinja2.exceptions import SecurityError, TemplateError, UndefinedError

    from documents._letter_language import Environment

    document, environment = _opened(template), Environment(filters or {})
    try:
        document.render(dict(data), environment)
    except UndefinedError as missing:
        name = _missing(template, data, filters, str(missing))
        raise LetterError(f"the letter needs {name}, which is not there", name) from missing
    except (TemplateError, SecurityError) as wrong:
        raise LetterError(wrong.message or str(wrong)) from wrong
    except (TypeError, ValueError) as wrong:  # a value a filter or a comparison cannot take; XML that does not close
        raise LetterError(str(wrong)) from wrong
    return _repeatable(document, made_at)


def _opened(template: bytes) -> "DocxTemplate":
    from docxtpl import DocxTemplate

    if not is_plain_docx(BytesIO(template)):
        raise LetterError("the template is not a Word document without macros")
    document = DocxTemplate(BytesIO(template))
    try:
        document.render_init()
    except Exception as broken:  # a damaged file fails in python-docx or lxml in many ways
        raise LetterError(f"the template cannot be opened: {broken}") from broken
    return document


def _sources(document: "DocxTemplate") -> Iterator[str]:
    """Every text of the document that is rendered, as Jinja will see it."""
    yield document.patch_xml(document.get_xml())
    for kind in (document.HEADER_URI, document.FOOTER_URI):
        for _, part in document.get_headers_footers(kind):
            yield document.patch_xml(document.get_part_xml(part))
    for part in document.docx.part.package.parts:
        if part.content_type.endswith("wordprocessingml.footnotes+xml"):
            yield document.patch_xml(part.blob.decode())
    properties = document.docx.core_properties
    for name in ("author", "comments", "identifier", "language", "subject", "title"):
        yield getattr(properties, name)


def _missing(template: bytes, data: Mapping[str, Any], filters: Filters | None, said: str) -> str:
    """Jinja names only the last part of what is missing; find the whole path in the template."""
    absent = sorted(path for path in placeholders(template, filters) if not _has(data, path))
    quoted = re.findall(r"'(\w+)'", said)
    named = [path for path in absent if quoted and quoted[-1] in path.split(".")]
    return (named or absent or quoted or [said])[0]


def _has(data: Any, path: str) -> bool:
    for part in path.split("."):
        if not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def _repeatable(document: "DocxTemplate", made_at: datetime) -> bytes:
    """The document without anything that differs between two equal ones: times, archive dates."""
    properties = document.docx.core_properties
    properties.created = properties.modified = made_at.astimezone(UTC).replace(tzinfo=None)
    properties.last_modified_by = ""
    properties.revision = 1
    written, repeatable = BytesIO(), BytesIO()
    document.save(written)
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(repeatable, "w") as target:
        for part in source.infolist():
            entry = zipfile.ZipInfo(part.filename, _ZIP_EPOCH)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            target.writestr(entry, source.read(part))
    return repeatable.getvalue()

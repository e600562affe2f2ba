"""The page that shows every part of the look once, in both themes: for development and for its tests."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from akta.errors import NotFound
from akta.languages import SOURCE_LANGUAGE, language
from api import render
from api.dependencies import ServicesDep, public
from api.pages import frame
from api.render import Page
from bpmn.forms import FieldView, FileView, OptionView

router = APIRouter()


@router.get("/design", dependencies=[public])
def design_page(request: Request, services: ServicesDep) -> Response:
    """Raises NotFound outside the demo."""
    if not services.demo:
        raise NotFound("design")
    theme = request.cookies.get(frame.THEME_COOKIE, "")
    page = Page(house="Minta cég (1)", phone="+36 00 000 000", theme=theme if theme in frame.THEMES else "")
    now = services.clock.now()
    uploads = {"url": "#", "limit": services.upload_limit, "names": {"1": "power-of-attorney.pdf"}}
    shown: dict[str, Any] = {"fields": _fields(), "uploads": uploads, "now": now, "days": _days(now), "choices": ()}
    return HTMLResponse(render.html("design.html", page, language(SOURCE_LANGUAGE), **shown))


def _days(now: Any) -> list[Any]:
    return [now + timedelta(days=days) for days in (-2, 0, 1, 9)]


def _fields() -> tuple[FieldView, ...]:
    own, other = OptionView("self", "For myself", True), OptionView("proxy", "For somebody else", False)
    return (
        FieldView("group", "contract", "Contract", hint="It stands on every invoice, top right"),
        FieldView("textfield", "contract_no", "Contract number", hint="For example S-100001", required=True),
        FieldView("radio", "capacity", "Who are you applying for?", options=(own, other), input_type="radio"),
        FieldView(
            "number",
            "value",
            "Value on the meter",
            required=True,
            value="1037",
            suffix="m³",
            inputmode="decimal",
            error="The value is lower than the last one, 1 073. Look at the meter again.",
        ),
        FieldView("datetime", "read_at", "Read on", required=True, input_type="date", value="2014-11-10"),
        FieldView("select", "language", "Language of the letters", options=(own, other)),
        FieldView("textarea", "comment", "Comment", rows=3),
        FieldView("checkbox", "terms", "I have read the terms of use", required=True),
        FieldView(
            "filepicker", "mandate", "Power of attorney", multiple=True, required=True, files=(FileView("1", ""),)
        ),
        FieldView("textfield", "shown", "Customer", readonly=True, shown="Minta Ügyfél (SU0044)"),
    )

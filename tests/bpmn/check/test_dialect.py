"""`docs/bpmn.md` says of each extension of the dialect whether it is run, only drawn or refused; the check agrees."""

import re
from pathlib import Path

import pytest

from bpmn import check, model
from bpmn.model import _zeebe
from tests.bpmn.models import bpmn, ext, node, straight

TEXT = (Path(__file__).parents[3] / "docs" / "bpmn.md").read_text()
SECTION = TEXT.partition("## The dialect\n")[2].partition("\n## ")[0]
ROWS = re.findall(r"^\| `zeebe:(\w+)` \| (?:`(\w+)`)? ?\| (\w+) \|", SECTION, re.MULTILINE)
VALUES = {"propagateAllParentVariables": "true", "propagateAllChildVariables": "true", "bindingType": "deployment"}


def refused(extension: str, attribute: str) -> bool:
    """Whether the check refuses the extension where a modeller writes it."""
    said = f'<zeebe:{extension} {attribute}="{VALUES.get(attribute, "=x")}"/>' if attribute else f"<zeebe:{extension}/>"
    outside = ""
    match extension:
        case "subscription":
            outside = node("message", "m", ext(said), name="paid")
            inside = straight(node("receiveTask", "here", messageRef="m"))
        case "conditionalFilter":
            event = f"<bpmn:conditionalEventDefinition>{ext(said)}<bpmn:condition>=x</bpmn:condition>"
            event += "</bpmn:conditionalEventDefinition>"
            inside = straight(node("intermediateCatchEvent", "here", event))
        case "loopCharacteristics":
            inside = straight(node("userTask", "here", node("multiInstanceLoopCharacteristics", "many", ext(said))))
        case "userTaskForm" | "versionTag":
            inside = ext(said) + straight(node("userTask", "here"))
        case _:
            inside = straight(node("userTask", "here", ext(said)))
    found = check.check_model(model.read(bpmn(inside, outside)))
    return any(each.code == "unsupported-extension" for each in found)


def test_the_table_is_there() -> None:
    assert len(ROWS) > 40
    assert {verdict for _, _, verdict in ROWS} == {"run", "drawn", "refused"}


@pytest.mark.parametrize(("extension", "attribute", "verdict"), ROWS)
def test_the_table_is_what_the_check_says(extension: str, attribute: str, verdict: str) -> None:
    assert refused(extension, attribute) is (verdict == "refused")


def test_everything_that_is_read_is_in_the_table() -> None:
    read = {(name, key) for name, keys in _zeebe._ATTRIBUTES.items() for key in keys} | _zeebe._HARMLESS
    assert read <= {(extension, attribute) for extension, attribute, verdict in ROWS if verdict != "refused"}


@pytest.mark.parametrize("place", ["element", "process", "event"])
def test_an_extension_nobody_knows_is_refused(place: str) -> None:
    said = ext("<zeebe:newest/>")
    timer = f"<bpmn:timerEventDefinition>{said}<bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"
    inside = {
        "element": straight(node("manualTask", "here", said)),
        "process": said + straight(node("manualTask", "here")),
        "event": straight(node("intermediateCatchEvent", "here", timer)),
    }[place]
    found = check.check_model(model.read(bpmn(inside)))
    assert [(each.code, each.element) for each in found if each.severity == "error"] == [
        ("unsupported-extension", "toy" if place == "process" else "here")
    ]

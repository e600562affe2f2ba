"""Pictures as diagram interchange: the text of shapes and ways."""

from collections.abc import Iterator

from lxml import etree

from bpmn.importing._layout import Picture
from bpmn.importing._source import Source, attributes
from bpmn.xml import is_bpmn, local

_SPACES = (
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI"'
)
MARGIN = 80.0
"""Around a picture, and between what was drawn and what is added."""


class Scribe:
    """Writes pictures as diagram interchange."""

    def __init__(self, source: Source, ids: set[str]) -> None:
        self.source = source
        self.ids = ids
        self.shapes = 0
        self.kinds = {str(node.get("id")): node for node in source.nodes() if is_bpmn(node) and node.get("id")}

    def diagram(self, about: etree._Element, picture: Picture) -> None:
        """A page of its own for a process, collaboration or collapsed sub-process."""
        id_ = str(about.get("id"))
        moved = Picture()
        moved.add(picture, MARGIN, MARGIN)
        head = attributes({"id": self._new(f"BPMNDiagram_{id_}")})
        plane = attributes({"id": self._new(f"BPMNPlane_{id_}"), "bpmnElement": id_})
        lines = "".join(f"\n      {line}" for line in self._lines(moved, ""))
        self.source.append(
            self.source.root,
            f"\n  <bpmndi:BPMNDiagram {_SPACES}{head}>\n    <bpmndi:BPMNPlane{plane}>{lines}"
            "\n    </bpmndi:BPMNPlane>\n  </bpmndi:BPMNDiagram>",
        )

    def add(self, plane: etree._Element, picture: Picture) -> None:
        """More shapes and ways in a plane that is there."""
        for line in self._lines(picture, f" {_SPACES}"):
            self.source.append(plane, f"\n      {line}")

    def _lines(self, picture: Picture, spaces: str) -> Iterator[str]:
        order = sorted(picture.shapes.items(), key=lambda entry: -entry[1].width * entry[1].height)
        for id_, rect in order:
            self.shapes += 1
            given = {"id": self._new(f"{id_}_di"), "bpmnElement": id_, **self._looks(id_)}
            x, y, width, height = (str(round(value)) for value in (rect.x, rect.y, rect.width, rect.height))
            bounds = attributes({"x": x, "y": y, "width": width, "height": height})
            yield f"<bpmndi:BPMNShape{spaces}{attributes(given)}><dc:Bounds{bounds}/></bpmndi:BPMNShape>"
        for id_, points in picture.routes.items():
            given = {"id": self._new(f"{id_}_di"), "bpmnElement": id_}
            way = "".join(f'<di:waypoint x="{round(x)}" y="{round(y)}"/>' for x, y in points)
            yield f"<bpmndi:BPMNEdge{spaces}{attributes(given)}>{way}</bpmndi:BPMNEdge>"

    def _looks(self, id_: str) -> dict[str, str]:
        match local(self.kinds[id_]):
            case "subProcess" | "transaction" | "adHocSubProcess":
                return {"isExpanded": "true"}
            case "participant" | "lane":
                return {"isHorizontal": "true"}
            case "exclusiveGateway":
                return {"isMarkerVisible": "true"}
        return {}

    def _new(self, wanted: str) -> str:
        id_, count = wanted, 1
        while id_ in self.ids:
            count += 1
            id_ = f"{wanted}_{count}"
        self.ids.add(id_)
        return id_

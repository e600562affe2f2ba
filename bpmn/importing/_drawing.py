"""Diagram interchange for what has none: every element gets its shape, every flow its way; what is drawn stays."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from bpmn.importing._layout import EVENT, Edge, Graph, Picture, Point, Rect, arrange
from bpmn.importing._scribe import MARGIN, Scribe
from bpmn.importing._source import Source
from bpmn.model import NODES
from bpmn.xml import BPMN, is_bpmn, local

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_SIZES: Mapping[str, tuple[float, float]] = {
    "dataObjectReference": (36, 50),
    "dataStoreReference": (50, 50),
    "textAnnotation": (140, 50),
}
_GATEWAY, _TASK = (50.0, 50.0), (100.0, 80.0)
_PADDING, _HEADING = 20.0, 30.0
_LABEL = 30.0
"""Width of the strip with the name of a pool or lane."""


@dataclass(frozen=True)
class Drawn:
    """What has a shape already, with its bounds, and what has an edge; the plane each shape stands in."""

    shapes: Mapping[str, Rect]
    edges: frozenset[str]
    planes: Mapping[str, etree._Element]
    collapsed: frozenset[str]


def draw(source: Source) -> int:
    """Add what is missing; says how many shapes that were."""
    drawn = _drawn(source.root)
    ids = {str(node.get("id")) for node in source.nodes() if node.get("id")}
    scribe = Scribe(source, ids)
    collaboration = source.root.find(f"{BPMN}collaboration")
    processes = list(source.root.iterchildren(f"{BPMN}process"))
    bare = not any(is_bpmn(node) and node.get("id") in drawn.shapes for node in source.nodes())
    if collaboration is not None and bare:
        scribe.diagram(collaboration, _pools(collaboration, processes, source.root))
        return scribe.shapes
    for process in processes:
        known = next((drawn.planes[id_] for id_ in _inside(process) if id_ in drawn.planes), None)
        if known is None and collaboration is not None:
            known = next(iter(drawn.planes.values()), None)
        if known is None:
            if any(True for _ in _members(process)):
                scribe.diagram(process, _container(process))
        else:
            _complete(process, known, drawn, scribe)
    return scribe.shapes


def _drawn(root: etree._Element) -> Drawn:
    shapes: dict[str, Rect] = {}
    planes: dict[str, etree._Element] = {}
    collapsed: set[str] = set()
    edges: set[str] = set()
    for plane in root.iter(f"{_DI}BPMNPlane"):
        for each in plane.iterchildren():
            about = (each.get("bpmnElement") or "").rpartition(":")[2]
            if each.tag == f"{_DI}BPMNEdge":
                edges.add(about)
            elif each.tag == f"{_DI}BPMNShape":
                shapes[about] = _bounds(each.find(f"{_DC}Bounds"))
                planes[about] = plane
                if each.get("isExpanded") != "true":
                    collapsed.add(about)
    return Drawn(shapes, frozenset(edges), planes, frozenset(collapsed))


def _bounds(node: etree._Element | None) -> Rect:
    numbers = [0.0 if node is None else _number(node.get(key, "")) for key in ("x", "y", "width", "height")]
    return Rect(*numbers)


def _number(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        return 0.0
    return found if math.isfinite(found) and abs(found) < 1e7 else 0.0


def _members(container: etree._Element) -> Iterator[etree._Element]:
    """What stands in a container and has a shape."""
    for child in container.iterchildren():
        if is_bpmn(child) and (local(child) in NODES or local(child) in _SIZES) and child.get("id"):
            yield child


def _inside(container: etree._Element) -> Iterator[str]:
    for node in container.iter():
        if node is not container and node.get("id"):
            yield str(node.get("id"))


def _size(node: etree._Element) -> tuple[float, float]:
    kind = local(node)
    if kind.endswith("Event"):
        return EVENT, EVENT
    return _GATEWAY if kind.endswith("Gateway") else _SIZES.get(kind, _TASK)


def _container(container: etree._Element, but: Iterable[str] = ()) -> Picture:
    """A process or sub-process with all that is in it, but for some of its own elements."""
    left_out = set(but)
    members = [node for node in _members(container) if node.get("id") not in left_out]
    sizes: dict[str, tuple[float, float]] = {}
    inner: dict[str, Picture] = {}
    for node in members:
        id_ = str(node.get("id"))
        sizes[id_] = _size(node)
        if local(node) in _CONTAINERS and any(True for _ in _members(node)):
            inner[id_] = _container(node)
            sizes[id_] = max(_TASK[0], inner[id_].width + 2 * _PADDING), inner[id_].height + _HEADING + _PADDING
    lanes = _lanes(container) if not left_out else []
    graph = Graph(sizes, list(_flows(container)), _hosts(members), _bands(lanes), max(1, len(lanes)))
    picture = arrange(graph)
    for id_, part in inner.items():
        picture.add(part, picture.shapes[id_].x + _PADDING, picture.shapes[id_].y + _HEADING)
    _join(container, picture)
    if lanes:
        picture.bands[-1] = _grown(picture.bands[-1], picture.height)
        for lane, band in zip(lanes, picture.bands, strict=True):
            picture.shapes[str(lane.get("id"))] = band
    return picture


def _grown(band: Rect, bottom: float) -> Rect:
    return Rect(band.x, band.y, band.width, max(band.height, bottom - band.y))


def _flows(container: etree._Element) -> Iterator[Edge]:
    for flow in container.iterchildren(f"{BPMN}sequenceFlow"):
        if flow.get("id"):
            yield Edge(str(flow.get("id")), flow.get("sourceRef", ""), flow.get("targetRef", ""))


def _hosts(members: Iterable[etree._Element]) -> dict[str, str]:
    plain = {str(node.get("id")) for node in members if local(node) != "boundaryEvent"}
    return {
        str(node.get("id")): node.get("attachedToRef", "")
        for node in members
        if local(node) == "boundaryEvent" and node.get("attachedToRef", "") in plain
    }


def _lanes(container: etree._Element) -> list[etree._Element]:
    """Lanes that have no lanes inside: the bands of the picture."""
    lanes = [lane for lane in container.iterfind(f"{BPMN}laneSet//{BPMN}lane") if lane.get("id")]
    return [lane for lane in lanes if lane.find(f"{BPMN}childLaneSet") is None]


def _bands(lanes: Iterable[etree._Element]) -> dict[str, int]:
    return {
        "".join(member.itertext()).strip(): place
        for place, lane in enumerate(lanes)
        for member in lane.iterchildren(f"{BPMN}flowNodeRef")
    }


def _join(container: etree._Element, picture: Picture) -> None:
    """Associations, of words and of data, as straight lines."""
    for node in container.iterchildren():
        ends = []
        if node.tag == f"{BPMN}association":
            ends = [(node, node.get("sourceRef", ""), node.get("targetRef", ""))]
        ends += [
            (each, *_data_ends(each, str(node.get("id"))))
            for tag in ("dataInputAssociation", "dataOutputAssociation")
            for each in node.iterchildren(f"{BPMN}{tag}")
        ]
        for each, one, two in ends:
            if each.get("id") and one in picture.shapes and two in picture.shapes:
                picture.routes[str(each.get("id"))] = _line(picture.shapes[one], picture.shapes[two])


def _data_ends(association: etree._Element, owner: str) -> tuple[str, str]:
    if association.tag == f"{BPMN}dataInputAssociation":
        return (association.findtext(f"{BPMN}sourceRef") or "").strip(), owner
    return owner, (association.findtext(f"{BPMN}targetRef") or "").strip()


def _line(one: Rect, two: Rect) -> list[Point]:
    """From border to border, straight."""
    return [_border(one, two.middle), _border(two, one.middle)]


def _border(rect: Rect, towards: Point) -> Point:
    x, y = rect.middle
    dx, dy = towards[0] - x, towards[1] - y
    scale = max(abs(dx) / (rect.width / 2 or 1), abs(dy) / (rect.height / 2 or 1))
    return (x, y) if not scale else (x + dx / max(scale, 1), y + dy / max(scale, 1))


def _pools(collaboration: etree._Element, processes: list[etree._Element], root: etree._Element) -> Picture:
    """The pools of a collaboration one below the other, and after them processes that have none."""
    by_id = {process.get("id"): process for process in processes}
    whole = Picture()
    for pool in collaboration.iterchildren(f"{BPMN}participant"):
        process = by_id.pop((pool.get("processRef") or "").rpartition(":")[2], None)
        inner = Picture(width=600, height=60) if process is None else _container(process)
        _add_below(whole, inner, _LABEL)
        rect = Rect(0, whole.height - inner.height, inner.width + _LABEL, inner.height)
        whole.shapes[str(pool.get("id"))] = rect
    for process in by_id.values():
        _add_below(whole, _container(process), 0)
    for flow in collaboration.iterchildren(f"{BPMN}messageFlow"):
        one, two = (whole.shapes.get(flow.get(end, "")) for end in ("sourceRef", "targetRef"))
        if one is not None and two is not None and flow.get("id"):
            whole.routes[str(flow.get("id"))] = _line(one, two)
    return whole


def _add_below(whole: Picture, inner: Picture, dx: float) -> None:
    top = whole.height + (MARGIN / 2 if whole.height else 0)
    whole.add(inner, dx, top)
    whole.height, whole.width = top + inner.height, max(whole.width, dx + inner.width)


def _complete(process: etree._Element, plane: etree._Element, drawn: Drawn, scribe: Scribe) -> None:
    """Put what has no shape below what has, or on a page of its own if it is inside something collapsed."""
    bottom = max((rect.bottom for id_, rect in drawn.shapes.items() if drawn.planes[id_] is plane), default=0.0)
    left = min((rect.x for id_, rect in drawn.shapes.items() if drawn.planes[id_] is plane), default=0.0)
    known = dict(drawn.shapes)
    below = Picture()
    for container in (process, *(node for node in process.iter() if is_bpmn(node) and local(node) in _CONTAINERS)):
        members = [str(node.get("id")) for node in _members(container)]
        missing = [id_ for id_ in members if id_ not in drawn.shapes]
        if container is not process and container.get("id") not in drawn.shapes:
            continue
        if missing and len(missing) == len(members) and container.get("id") in drawn.collapsed:
            scribe.diagram(container, _container(container))
        elif missing:
            _add_below(below, _container(container, but=set(members) & drawn.shapes.keys()), 0)
    moved = Picture()
    moved.add(below, left, bottom + MARGIN)
    known |= moved.shapes
    for flow in process.iter(f"{BPMN}sequenceFlow"):
        id_, one, two = str(flow.get("id")), known.get(flow.get("sourceRef", "")), known.get(flow.get("targetRef", ""))
        if id_ not in drawn.edges and id_ not in moved.routes and one is not None and two is not None:
            moved.routes[id_] = _line(one, two)
    moved.routes = {id_: points for id_, points in moved.routes.items() if id_ not in drawn.edges}
    scribe.add(plane, moved)

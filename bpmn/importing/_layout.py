"""A layout for a flow: layers from left to right, in bands from top to bottom. Pure geometry, in pixels."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]

COLUMN_GAP, ROW_GAP, TRACK, BORDER_ROOM = 60.0, 40.0, 20.0, 26.0
EVENT = 36.0
"""Width and height of an event; one on a border stands half outside."""


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def moved(self, dx: float, dy: float) -> "Rect":
        return Rect(self.x + dx, self.y + dy, self.width, self.height)


@dataclass
class Picture:
    """Shapes and routes by id, from the origin to the right and down."""

    width: float = 0.0
    height: float = 0.0
    shapes: dict[str, Rect] = field(default_factory=dict)
    routes: dict[str, list[Point]] = field(default_factory=dict)
    bands: list[Rect] = field(default_factory=list)

    def add(self, other: "Picture", dx: float, dy: float) -> None:
        """Take in another picture, moved."""
        self.shapes |= {id_: rect.moved(dx, dy) for id_, rect in other.shapes.items()}
        self.routes |= {id_: [(x + dx, y + dy) for x, y in points] for id_, points in other.routes.items()}


@dataclass(frozen=True, slots=True)
class Edge:
    id: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Graph:
    """What to lay out: sizes by node in the order of the model, edges, and on which node a border event stands.

    `band` is the band of a node where there are several, one below the other. Ends of edges that are no nodes, and
    borders of no node, are not drawn.
    """

    sizes: Mapping[str, tuple[float, float]]
    edges: Sequence[Edge]
    hosts: Mapping[str, str] = field(default_factory=dict)
    band: Mapping[str, int] = field(default_factory=dict)
    bands: int = 1


def arrange(graph: Graph) -> Picture:
    """Every node gets a place of its own; only a border event stands on another, its host."""
    return _Arranging(graph).picture()


class _Arranging:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.sizes: dict[str, tuple[float, float]] = {
            id_: size for id_, size in graph.sizes.items() if graph.hosts.get(id_) not in graph.sizes
        }
        self.borders: dict[str, list[str]] = defaultdict(list)
        for border, host in graph.hosts.items():
            if border in graph.sizes and border not in self.sizes:
                self.borders[host].append(border)
        for host, borders in self.borders.items():
            if host in self.sizes:
                width, height = self.sizes[host]
                self.sizes[host] = max(width, len(borders) * (EVENT + 14) + 14), height
        self.edges = [edge for edge in graph.edges if edge.source in graph.sizes and edge.target in graph.sizes]
        self.band = {id_: graph.band.get(id_, 0) for id_ in self.sizes}
        self.back = self._back_edges()
        self.layer = self._layers()
        self.via = self._long_edges()

    def _node(self, id_: str) -> str:
        """The node that stands for an end of an edge: a border event's host."""
        return id_ if id_ in self.sizes else self.graph.hosts[id_]

    def _ends(self, edge: Edge) -> tuple[str, str]:
        return self._node(edge.source), self._node(edge.target)

    def _back_edges(self) -> set[str]:
        """Edges that lead back to where the way to them came by, in a walk in the order of the model."""
        leaving: dict[str, list[Edge]] = defaultdict(list)
        arrived: set[str] = set()
        for edge in self.edges:
            leaving[self._ends(edge)[0]].append(edge)
            arrived.add(self._ends(edge)[1])
        back: set[str] = set()
        done: set[str] = set()
        begin = [id_ for id_ in self.sizes if id_ not in arrived]
        for root in (*begin, *self.sizes):
            if root in done:
                continue
            under_way, stack = {root}, [(root, iter(leaving[root]))]
            while stack:
                here, edges = stack[-1]
                for edge in edges:
                    target = self._ends(edge)[1]
                    if target in under_way:
                        back.add(edge.id)
                    elif target not in done:
                        under_way.add(target)
                        stack.append((target, iter(leaving[target])))
                        break
                else:
                    stack.pop()
                    under_way.discard(here)
                    done.add(here)
        return back

    def _forward(self) -> list[Edge]:
        return [edge for edge in self.edges if edge.id not in self.back]

    def _layers(self) -> dict[str, int]:
        """For each node the longest way to it."""
        waiting: dict[str, int] = dict.fromkeys(self.sizes, 0)
        leaving: dict[str, list[str]] = defaultdict(list)
        for edge in self._forward():
            source, target = self._ends(edge)
            leaving[source].append(target)
            waiting[target] += 1
        layer = dict.fromkeys(self.sizes, 0)
        ready = [id_ for id_, count in waiting.items() if not count]
        while ready:
            here = ready.pop()
            for target in leaving[here]:
                layer[target] = max(layer[target], layer[here] + 1)
                waiting[target] -= 1
                if not waiting[target]:
                    ready.append(target)
        return layer

    def _long_edges(self) -> dict[str, list[str]]:
        """For an edge over several layers a place to pass by in each between."""
        via: dict[str, list[str]] = {}
        for edge in self._forward():
            source, target = self._ends(edge)
            passed = []
            for layer in range(self.layer[source] + 1, self.layer[target]):
                id_ = f"\0{edge.id}\0{layer}"
                self.sizes[id_], self.layer[id_], self.band[id_] = (0.0, 10.0), layer, self.band[target]
                passed.append(id_)
            via[edge.id] = passed
        return via

    def _rows(self) -> list[list[str]]:
        """The nodes of each layer from top to bottom: near to where their edges come from."""
        before: dict[str, list[str]] = defaultdict(list)
        for edge in self._forward():
            source, target = self._ends(edge)
            way = [source, *self.via[edge.id], target]
            for one, two in pairwise(way):
                before[two].append(one)
        layers: list[list[str]] = [[] for _ in range(max(self.layer.values(), default=-1) + 1)]
        for id_, layer in self.layer.items():
            layers[layer].append(id_)
        at: dict[str, float] = {}
        for nodes in layers:
            nodes.sort(key=lambda id_: sum(at[one] for one in before[id_]) / len(before[id_]) if before[id_] else 0.0)
            at |= {id_: float(place) for place, id_ in enumerate(nodes)}
        return layers

    def picture(self) -> Picture:
        layers = self._rows()
        picture = Picture()
        self.columns = self._columns(layers)
        top = TRACK
        for band in range(self.graph.bands):
            stacks = [[id_ for id_ in nodes if self.band[id_] == band] for nodes in layers]
            height = max((self._height(stack) for stack in stacks), default=0.0) or 80.0
            for stack, (x, width) in zip(stacks, self.columns, strict=True):
                y = top + (height - self._height(stack)) / 2
                for id_ in stack:
                    own_width, own_height = self.sizes[id_]
                    picture.shapes[id_] = Rect(x + (width - own_width) / 2, y, own_width, own_height)
                    y += self._slot(id_) + ROW_GAP
            picture.bands.append(Rect(0, top - TRACK, 0, height + 2 * TRACK))
            top += height + 2 * TRACK
        picture.width = (self.columns[-1][0] + self.columns[-1][1] if self.columns else 0.0) + COLUMN_GAP
        picture.height = top - TRACK
        self._put_borders(picture)
        self._route(picture)
        picture.shapes = {id_: rect for id_, rect in picture.shapes.items() if not id_.startswith("\0")}
        picture.bands = [Rect(0, band.y, picture.width, band.height) for band in picture.bands]
        return picture

    def _slot(self, id_: str) -> float:
        return self.sizes[id_][1] + (BORDER_ROOM if id_ in self.borders else 0.0)

    def _height(self, stack: Sequence[str]) -> float:
        return sum(self._slot(id_) for id_ in stack) + ROW_GAP * max(0, len(stack) - 1)

    def _columns(self, layers: Sequence[Sequence[str]]) -> list[tuple[float, float]]:
        """Left side and width of each layer."""
        columns, x = [], COLUMN_GAP
        for nodes in layers:
            width = max(self.sizes[id_][0] for id_ in nodes)
            columns.append((x, width))
            x += width + COLUMN_GAP
        return columns

    def _put_borders(self, picture: Picture) -> None:
        for host, borders in self.borders.items():
            if host not in picture.shapes:
                continue
            rect = picture.shapes[host]
            for place, border in enumerate(borders):
                x = rect.x + 14 + place * (EVENT + 14)
                picture.shapes[border] = Rect(x, rect.bottom - EVENT / 2, EVENT, EVENT)

    def _route(self, picture: Picture) -> None:
        for edge in self.edges:
            source, target = self._ends(edge)
            points = self._leave(picture, edge, source)
            if edge.id in self.back:
                below = picture.height + TRACK / 2
                picture.height += TRACK
                x, width = self.columns[self.layer[source]]
                out, into = x + width + COLUMN_GAP / 4, self.columns[self.layer[target]][0] - COLUMN_GAP / 4
                points += [(out, points[-1][1]), (out, below), (into, below)]
                self._arrive(points, picture.shapes[edge.target], into)
            else:
                for passed in self.via[edge.id]:
                    column, width = self.columns[self.layer[passed]]
                    middle = picture.shapes[passed].middle[1]
                    self._turn(points, column - COLUMN_GAP / 2, middle)
                    points.append((column + width, middle))
                self._arrive(points, picture.shapes[edge.target], self.columns[self.layer[target]][0] - COLUMN_GAP / 2)
            picture.routes[edge.id] = _straightened(points)

    def _leave(self, picture: Picture, edge: Edge, source: str) -> list[Point]:
        rect = picture.shapes[edge.source]
        if edge.source == source:
            return [(rect.right, rect.middle[1])]
        return [(rect.middle[0], rect.bottom), (rect.middle[0], rect.bottom + 12)]

    def _turn(self, points: list[Point], x: float, y: float) -> None:
        points += [(x, points[-1][1]), (x, y)]

    def _arrive(self, points: list[Point], target: Rect, x: float) -> None:
        self._turn(points, x, target.middle[1])
        points.append((target.x, target.middle[1]))


def _straightened(points: Sequence[Point]) -> list[Point]:
    """Without points that stand on the line between their neighbours."""
    found: list[Point] = []
    for point in points:
        while len(found) > 1 and (found[-2][0] == found[-1][0] == point[0] or found[-2][1] == found[-1][1] == point[1]):
            found.pop()
        if not found or found[-1] != point:
            found.append(point)
    return found if len(found) > 1 else [*found, *found]

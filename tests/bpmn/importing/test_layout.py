"""A layout gives every node a place of its own, and every flow a way between its two ends."""

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from bpmn.importing._layout import Edge, Graph, Picture, Rect, arrange


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    nodes = [f"n{number}" for number in range(draw(st.integers(1, 14)))]
    size = st.sampled_from([(36.0, 36.0), (50.0, 50.0), (100.0, 80.0), (300.0, 200.0)])
    sizes = {id_: draw(size) for id_ in nodes}
    hosts = {f"b{n}": draw(st.sampled_from(nodes)) for n in range(draw(st.integers(0, 4)))}
    sizes |= dict.fromkeys(hosts, (36.0, 36.0))
    ends = st.tuples(st.sampled_from([*nodes, *hosts]), st.sampled_from(nodes))
    edges = [Edge(f"e{n}", *pair) for n, pair in enumerate(draw(st.lists(ends, max_size=25)))]
    bands = draw(st.integers(1, 3))
    return Graph(sizes, edges, hosts, {id_: draw(st.integers(0, bands - 1)) for id_ in nodes}, bands)


def overlap(one: Rect, two: Rect) -> bool:
    return one.x < two.right and two.x < one.right and one.y < two.bottom and two.y < one.bottom


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_nothing_stands_on_anything_else_but_a_border_on_its_host(graph: Graph) -> None:
    picture = arrange(graph)
    assert picture.shapes.keys() == graph.sizes.keys()
    for one, two in combinations(picture.shapes, 2):
        if graph.hosts.get(one) != two and graph.hosts.get(two) != one:
            assert not overlap(picture.shapes[one], picture.shapes[two]), (one, two)
    for border, host in graph.hosts.items():
        middle = picture.shapes[border].middle
        assert picture.shapes[host].x < middle[0] < picture.shapes[host].right
        assert middle[1] == picture.shapes[host].bottom
    for rect in picture.shapes.values():
        assert rect.x >= 0
        assert rect.y >= 0
        assert rect.right <= picture.width
        assert rect.bottom <= picture.height


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_every_flow_leads_by_right_angles_from_one_end_to_the_other(graph: Graph) -> None:
    picture = arrange(graph)
    for edge in graph.edges:
        points = picture.routes[edge.id]
        assert len(points) >= 2
        assert all(one[0] == two[0] or one[1] == two[1] for one, two in pairwise(points))
        source, target = picture.shapes[edge.source], picture.shapes[edge.target]
        assert points[0] in ((source.right, source.middle[1]), (source.middle[0], source.bottom))
        assert points[-1] == (target.x, target.middle[1])


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_a_flow_passes_through_nothing(graph: Graph) -> None:
    picture = arrange(graph)
    plain = {id_: rect for id_, rect in picture.shapes.items() if id_ not in graph.hosts}
    for edge in graph.edges:
        for (x, y), (x2, y2) in pairwise(picture.routes[edge.id]):
            way = Rect(min(x, x2) + 0.5, min(y, y2) + 0.5, abs(x - x2) - 1, abs(y - y2) - 1)
            assert not any(_crosses(way, rect) for rect in plain.values()), edge


def _crosses(way: Rect, rect: Rect) -> bool:
    inside = Rect(rect.x + 1, rect.y + 1, rect.width - 2, rect.height - 2)
    return way.x < inside.right and way.right > inside.x and way.y < inside.bottom and way.bottom > inside.y


def test_nothing_is_a_picture_too() -> None:
    assert arrange(Graph({}, [])) == Picture(60.0, 120.0, bands=[Rect(0, 0.0, 60.0, 120.0)])


def test_the_flow_goes_from_left_to_right_and_back_below_everything() -> None:
    sizes = dict.fromkeys("abc", (100.0, 80.0))
    picture = arrange(Graph(sizes, [Edge("1", "a", "b"), Edge("2", "b", "c"), Edge("3", "c", "a")]))
    assert picture.shapes["a"].right < picture.shapes["b"].x < picture.shapes["c"].x
    assert max(y for _, y in picture.routes["3"]) > picture.shapes["a"].bottom


def test_a_thousand_nodes_in_a_circle_are_laid_out() -> None:
    sizes = {str(number): (100.0, 80.0) for number in range(1_000)}
    picture = arrange(Graph(sizes, [Edge(f"e{n}", str(n), str((n + 1) % 1_000)) for n in range(1_000)]))
    assert len({(rect.x, rect.y) for rect in picture.shapes.values()}) == 1_000

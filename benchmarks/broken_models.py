"""Broken and hostile models: valid ones changed at random, as text and as trees, and some made to hurt."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from random import Random

from lxml import etree

from bpmn.xml import BPMN

_ZEEBE = "http://camunda.org/schema/zeebe/1.0"
_HEAD = f'<definitions xmlns="{BPMN[1:-1]}" xmlns:zeebe="{_ZEEBE}" id="d" targetNamespace="https://akta.example/bpmn">'


def mutated(bases: Sequence[bytes], count: int, seed: int = 8) -> Iterator[tuple[str, bytes]]:
    """Models with one to three changes, every second one as text; always the same for the same seed."""
    dice = Random(seed)  # noqa: S311 - must come out alike in every run, and guards nothing
    for number in range(count):
        base = dice.choice(bases)
        if number % 2:
            content = base
            for _ in range(dice.randint(1, 3)):
                content = dice.choice(_OF_TEXT)(content, dice)
            yield f"text {number}", content
        else:
            root = etree.fromstring(base)
            for _ in range(dice.randint(1, 3)):
                dice.choice(_OF_TREES)(root, dice)
            yield f"tree {number}", etree.tostring(root)


def _cut(content: bytes, dice: Random) -> bytes:
    begin = dice.randrange(len(content))
    return content[:begin] + content[begin + dice.randint(1, 200) :]


def _end(content: bytes, dice: Random) -> bytes:
    return content[: dice.randrange(len(content))]


def _again(content: bytes, dice: Random) -> bytes:
    begin = dice.randrange(len(content))
    part = content[begin : begin + dice.randint(1, 400)]
    return content[:begin] + part + content[begin:]


def _scribble(content: bytes, dice: Random) -> bytes:
    begin = dice.randrange(len(content))
    rubbish = dice.choice([b"<", b">", b"&", b'"', b"\0", b"\xff\xfe", b"]]>", b"&#0;", b"<!--", b"${", b"="])
    return content[:begin] + rubbish + content[begin:]


def _other_word(content: bytes, dice: Random) -> bytes:
    """An id, a name or a tag becomes another one of the same model, everywhere or once."""
    words = content.replace(b'"', b" ").replace(b">", b" ").replace(b"<", b" ").split()
    return content.replace(dice.choice(words), dice.choice(words), dice.choice([1, 1, -1]))


_OF_TEXT: Sequence[Callable[[bytes, Random], bytes]] = (_cut, _end, _again, _scribble, _other_word, _other_word)
_TEXTS = (
    "",
    "=",
    "=((((((",
    "= a and",
    "${a",
    "\t\n",
    "9" * 400,
    "R999999/P1D",
    "=1/0",
    "P1D",
    "-1",
    "x" * 5_000,
    "é\u202e",
)
_TAGS = (
    *("startEvent", "endEvent", "userTask", "serviceTask", "subProcess", "boundaryEvent", "exclusiveGateway", "lane"),
    *("parallelGateway", "inclusiveGateway", "eventBasedGateway", "callActivity", "sequenceFlow"),
    *("intermediateCatchEvent", "intermediateThrowEvent", "endEvent"),
    *("adHocSubProcess", "transaction", "complexGateway", "dataObject", "nothing", "process", "participant"),
    *("timerEventDefinition", "linkEventDefinition", "compensateEventDefinition", "multiInstanceLoopCharacteristics"),
)  # fmt: skip


def _some(root: etree._Element, dice: Random) -> etree._Element:
    return dice.choice(
        [node for node in root.iter(etree.Element) if "omg.org/spec/BPMN/20100524/DI" not in str(node.tag)]
    )


def _remove(root: etree._Element, dice: Random) -> None:
    node = _some(root, dice)
    parent = node.getparent()
    if parent is not None:
        parent.remove(node)


def _copy(root: etree._Element, dice: Random) -> None:
    node, place = _some(root, dice), _some(root, dice)
    if len(root) and node is not root:
        place.append(etree.fromstring(etree.tostring(node)))


def _move(root: etree._Element, dice: Random) -> None:
    node, place = _some(root, dice), _some(root, dice)
    if node is not root and node not in place.iterancestors() and node is not place:
        place.append(node)


def _retag(root: etree._Element, dice: Random) -> None:
    _some(root, dice).tag = BPMN + dice.choice(_TAGS)


def _strange(root: etree._Element, dice: Random) -> None:
    _some(root, dice).tag = "{urn:nobody}" + dice.choice(_TAGS)


def _attribute(root: etree._Element, dice: Random) -> None:
    """One attribute is gone, or says what another one says, or rubbish."""
    node, other = _some(root, dice), _some(root, dice)
    if node.attrib:
        key = dice.choice(list(node.attrib))
        values = [*other.attrib.values(), *_TEXTS]
        if dice.random() < 0.3:
            del node.attrib[key]
        else:
            node.set(key, dice.choice(values))


def _text(root: etree._Element, dice: Random) -> None:
    _some(root, dice).text = dice.choice(_TEXTS)


def _extension(root: etree._Element, dice: Random) -> None:
    node = _some(root, dice)
    box = etree.SubElement(node, f"{BPMN}extensionElements")
    names = ("ioMapping", "taskDefinition", "loopCharacteristics", "executionListeners", "calledDecision", "rubbish")
    etree.SubElement(box, f"{{{_ZEEBE}}}{dice.choice(names)}", source="=1", target=dice.choice(_TEXTS))


_OF_TREES: Sequence[Callable[[etree._Element, Random], None]] = (
    *(_remove, _copy, _move, _retag, _strange, _attribute, _attribute, _attribute, _text, _extension),
)


def hostile() -> Iterator[tuple[str, bytes]]:
    """Models made to hurt, by name."""
    ok = _straight(1)
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x" * 10}">' for n in range(10))
    yield "empty", b""
    yield "blank", b" \n\t "
    yield "no XML", b"PK\x03\x04 not a model"
    yield "rubbish", bytes(range(256)) * 40
    yield "another document", b"<html><body/></html>"
    yield "definitions alone", f"{_HEAD}</definitions>".encode()
    yield "doctype", b"<!DOCTYPE definitions>" + ok
    yield "entity bomb", f"<!DOCTYPE definitions [{bomb}]>".encode() + ok.replace(b'name="Many"', b'name="&e9;"')
    yield "entity of a file", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + ok
    yield "entity in a parameter", b'<!DOCTYPE d [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]>' + ok
    yield "declared in another code", b'<?xml version="1.0" encoding="UTF-7"?>' + ok
    yield "UTF-16", ('<?xml version="1.0" encoding="UTF-16"?>' + ok.decode()).encode("utf-16")
    yield "Latin 1", b'<?xml version="1.0" encoding="ISO-8859-1"?>' + ok.replace(b"Many", b"M\xe4ny")
    yield "unknown namespace", ok.replace(BPMN[1:-1].encode(), b"urn:nobody")
    yield "unknown extensions", ok.replace(b"<startEvent", b'<startEvent xmlns:q="urn:q" q:a="1"', 1)
    yield "ids twice", ok.replace(b'id="t0"', b'id="begin"')
    yield "11 MB", ok.replace(b"<startEvent", b"<!--" + b"x" * 11_000_000 + b"--><startEvent", 1)
    yield "9 MB of remarks", ok.replace(b"<startEvent", b"<!--" + b"x" * 9_000_000 + b"--><startEvent", 1)
    yield "9 MB of a name", ok.replace(b'name="Many"', b'name="' + b"x" * 9_000_000 + b'"')
    yield "9 MB of elements", ok.replace(b"<startEvent", b"<documentation/>" * 560_000 + b"<startEvent", 1)
    yield "2 MB of tasks", _straight(15_000)
    yield (
        "9 MB of extensions",
        ok.replace(
            b'<startEvent id="begin"/>',
            b'<startEvent id="begin"><extensionElements>'
            + b'<q:a xmlns:q="urn:q"/>' * 400_000
            + b"</extensionElements></startEvent>",
        ),
    )
    yield (
        "many attributes",
        ok.replace(b"<startEvent", b"<startEvent " + b" ".join(b'a%d="1"' % n for n in range(50_000))),
    )
    yield "5 000 tasks", _straight(4_900)
    yield "1 000 tasks", _straight(1_000)
    yield "200 deep", _deep(100)
    yield "too deep", _deep(3_000)
    yield "wide", _wide(800)
    yield "a mesh", _mesh(60)
    yield "nested expression", _condition("(" * 20_000 + "1" + ")" * 20_000 + " = 1")
    yield "long expression", _condition("1 + " * 400_000 + "1 &lt; 2")
    yield "long JUEL", _condition("${" + "(" * 4_000 + "1" + ")" * 4_000 + "}")
    yield "calls itself", _calls("main")
    yield "calls nobody", _calls("nobody")
    yield (
        "borders of each other",
        ok.replace(
            b"</process>",
            b'<boundaryEvent id="b1" attachedToRef="b2"/><boundaryEvent id="b2" attachedToRef="b1"/></process>',
        ),
    )


def _process(inside: str) -> bytes:
    return f'{_HEAD}<process id="main" name="Many" isExecutable="true">{inside}</process></definitions>'.encode()


def _flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}"/>'


def _straight(count: int) -> bytes:
    ids = ["begin", *(f"t{number}" for number in range(count)), "done"]
    tasks = "".join(f'<manualTask id="{id_}"/>' for id_ in ids[1:-1])
    flows = "".join(_flow(one, two) for one, two in pairwise(ids))
    return _process(f'<startEvent id="begin"/>{tasks}<endEvent id="done"/>{flows}')


def _deep(depth: int) -> bytes:
    inside = '<startEvent id="b"/><endEvent id="e"/>' + _flow("b", "e")
    for level in range(depth):
        begin, end = f"b{level}", f"e{level}"
        inside = (
            f'<startEvent id="{begin}"/><subProcess id="s{level}">{inside}</subProcess><endEvent id="{end}"/>'
            + _flow(begin, f"s{level}") + _flow(f"s{level}", end)
        )  # fmt: skip
    return _process(inside)


def _wide(count: int) -> bytes:
    tasks = "".join(f'<manualTask id="t{n}"/>' + _flow("fork", f"t{n}") + _flow(f"t{n}", "join") for n in range(count))
    gates = '<parallelGateway id="fork"/><parallelGateway id="join"/>'
    ends = '<startEvent id="begin"/><endEvent id="done"/>' + _flow("begin", "fork") + _flow("join", "done")
    return _process(ends + gates + tasks)


def _mesh(count: int) -> bytes:
    """Gateways each of which leads to each: as many loops as there can be."""
    gates = "".join(f'<inclusiveGateway id="g{n}"/>' for n in range(count))
    flows = "".join(_flow(f"g{one}", f"g{two}") for one in range(count) for two in range(count))
    flows = flows.replace("/>", "><conditionExpression>=true</conditionExpression></sequenceFlow>")
    ends = '<startEvent id="begin"/><endEvent id="done"/>' + _flow("begin", "g0")
    return _process(ends + gates + flows)


def _condition(text: str) -> bytes:
    said = f"<conditionExpression>{text}</conditionExpression>"
    flow = f'<sequenceFlow id="f" sourceRef="g" targetRef="e">{said}</sequenceFlow>'
    return _process(
        '<startEvent id="s"/><exclusiveGateway id="g" default="g-o"/><endEvent id="e"/><endEvent id="o"/>'
        + _flow("s", "g") + _flow("g", "o") + flow
    )  # fmt: skip


def _calls(key: str) -> bytes:
    return _process(
        f'<startEvent id="s"/><callActivity id="c" calledElement="{key}"/><endEvent id="e"/>'
        + _flow("s", "c")
        + _flow("c", "e")
    )

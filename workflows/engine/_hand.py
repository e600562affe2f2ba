"""What a person changes in a running case: steps skipped, tokens moved."""

from collections.abc import Iterable, Mapping, Sequence

from akta.languages import N_
from workflows.engine._elements import Element
from workflows.engine._errors import NoSuchToken, NotPossible
from workflows.engine._running import Case, Flow, Token
from workflows.engine._scopes import Scope, own, write
from workflows.engine._spec import FlowSpec
from workflows.engine._subprocesses import CallActivity, SubProcess
from workflows.engine.commands import StartBefore


def skip(token: Token, variables: Scope, flow: str) -> None:
    """Finish what the token stands at as if it were done.

    Raises:
        NotPossible: it waits for other tokens, or a gateway is not told its flow.
    """
    case = token.case
    if token.offer is None and token.stop is None and token.id not in case.subprocesses:
        raise NotPossible(N_("%(element)s waits for other parts of the case"), element=token.task_spec.called)
    if token.listening:
        _give_up(token)
        return
    token.task_spec.resolve(token, flow)
    token.win()
    inside = case.subprocesses.get(token.id)
    if inside is not None:
        inside.cancel()
    token.skip(variables)


def _give_up(listener: Token) -> None:
    if listener.stop is None:
        raise NotPossible(
            N_("%(element)s listens beside the case and holds nothing up"), element=listener.task_spec.called
        )
    listener.remove()


def modify(case: Case, cancel: Sequence[Token], start: Iterable[StartBefore]) -> None:
    """Put new tokens in front of elements, then take tokens away; what is left empty around those goes too.

    Raises:
        NotPossible: a token cannot be put there.
    """
    for order in start:
        _put(case, order)
    for token in cancel:
        flow = token.workflow
        token.cancel()
        if flow.host is not None and not flow.completed:
            flow.host.task_spec.part_gone(flow.host, flow)
        _close_empty(case, flow)


def _close_empty(case: Case, flow: Flow) -> None:
    while not flow.alive() and not flow.completed:
        host = flow.host
        if host is None:
            case.last = case.spec.place
            case.cancel_tokens()
            case.completed = True
            return
        flow = host.workflow
        host.cancel()


def _put(case: Case, order: StartBefore) -> None:
    flow = _flow_around(case, _home(case, order), order)
    spec = flow.spec.task_specs[order.element]
    if spec.attached or spec.joins:
        raise NotPossible(
            N_("no token can be put in front of %(element)s; choose what leads there"), element=spec.called
        )
    for name, value in own(order.variables).items():
        write(flow.maps(), name, value)
    token = flow.put(spec)
    spec._update(token)


def _home(case: Case, order: StartBefore) -> FlowSpec:
    """The process or sub-process an element stands in."""
    bundle = order.bundle or case.spec.name
    specs: Mapping[str, FlowSpec] = case.subprocess_specs
    for spec in specs.values():
        # SpiffWorkflow has specifications of its own beside the elements of the model.
        drawn = isinstance(spec.task_specs.get(order.element), Element)
        if drawn and spec.place.bundle == bundle and not spec.repeated:
            return spec
    raise NotPossible(N_("there is no element %(element)s"), element=order.element)


def _flow_around(case: Case, spec: FlowSpec, order: StartBefore) -> Flow:
    """The running flow of this specification; embedded sub-processes that do not run are entered."""
    running: list[Flow] = [flow for flow in (case, *case.subprocesses.values()) if flow.spec is spec]
    if order.within is not None:
        host = case.tokens.get(order.within)
        if host is None:
            raise NoSuchToken
        running = [flow for flow in running if _inside(flow, host)]
    if len(running) == 1:
        return running[0]
    name = spec.place.name or spec.place.element
    if running:
        raise NotPossible(
            N_("%(element)s runs %(count)s times; say in which of them"), element=name, count=len(running)
        )
    outer = _outer(case, spec)
    if outer is None:
        raise NotPossible(N_("%(element)s does not run"), element=name)
    return _enter(_flow_around(case, outer[0], order), outer[1])


def _inside(flow: Flow, host: Token) -> bool:
    around = flow.host
    while around is not None and around is not host:
        around = around.workflow.host
    return around is host


def _outer(case: Case, spec: FlowSpec) -> tuple[FlowSpec, SubProcess] | None:
    """The flow an embedded sub-process stands in, and its element there."""
    for flow in case.subprocess_specs.values():
        for element in flow.task_specs.values():
            if isinstance(element, SubProcess) and not isinstance(element, CallActivity) and element.flow == spec.name:
                return flow, element
    return None


def _enter(flow: Flow, element: SubProcess) -> Flow:
    token = flow.put(element)
    token.step("entered")
    if not element.enter(token):
        cause = token.stop.cause if token.stop else ""
        raise NotPossible(N_("%(element)s cannot be entered: %(cause)s"), element=element.called, cause=cause)
    inner = element.enter_empty(token)
    inner.open()
    return inner

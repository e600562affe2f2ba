"""Every route of an application, with the right it declares."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from api.dependencies import Needs, Public, _form
from people.rights import Act

DESCRIPTION = "/api/v1/openapi.json"


@dataclass(frozen=True)
class Route:
    """One method of one address. `acts` is None where no right is declared, empty where everybody is let in."""

    method: str
    path: str
    name: str
    acts: tuple[Act, ...] | None
    reads_form: bool

    @property
    def is_rest(self) -> bool:
        return self.path.startswith("/api/")

    def address(self, tenant: str) -> str:
        """An address of this route with ids of nothing."""
        filled = self.path.replace("{tenant}", tenant)
        while "{" in filled:
            before, _, rest = filled.partition("{")
            name, _, after = rest.partition("}")
            filled = f"{before}{'1' if name.startswith(('page', 'number')) else uuid4()}{after}"
        return filled


def routes(app: FastAPI) -> Iterator[Route]:
    for context in iter_route_contexts(app.routes):
        path = context.path or ""
        if path == DESCRIPTION:
            continue
        dependant: Dependant | None = getattr(context, "dependant", None)
        calls = [] if dependant is None else list(_calls(dependant))
        for method in sorted((context.methods or {"GET"}) - {"HEAD"}):
            yield Route(method, path, context.name or "", _acts(calls), _form in calls)


def _acts(calls: list[object]) -> tuple[Act, ...] | None:
    declared = [call.acts for call in calls if isinstance(call, Needs)]
    if declared:
        return tuple(act for acts in declared for act in acts)
    return () if any(isinstance(call, Public) for call in calls) else None


def _calls(dependant: Dependant) -> Iterator[object]:
    for part in dependant.dependencies:
        yield part.call
        yield from _calls(part)

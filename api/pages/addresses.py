"""Lists of tasks as addresses: which queue, what is looked for, in which order."""

from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query

from tasks.inbox import Order, Queue, Wanted

DEFAULT = Queue.GROUPS
LONGEST = 200
"""Characters of what is looked for."""


def _wanted(
    queue: Annotated[Queue, Query()] = DEFAULT,
    search: Annotated[str, Query(alias="q", max_length=LONGEST)] = "",
    process: Annotated[str, Query(max_length=80)] = "",
    group: Annotated[str, Query(max_length=60)] = "",
    sort: Annotated[Order, Query()] = Order.DUE,
    descending: Annotated[bool, Query(alias="desc")] = False,
) -> Wanted:
    return Wanted(queue, search, process, group, sort, descending)


WantedDep = Annotated[Wanted, Depends(_wanted)]


def query(wanted: Wanted, **more: str) -> str:
    """A list as the query of an address; what is usual is left out."""
    parts = {
        "queue": wanted.queue.value,
        "q": wanted.search,
        "process": wanted.process,
        "group": wanted.group,
        "sort": "" if wanted.order is Order.DUE else wanted.order.value,
        "desc": "1" if wanted.descending else "",
        **more,
    }
    return urlencode({name: value for name, value in parts.items() if value})


def from_query(text: str) -> Wanted:
    """The list a form was sent from; what cannot be read is the usual one."""
    given = dict(parse_qsl(text[:1000]))
    queue, order = given.get("queue", ""), given.get("sort", "")
    return Wanted(
        queue=Queue(queue) if queue in set(Queue) else DEFAULT,
        search=given.get("q", "")[:LONGEST],
        process=given.get("process", "")[:80],
        group=given.get("group", "")[:60],
        order=Order(order) if order in set(Order) else Order.DUE,
        descending=bool(given.get("desc")),
    )

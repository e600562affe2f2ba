"""The rail of staff pages: queues with their counters, and how a task says for whom it is."""

from uuid import UUID

from akta.languages import N_
from akta.subjects import Kind
from api.pages import frame, wording
from api.pages.addresses import query
from api.render import Link
from api.visits import Visit
from people import groups, rights
from people.rights import Act
from storage.unit_of_work import Transaction
from tasks import inbox, saved_views
from tasks.inbox import Queue, Row

QUEUES: tuple[tuple[Queue, str, str, str], ...] = (
    (Queue.LATE, N_("Late"), "triangle-alert", N_("Nothing is late")),
    (Queue.TODAY, N_("Due today"), "clock", N_("Nothing is due today")),
    (Queue.MINE, N_("Mine"), "user-check", N_("You have taken no task")),
    (Queue.GROUPS, N_("For my groups"), "users", N_("No task waits for your groups")),
    (Queue.APPLICANT, N_("With the applicant"), "hourglass", N_("No applicant has to do anything")),
)
ALL_TASKS, NO_TASKS = N_("All tasks"), N_("No task is open")


def queues(tx: Transaction, visit: Visit, current: Queue | None = None, view: UUID | None = None) -> tuple[Link, ...]:
    """The rail: queues with their true counters, then the lists that are kept."""
    if visit.subject.kind is not Kind.STAFF or not rights.allowed(visit.subject, Act.SEE_INBOX):
        return ()
    counted = inbox.counters(tx, visit.frame)
    base = frame.base_of(visit)
    own = (
        Link(
            url=f"{base}/inbox?queue={queue.value}",
            label=visit.language.gettext(label),
            icon=picture,
            current=queue is current,
            count=getattr(counted, queue.value),
            late=queue is Queue.LATE,
        )
        for queue, label, picture, _ in QUEUES
    )
    kept = (
        Link(
            url=f"{base}/inbox?{query(one.wanted, view=str(one.id))}",
            label=one.name,
            icon="users" if one.group else "star",
            current=one.id == view,
        )
        for one in saved_views.of(tx, visit.subject)
    )
    return (*own, *kept)


def who(visit: Visit, row: Row) -> str:
    """Who may take a task that nobody has."""
    _ = visit.language.gettext
    return ", ".join(_(groups.NAMES.get(name, wording.THE_APPLICANT)) for name in row.groups)

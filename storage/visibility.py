"""The only doors to cases, tasks and documents: what a subject may see, decided in the query."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from akta.subjects import Kind, Subject
from storage.cases import Case
from storage.documents import DocumentRow
from storage.tasks import Choice, Part, Task, for_any

CaseRule = Callable[[Subject], ColumnElement[bool] | None]
"""A relation that lets a subject see cases, as a condition on `Case`; None where it does not apply."""

APPLICANT = "applicant"
"""The candidate group of tasks for whom the case is about."""


@dataclass(frozen=True)
class Visibility:
    """What a subject may see. `see_all` are groups, and scopes of machines, that see every case of their utility."""

    see_all: frozenset[str]
    rules: Sequence[CaseRule] = ()

    def cases(self, subject: Subject) -> Select[Case]:
        return select(Case).where(Case.tenant_id == subject.tenant, self._case_condition(subject))

    def tasks(self, subject: Subject, also: ColumnElement[bool] | None = None) -> Select[Task]:
        """Tasks the subject may open: their groups' and their own; the applicant's own tasks in visible cases.

        `also` opens more of the tasks in the cases they see: what an act of theirs reaches beyond their groups.
        """
        own = self._task_condition(subject)
        opened = own if also is None else own | (also & self._case_condition(subject))
        return select(Task).join(Case, Case.id == Task.case_id).where(Task.tenant_id == subject.tenant, opened)

    def parts(self, subject: Subject, also: ColumnElement[bool] | None = None) -> Select[Part]:
        """Parts of ad-hoc sub-processes the subject may begin: their groups', until it ends. `also` as for tasks."""
        own = self._part_condition(subject)
        opened = own if also is None else own | (also & self._case_condition(subject))
        joined = select(Part).join(Choice, Choice.id == Part.choice_id).join(Case, Case.id == Choice.case_id)
        return joined.where(Part.tenant_id == subject.tenant, Choice.ended_at.is_(None), opened)

    def documents(self, subject: Subject) -> Select[DocumentRow]:
        statement = select(DocumentRow).join(Case, Case.id == DocumentRow.case_id)
        statement = statement.where(Case.tenant_id == subject.tenant, self._case_condition(subject))
        if subject.kind in (Kind.STAFF, Kind.SYSTEM):
            return statement
        return statement.where(DocumentRow.for_applicant.is_(True))

    def _case_condition(self, subject: Subject) -> ColumnElement[bool]:
        return self._ways_to_case(subject) & _of_their_office(subject)

    def _ways_to_case(self, subject: Subject) -> ColumnElement[bool]:
        if subject.kind is Kind.SYSTEM:
            return true()
        if subject.kind is Kind.CASE_LINK:
            return Case.id == subject.case
        if subject.groups & self.see_all or subject.scopes & self.see_all:
            return true()
        conditions: list[ColumnElement[bool]] = []
        if subject.kind is Kind.STAFF:
            # Another task of the case, for the query around may be about tasks itself.
            task = aliased(Task)
            theirs = for_any(subject.groups, task) | _assigned_to(subject, task)
            conditions.append(exists().where(task.case_id == Case.id, theirs))
            conditions.append(Case.id.in_(_cases_with_parts_for(subject)))
        if subject.kind is Kind.CUSTOMER and subject.person is not None:
            conditions.append(Case.person_id == subject.person)
        conditions.extend(found for rule in self.rules if (found := rule(subject)) is not None)
        return or_(false(), *conditions)

    def _part_condition(self, subject: Subject) -> ColumnElement[bool]:
        if subject.kind is Kind.SYSTEM:
            return true()
        if subject.kind is Kind.STAFF:
            return Part.group.in_(subject.groups) & _of_their_office(subject)
        return false()

    def _task_condition(self, subject: Subject) -> ColumnElement[bool]:
        if subject.kind is Kind.SYSTEM:
            return true()
        if subject.kind is Kind.MACHINE:
            return false()
        if subject.kind is Kind.STAFF:
            return (for_any(subject.groups) | _assigned_to(subject)) & _of_their_office(subject)
        return (Task.audience == APPLICANT) & self._case_condition(subject)


def _of_their_office(subject: Subject) -> ColumnElement[bool]:
    """A clerk of an office is limited to its cases and to those of no office, whatever else would let them in."""
    return Case.office.in_(("", subject.office)) if subject.office else true()


def _cases_with_parts_for(subject: Subject) -> Select[UUID]:
    return select(Choice.case_id).join(Part, Part.choice_id == Choice.id).where(Part.group.in_(subject.groups))


def _assigned_to(subject: Subject, task: type[Task] | None = None) -> ColumnElement[bool]:
    """No account is nobody: compared with null it would be everything that is assigned to nobody."""
    return false() if subject.account is None else (task or Task).assignee_id == subject.account

"""Start forms: an applicant applies, a clerk enters what came on paper."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from akta.errors import Invalid
from api import csrf
from api.dependencies import FormDep, VisitDep, needs
from api.pages import frame, home, questions, staff_rail, steps
from api.problems import problem_of
from api.render import Link
from api.uploads import Form
from api.visits import Visit
from people.rights import Act
from tasks import submissions
from tasks.submissions import START, StartForm, Submission

router = APIRouter()

_STARTERS = (Act.START_APPLICATION, Act.ENTER_FROM_PAPER)


@router.get("/{tenant}/paper", dependencies=[needs(Act.ENTER_FROM_PAPER)])
def paper_page(visit: VisitDep) -> Response:
    """What a clerk may enter from paper."""
    return frame.show(visit, "paper.html", queues=_queues(visit), services=home.services_of(visit))


@router.get("/{tenant}/start/{bundle}", dependencies=[needs(*_STARTERS)])
def start_page(bundle: str, visit: VisitDep) -> Response:
    """The empty form; answers named in the address are filled in (a meter chosen on another page)."""
    desk = visit.services.desk
    with visit.uow.view() as tx:
        start = submissions.begin(tx, desk, visit.subject, bundle, visit.now, language=_code(visit))
        if submissions.in_steps(start):
            return steps.go_on(visit, bundle)
        given = {key: visit.request.query_params[key] for key in start.form.keys if key in visit.request.query_params}
        if given:
            start = submissions.begin(
                tx, desk, visit.subject, bundle, visit.now, language=_code(visit), shown=dict(given)
            )
    return _show(visit, start, {})


@router.post("/{tenant}/start/{bundle}", dependencies=[needs(*_STARTERS)])
def start_case(bundle: str, visit: VisitDep, form: FormDep) -> Response:
    """Send the form; the same submission key again is the same case."""
    if questions.wants_drawing(form):
        return _draw_again(visit, bundle, form, {}, 200)
    if errors := questions.refused(visit, form):
        return _draw_again(visit, bundle, form, errors, 422)
    try:
        received = submissions.submit(
            visit.uow, visit.services.desk, visit.subject, visit.door, _submission(visit, bundle, form), visit.now
        )
    except Invalid as refusal:
        return _draw_again(visit, bundle, form, refusal.fields or {"": problem_of(refusal, visit.language).title}, 422)
    return steps.sent(visit, received)


def _submission(visit: Visit, bundle: str, form: Form) -> Submission:
    return Submission(
        bundle=bundle,
        answers=questions.sent(form),
        submission_key=_own_key(visit, form.get("submission_key")),
        upload_key=visit.upload_key,
        language=_code(visit),
        place=visit.address,
    )


def _own_key(visit: Visit, key: str) -> str:
    """The key of a submission within this browser or session: who learns or guesses it elsewhere, or finds one that
    a REST client chose badly, is not led into the case."""
    return csrf.keyed(visit.services.secret_key, "submission", f"{visit.csrf_token} {key}") if key else ""


def _draw_again(visit: Visit, bundle: str, form: Form, errors: Mapping[str, str], status: int) -> Response:
    with visit.uow.view() as tx:
        start = submissions.begin(tx, visit.services.desk, visit.subject, bundle, visit.now, language=_code(visit))
        typed = questions.typed(tx, visit, start.bundle, start.form, START, questions.sent(form), {})
        again = submissions.begin(
            tx,
            visit.services.desk,
            visit.subject,
            bundle,
            visit.now,
            language=_code(visit),
            shown=typed,
            errors=errors,
            submission_key=form.get("submission_key"),
        )
        names = questions.file_names(tx, again.fields, visit.upload_key)
    return _show(visit, again, errors, names, status)


def _queues(visit: Visit) -> tuple[Link, ...]:
    with visit.uow.view() as tx:
        return staff_rail.queues(tx, visit)


def _code(visit: Visit) -> str:
    return visit.language.code


def _show(
    visit: Visit,
    start: StartForm,
    errors: Mapping[str, str],
    names: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    texts = start.bundle.texts(_code(visit))
    return frame.show(
        visit,
        "paper_form.html" if start.from_paper else "start.html",
        status=status,
        queues=_queues(visit),
        title=texts.title,
        summary=texts.summary,
        needs=texts.before_you_start,
        errors=questions.summary(start.fields, errors),
        action=f"{frame.base_of(visit)}/start/{start.bundle.key}",
        submission_key=start.submission_key,
        fields=start.fields,
        uploads=frame.uploads_of(visit, names),
        button=texts.button(start.form.id),
    )

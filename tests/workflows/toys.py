"""Toy bundles of a town that lets garden plots: enough to move everything, nothing of a utility in them."""

import json
from collections.abc import Mapping
from typing import Any

from bpmn import bundle as bundles
from bpmn.bundle import Bundle
from tests.workflows.engine.models import Model, condition, error, message, signal, timer, zeebe

GROUP = "front-desk"


def groups(*names: str) -> str:
    return zeebe("assignmentDefinition", candidateGroups=",".join(names))


def form(name: str) -> str:
    return zeebe("formDefinition", formId=name)


def due(duration: str) -> str:
    return zeebe("taskSchedule", dueDate=duration)


def schema(name: str, *components: Mapping[str, Any]) -> bytes:
    return json.dumps(
        {"type": "default", "id": name, "schemaVersion": 18, "components": list(components)}, sort_keys=True
    ).encode()


def text_field(key: str, *, required: bool = False) -> dict[str, Any]:
    return {"type": "textfield", "id": key, "key": key, "label": key.title(), "validate": {"required": required}}


def choice(key: str, *values: str) -> dict[str, Any]:
    options = [{"label": value.title(), "value": value} for value in values]
    rules = {"required": True}
    return {"type": "radio", "id": key, "key": key, "label": key.title(), "values": options, "validate": rules}


def day(key: str) -> dict[str, Any]:
    return {"type": "datetime", "subtype": "date", "id": key, "key": key, "dateLabel": key.title()}


def picker(key: str) -> dict[str, Any]:
    return {"type": "filepicker", "id": key, "key": key, "label": key.title(), "multiple": True, "accept": ".png,.pdf"}


def toy(model: Model, settings: str = "", files: Mapping[str, bytes] | None = None, words: str = "") -> Bundle:
    """A bundle around a model; `settings` goes into bundle.toml after its key."""
    head = f'key = "{model.key}"\nretention = "P1Y"\nwork_groups = ["{GROUP}", "metering"]\n'
    return bundles.from_files(
        {
            "bundle.toml": (head + settings).encode(),
            "process.bpmn": model.xml(),
            "i18n/en.toml": f'title = "A {model.key}"\n{words}'.encode(),
            **(files or {}),
        }
    )


PERMIT_SETTINGS = """
[start]
form = "apply"
by = ["anonymous", "customer"]
language_key = "language"
[start.staff]
form = "apply-paper"
by = ["front-desk"]
received = "received_on"
[applicant]
name = "name"
email = "email"
[sources]
start = ["plots"]
[check]
start = "plot-free"
[withdraw]
message = "withdrawn"
"""

PERMIT_WORDS = """
[mails.granted]
subject = "Plot {plot} is yours, {name}"
body = \"\"\"
Good day,

plot {plot} is yours. {why}
{things}

Follow your case here:
{case_link}
\"\"\"
[texts]
reason-sunny = "It lies in the sun."
"""


def permit(remark: str = "") -> Bundle:
    """Apply for a plot: a local call, a clerk, perhaps the applicant again, a mail; may lapse or be withdrawn."""
    model = Model("permit", withdrawn="=case.reference")
    model.start().service("stamp", inputs={"plot": "=plot"}, outputs={"stamp": "=stamp"})
    model.user("review", groups(GROUP) + form("review") + due('=duration("P2D")'))
    model.xor("verdict", default="to-refused")
    model.user("supplement", groups("applicant", GROUP) + form("supplement"))
    model.boundary("too-late", "supplement", timer("P14D"))
    model.service(
        "tell",
        "notify",
        inputs={
            "mail": '="granted"',
            "plot": "=plot",
            "why": '="reason-sunny"',
            "things": '=["spade", "reason-sunny"]',
        },
    )
    model.end("granted").end("refused").end("lapsed")
    model.path("start", "stamp", "review", "verdict").flow("verdict", "tell", '=verdict = "grant"')
    model.flow("verdict", "supplement", '=verdict = "ask"').flow("verdict", "refused", ident="to-refused")
    model.path("supplement", "review").path("too-late", "lapsed").path("tell", "granted")
    with model.sub("taking-back", handler=True):
        model.start("taken-back", message("withdrawn")).end("withdrawn").path("taken-back", "withdrawn")
    asked = (
        text_field("name", required=True),
        text_field("email"),
        text_field("plot", required=True),
        text_field("language"),
        picker("photos"),
    )
    files = {
        "forms/apply.form": schema("apply", *asked),
        "forms/apply-paper.form": schema("apply-paper", *asked, day("received_on")),
        "forms/review.form": schema("review", choice("verdict", "grant", "ask", "refuse"), text_field("note")),
        "forms/supplement.form": schema("supplement", text_field("plot", required=True), picker("photos")),
    }
    return toy(model, PERMIT_SETTINGS, files, PERMIT_WORDS + (f'remark = "{remark}"\n' if remark else ""))


def waiter() -> Bundle:
    """Waits for the word, then for a clerk."""
    model = Model("waiter", word="=plot")
    model.start().catch("listen", message("word")).user("act", groups("metering")).end()
    return toy(model.path("start", "listen", "act", "end"))


def speaker() -> Bundle:
    """Does a job for a clerk, then says the word to whoever waits for it."""
    model = Model("speaker", word="=plot")
    model.start().user("think", groups(GROUP)).throw("speak", message("word")).user("rest", groups(GROUP)).end()
    return toy(model.path("start", "think", "speak", "rest", "end"))


def soliloquy() -> Bundle:
    """Says the word in one branch and waits for it in the other."""
    model = Model("soliloquy", word="=plot")
    model.start().both("split").user("think", groups(GROUP)).throw("speak", message("word"))
    model.catch("listen", message("word")).both("join").end()
    model.path("start", "split", "think", "speak", "join", "end")
    return toy(model.path("split", "listen", "join"))


def caller() -> Bundle:
    """Calls the waiter."""
    model = Model("caller")
    model.start().call("wait", "waiter").end()
    return toy(model.path("start", "wait", "end"))


def fragile(handler: str = "flaky", retries: str = "3") -> Bundle:
    """One call, with a clerk behind its error boundary."""
    model = Model("fragile")
    model.errors.append("FULL")
    extension = zeebe("taskDefinition", type=handler, retries=retries)
    model.start().add("serviceTask", "try", extension, outputs={"got": "=got"})
    model.boundary("full", "try", '<bpmn:errorEventDefinition errorRef="error-FULL"/>')
    model.user("look", groups(GROUP)).end().end("overfull")
    return toy(model.path("start", "try", "look", "end").path("full", "overfull"))


def stumbling() -> Bundle:
    """A gateway whose condition is no truth value until somebody sends the word with a better answer."""
    model = Model("stumbling")
    model.start().user("ask", groups(GROUP)).xor("which", default="no").user("after", groups(GROUP)).end()
    return toy(
        model.path("start", "ask", "which")
        .flow("which", "after", "=answer")
        .flow("which", "end", ident="no")
        .path("after", "end")
    )


def patient() -> Bundle:
    """Waits three days, then ends."""
    model = Model("patient")
    model.start().catch("three-days", timer("P3D")).end("waited")
    return toy(model.path("start", "three-days", "waited"))


def signalled() -> Bundle:
    """Waits for the signal, then for a clerk."""
    model = Model("signalled")
    model.start().catch("horn", signal("all-clear")).user("act", groups(GROUP)).end()
    return toy(model.path("start", "horn", "act", "end"))


def starved() -> Bundle:
    """One of two ways is taken, and both are waited for: nothing can ever happen, but a withdrawal is listened for."""
    model = Model("starved", withdrawn="=case.reference")
    model.start().xor("one-way", default="to-second").both("both-ways").end()
    model.script("first", "=1", "a").script("second", "=2", "b")
    model.flow("start", "one-way").flow("one-way", "first", "=false").flow("one-way", "second", ident="to-second")
    model.path("first", "both-ways").path("second", "both-ways", "end")
    with model.sub("taking-back", handler=True):
        model.start("taken-back", message("withdrawn")).end("withdrawn").path("taken-back", "withdrawn")
    return toy(model)


def choosy() -> Bundle:
    """A clerk decides what is done: parts for the field crew, for whoever works on it, in a group the case names."""
    model = Model("choosy").start().user("after", groups(GROUP)).end()
    with model.sub("desk", tag="adHocSubProcess") as inside:
        inside.user("visit", groups("metering")).user("report", groups("metering")).path("visit", "report")
        inside.user("write", groups("applicant")).script("count", "=1", "counted")
        inside.user("ask", zeebe("assignmentDefinition", candidateGroups="=crew"))
    return toy(model.path("start", "desk", "after", "end"))


def conditional() -> Bundle:
    """Goes on when a variable says so; another condition is listened for beside."""
    model = Model("conditional").start().catch("until-ready", condition("=ready = true")).user("act", groups(GROUP))
    model.end().end("dropped")
    model.boundary("no-longer", "act", condition("=ready = false"))
    return toy(model.path("start", "until-ready", "act", "end").path("no-longer", "dropped"))


def forked() -> Bundle:
    """A clerk on one branch, the other is through."""
    model = Model("forked")
    model.start().both("split").user("think", groups(GROUP)).script("quick", "=1", "a").both("join").end()
    return toy(model.path("start", "split", "think", "join", "end").path("split", "quick", "join"))


def watched() -> Bundle:
    """A task with a clock on its border; the silence of the clerk grants it."""
    model = Model("watched")
    model.start().user("decide", groups(GROUP) + due('=duration("P10D")')).end("decided").end("granted-by-law")
    model.boundary("silence", "decide", timer("P14D"))
    return toy(model.path("start", "decide", "decided").path("silence", "granted-by-law"))


def heralded() -> Bundle:
    """Begins with a message or a signal; by hand too."""
    model = Model("heralded", herald="=who")
    model.start().start("called", message("herald")).start("sounded", signal("all-clear"))
    model.user("act", groups(GROUP)).end()
    return toy(model.path("start", "act", "end").flow("called", "act").flow("sounded", "act"))


def working_days() -> Bundle:
    """Waits five working days by the calendar of the utility."""
    model = Model("working-days")
    model.start().catch("five-days", timer("=add working days(today(), 5)", "timeDate")).end()
    return toy(model.path("start", "five-days", "end"))


def sloppy() -> Bundle:
    """An error of a call is caught by a part of its own that takes every error."""
    model = Model("sloppy")
    model.errors.append("FULL")
    model.start().service("try", "flaky").end()
    model.path("start", "try", "end")
    with model.sub("any-error", handler=True):
        model.start("went-wrong", error()).user("look", groups(GROUP)).end("seen").path("went-wrong", "look", "seen")
    return toy(model)


def forest() -> Bundle:
    """Something of everything side by side: a watched task, a call, a race, a condition that may be no truth value."""
    model = Model("forest", word="=plot")
    model.start().both("split")
    model.user("think", groups(GROUP) + due("P2D")).boundary("late", "think", timer("P3D")).user("hurry", groups(GROUP))
    extension = zeebe("taskDefinition", type="flaky", retries="2")
    model.add("serviceTask", "try", extension, outputs={"got": "=got"})
    model.race("race").catch("heard", message("word")).catch("five-days", timer("P5D"))
    model.user("ask", groups(GROUP)).xor("which", default="no").user("after", groups(GROUP))
    model.xor("calm").xor("merge").xor("settled").both("join").user("last", groups(GROUP)).end()
    model.path("start", "split", "think", "calm", "join").path("late", "hurry", "calm")
    model.path("split", "try", "join").path("split", "race", "heard", "merge", "join").path(
        "race", "five-days", "merge"
    )
    model.path("split", "ask", "which").flow("which", "after", "=answer").flow("which", "settled", ident="no")
    return toy(model.path("after", "settled", "join", "last", "end"))


def asked_back() -> Bundle:
    """A clock on the border of everything stops while the applicant is asked, and runs on with the answer."""
    model = Model("asked-back")
    model.start().end("decided").end("granted-by-law")
    with model.sub("deciding"):
        model.start("begun").service("halt", "stop-clock", inputs={"clock": '="silence"', "ground": '="law"'})
        model.user("supplement", groups("applicant")).service("go-on", "start-clock", inputs={"clock": '="silence"'})
        model.user("decide", groups(GROUP)).end("done").path("begun", "halt", "supplement", "go-on", "decide", "done")
    model.boundary("silence", "deciding", timer("P14D"))
    return toy(model.path("start", "deciding", "decided").path("silence", "granted-by-law"))


def nightly() -> Bundle:
    """Begins every day at its time, and by hand."""
    model = Model("nightly")
    model.start().start("every-day", timer("R/P1D", "timeCycle")).user("look", groups(GROUP)).end()
    return toy(model.path("start", "look", "end").flow("every-day", "look"))


def reminded() -> Bundle:
    """A task with a reminder every hour, beside it."""
    model = Model("reminded").start().user("act", groups(GROUP)).end()
    model.boundary("hourly", "act", timer("R/PT1H", "timeCycle"), interrupts=False).add("task", "note").end("noted")
    return toy(model.path("start", "act", "end").path("hourly", "note", "noted"))

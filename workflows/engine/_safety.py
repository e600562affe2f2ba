"""The script engine every case has: none."""

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine


class NoPython(PythonScriptEngine):
    """Refuses whatever SpiffWorkflow would evaluate itself: expressions are FEEL and never come here."""

    def __init__(self) -> None:
        super().__init__(environment=self)

    def evaluate(self, *_: object, **__: object) -> None:
        raise RuntimeError("no Python is run from a model")

    execute = call_service = validate = evaluate


NO_PYTHON = NoPython()

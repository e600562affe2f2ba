"""Forms: the form-js schema read, drawn and validated in one place, for every language and without JavaScript.

form = forms.read(source)
rows = form.view(variables, texts, now=now)
answers = form.accept(submitted, variables, texts=texts, language=language, now=now)
"""

from bpmn.forms._form import Answers, Form, Step, read
from bpmn.forms._reading import is_email
from bpmn.forms._rows import Cell, FieldView, FileView, OptionView
from bpmn.forms._schema import Column, Component, FormError, Option, Problem, Rules
from bpmn.forms._typed import typed

__all__ = [
    "Answers",
    "Cell",
    "Column",
    "Component",
    "FieldView",
    "FileView",
    "Form",
    "FormError",
    "Option",
    "OptionView",
    "Problem",
    "Rules",
    "Step",
    "is_email",
    "read",
    "typed",
]

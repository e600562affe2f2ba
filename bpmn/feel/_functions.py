"""All built-in functions by name."""

from bpmn.feel import (
    _of_contexts,
    _of_dates,
    _of_lists,
    _of_numbers,
    _of_ranges,
    _of_texts,
    _of_types,
    _of_working_days,
)
from bpmn.feel._builtin import FORMS, as_function
from bpmn.feel._values import Function

_DECLARED_IN = (_of_contexts, _of_dates, _of_lists, _of_numbers, _of_ranges, _of_texts, _of_types, _of_working_days)

FUNCTIONS: dict[str, Function] = {name: as_function(name) for name in FORMS}

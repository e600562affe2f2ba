"""What keeps a bundle from being deployed, said with the element and in sentences a process owner understands."""

from collections.abc import Callable, Collection, Mapping
from itertools import chain

from bpmn.bundle import Bundle
from bpmn.check import (
    _elements,
    _expressions,
    _flow,
    _handlers,
    _letters,
    _reading,
    _references,
    _settings,
    _soundness,
    _tables,
    _unset,
    _words,
)
from bpmn.check._finding import Checked, Finding, Fix, Places, Schema, error
from bpmn.check._variables import CASE, LETTER
from bpmn.model import Process

__all__ = ["CASE", "LETTER", "Finding", "Fix", "check", "check_model", "error", "errors"]

_PARTS = (
    _elements.find,
    _flow.find,
    _soundness.find,
    _expressions.find,
    _expressions.find_in_forms,
    _handlers.find,
    _unset.find,
    _references.find,
    _tables.find,
    _settings.find,
    _words.find,
    _words.find_in_letters,
    _letters.find,
    _reading.find,
)


def check(
    bundle: Bundle,
    called: Mapping[str, Bundle],
    handlers: Collection[str],
    groups: Collection[str],
    placeholders: Callable[[bytes], Places],
    sources: Collection[str] = (),
    entry_checks: Collection[str] = (),
    gives: Mapping[str, Schema] | None = None,
    takes: Mapping[str, Schema] | None = None,
) -> list[Finding]:
    """Everything found wrong with a bundle, errors first.

    Args:
        called: the bundles it calls, directly or not, by key, in the versions a deployment would pin.
        handlers: names of the registered handlers; `gives` and `takes` are their JSON Schemas, where known.
        groups: the groups people can be in.
        placeholders: what a letter template reads; a ValueError or Refusal says that it cannot be read.
        sources: names of registered sources; `entry_checks` those of registered entry checks.
    """
    checked = Checked(bundle, called, handlers, groups, placeholders, sources, entry_checks, gives or {}, takes or {})
    found = dict.fromkeys(finding for part in _PARTS for finding in part(checked))
    return sorted(found, key=lambda finding: finding.severity != "error")


def check_model(process: Process) -> list[Finding]:
    """What can be found wrong with a model alone, without the forms, tables and letters it goes with; errors first."""
    parts = (_elements.find_in(process), _flow.find_in(process), _soundness.find_in(process))
    return sorted(dict.fromkeys(chain(*parts)), key=lambda finding: finding.severity != "error")


def errors(findings: Collection[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.severity == "error"]

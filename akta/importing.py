"""Taking over a model from the command line: reading it, and writing what it becomes."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from akta.errors import Conflict
from akta.languages import N_
from bpmn.importing import Imported, import_model


class AlreadyThere(Conflict):
    """A file that would be written exists; the sentence names it."""

    title = N_("There is a file of this name already.")


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a model, and the files it was written to."""

    imported: Imported
    written: tuple[Path, ...]

    def fields(self) -> dict[str, Any]:
        """The report for a program."""
        notes = self.imported.notes
        return {
            "whole": self.imported.whole,
            "written": [path.as_posix() for path in self.written],
            "notes": [{"element": each.element, "verdict": each.verdict, "message": str(each.said)} for each in notes],
        }


def take(path: Path, out: Path | None) -> Taken:
    """Import a model; with `out` write it there and its forms into `forms/` beside it, without it only look.

    Raises:
        ModelError: it cannot be read.
        AlreadyThere: a form of that name is there; nothing is written then.
    """
    imported = import_model(path.read_bytes())
    if out is None:
        return Taken(imported, ())
    files = {out.parent / "forms" / f"{id_}.form": form for id_, form in imported.forms.items()}
    for file in files:
        if file.exists():
            raise AlreadyThere(file.as_posix())
    files[out] = imported.model
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return Taken(imported, tuple(sorted(files)))

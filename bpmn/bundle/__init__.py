"""Bundles: a process with its forms, tables, letters and words, from a folder or an archive, known by its hash."""

from bpmn.bundle._archive import MAX_FILES, MAX_TOTAL, NEEDED, refuse_foreign
from bpmn.bundle._bundle import Bundle, closure, from_archive, from_files, from_folder, overlaid, packed, unpacked
from bpmn.bundle._errors import BundleError
from bpmn.bundle._settings import Applicant, Settings, StaffStart, Start
from bpmn.texts import ElementText, FieldText, MailText, OutcomeText, Texts

__all__ = [
    "MAX_FILES",
    "MAX_TOTAL",
    "NEEDED",
    "Applicant",
    "Bundle",
    "BundleError",
    "ElementText",
    "FieldText",
    "MailText",
    "OutcomeText",
    "Settings",
    "StaffStart",
    "Start",
    "Texts",
    "closure",
    "from_archive",
    "from_files",
    "from_folder",
    "overlaid",
    "packed",
    "refuse_foreign",
    "unpacked",
]

"""The one error of bundles."""

from typing import ClassVar

from akta.errors import Invalid
from akta.languages import N_


class BundleError(Invalid):
    """The files are no bundle that can be read; the detail says which file and why."""

    title: ClassVar[str] = N_("This bundle cannot be read.")

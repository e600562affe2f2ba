"""Word documents as PDF, by LibreOffice where it is installed; without it there are none, and that is no error."""

import shutil
import subprocess
import tempfile
from pathlib import Path

TIMEOUT = 120
"""Seconds LibreOffice may take for one document."""


class CannotConvert(RuntimeError):
    """LibreOffice is there but made no PDF of this."""


def converter() -> str:
    """The program that converts, or nothing."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def to_pdf(content: bytes, program: str) -> bytes:
    """The same document as PDF, made in a folder and with a profile of its own that are gone afterwards.

    Raises:
        CannotConvert: the program failed, took too long, or made nothing.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "document.docx"
        source.write_bytes(content)
        profile = f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}"
        command = [program, "--headless", profile, "--convert-to", "pdf", "--outdir", scratch, str(source)]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=TIMEOUT)  # noqa: S603
        except (subprocess.SubprocessError, OSError) as failed:
            raise CannotConvert(f"{type(failed).__name__}") from failed
        made = source.with_suffix(".pdf")
        if not made.is_file():
            raise CannotConvert("it made no file")
        return made.read_bytes()

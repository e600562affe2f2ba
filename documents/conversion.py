"""Word documents as PDF, by LibreOffice where it is installed; without it there are none, and that is no error."""

import functools
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from akta.errors import NotNow
from akta.languages import N_

TIMEOUT = 60
"""Seconds LibreOffice may take for one document; an invoice takes two or three."""

PATIENCE = 60
"""Seconds a document may wait for its turn."""

MEMORY = 2 * 1024**3
"""Bytes of address space it may ask for; an invoice needs a quarter of that."""

_ONE_AT_A_TIME = threading.Lock()
"""A worker's threads take turns: two at once need twice the memory and are no faster."""

_LIMITED = ("sh", "-c", 'ulimit -v "$0" && ulimit -c 0 && exec "$@"')
_CUT_OFF = ("unshare", "--map-root-user", "--net")

_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Java/VirtualMachine">
<prop oor:name="Enable" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""
"""What LibreOffice is told before it starts: no macros, nothing fetched from elsewhere, no Java."""


class CannotConvert(NotNow):
    """LibreOffice is there but made no PDF of this."""

    title = N_("No PDF could be made at the moment. Take the Word document, or try again later.")


def converter() -> str:
    """The program that converts, or nothing."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def to_pdf(content: bytes, program: str, *, timeout: float = TIMEOUT, memory: int = MEMORY) -> bytes:
    """The same document as PDF, made in a folder and with a profile of its own that are gone afterwards.

    The program runs no macros, follows no links out of the document, has no network where the kernel lets us take it
    away, and is ended with everything it started when the time is over.

    Args:
        timeout: seconds; waiting for another document is not counted.
        memory: bytes of address space.

    Raises:
        CannotConvert: the program failed, took too long, wanted too much memory, or made nothing; or others were before
            this one for too long.
    """
    with _turn(), tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        folder = Path(scratch)
        source = folder / "document.docx"
        source.write_bytes(content)
        settings = folder / "profile/user/registrymodifications.xcu"
        settings.parent.mkdir(parents=True)
        settings.write_text(_PROFILE, encoding="utf-8")
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        command = [program, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", scratch]
        _run([*_LIMITED, str(memory // 1024), *_without_network(), *command, str(source)], folder, timeout)
        made = source.with_suffix(".pdf")
        if not made.is_file():
            raise CannotConvert("it made no file")
        return made.read_bytes()


@contextmanager
def _turn() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(timeout=PATIENCE):
        raise CannotConvert("others were before it for too long", after=PATIENCE)
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


def _run(command: Sequence[str], folder: Path, timeout: float) -> None:
    """Run it in a session of its own, so that its children end with it."""
    environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603
            command, cwd=folder, env=environment, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError as failed:
        raise CannotConvert(f"{type(failed).__name__}") from failed
    try:
        code = process.wait(timeout)
    except subprocess.TimeoutExpired as late:
        raise CannotConvert(f"it took more than {timeout:g} s") from late
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if code:
        raise CannotConvert(f"it ended with {code}")


@functools.cache
def _without_network() -> tuple[str, ...]:
    """How to start a program in a network namespace that holds nothing, where this machine allows it."""
    if shutil.which(_CUT_OFF[0]) is None:
        return ()
    tried = subprocess.run([*_CUT_OFF, "true"], capture_output=True, check=False)  # noqa: S603
    return (*_CUT_OFF, "--") if tried.returncode == 0 else ()

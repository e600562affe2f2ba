"""feelin, the FEEL of bpmn.io (npm), in a Node process that answers line by line."""

import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from tests.services import ROOT, Missing, program

HERE = Path(__file__).parent
FILES = ("package.json", "package-lock.json", ".npmrc", "oracle.mjs")
CACHE = ROOT / ".cache" / "feelin"


class Refused(Exception):
    """feelin cannot read the expression."""


class Oracle:
    """A running feelin."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers

    def evaluate(self, expression: str) -> Any:
        """Its value: numbers as {"number": text}, contexts as {"context": …}, dates and the like as {"other": text}.

        Raises:
            Refused: it cannot read the expression.
        """
        self._questions.write(json.dumps({"expression": expression}) + "\n")
        self._questions.flush()
        answer = json.loads(self._answers.readline())
        if "error" in answer:
            raise Refused(answer["error"])
        return answer["value"]


def _installed(npm: str) -> Path:
    """The folder with what the lock file says; made aside and then moved, because several may want it at once."""
    digest = sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()
    folder = CACHE / digest[:16]
    if folder.exists():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=CACHE))
    try:
        for name in FILES:
            shutil.copy(HERE / name, aside / name)
        command = [npm, "ci", "--silent", "--fetch-retries=1", "--fetch-timeout=20000"]
        subprocess.run(command, cwd=aside, capture_output=True, text=True, timeout=60, check=True)
        with suppress(OSError):  # another one was faster
            aside.rename(folder)
    except subprocess.SubprocessError as error:
        raise Missing("feelin", f"npm cannot install it: {error}", required=False) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


@contextmanager
def feelin() -> Iterator[Oracle]:
    """Installed once into .cache; not had where there is no Node or no registry."""
    node, npm = program("node", required=False), program("npm", required=False)
    process = subprocess.Popen(
        [node, "oracle.mjs"],
        cwd=_installed(npm),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    assert process.stdin
    assert process.stdout
    try:
        yield Oracle(process.stdin, process.stdout)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()

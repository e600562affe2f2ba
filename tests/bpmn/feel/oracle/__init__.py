"""feelin, the FEEL of bpmn.io (npm), in a Node process that answers line by line."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
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


@contextmanager
def feelin() -> Iterator[Oracle]:
    """Installed once into .cache, exactly what the lock file says; not had where there is no Node or no registry."""
    node, npm = program("node", required=False), program("npm", required=False)
    wanted = sha256(b"".join((HERE / name).read_bytes() for name in FILES)).hexdigest()
    stamp = CACHE / "installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        CACHE.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            shutil.copy(HERE / name, CACHE / name)
        made = subprocess.run(
            [npm, "ci", "--silent"], cwd=CACHE, capture_output=True, text=True, timeout=120, check=False
        )
        if made.returncode:
            raise Missing("feelin", f"npm cannot install it: {made.stderr.strip()[-300:]}", required=False)
        stamp.write_text(wanted)
    process = subprocess.Popen(
        [node, "oracle.mjs"], cwd=CACHE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    assert process.stdin
    assert process.stdout
    try:
        yield Oracle(process.stdin, process.stdout)
    finally:
        process.stdin.close()
        process.wait(10)
        process.stdout.close()

"""What the cleaner could do once a mail had taken it over: the process that reads HTML, and the one that keeps it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from vaguemestre.mailbox.sandbox.cleaner.framing import read_frame, write_frame
from vaguemestre.mailbox.sandbox.converter import landlock
from vaguemestre.mailbox.testing.exhaustion import CLEANER, as_user
from vaguemestre.mailbox.testing.rfc_vectors import LEAKS, SCRIPTS

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs the users that bin/setup makes")
_ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def own() -> Iterator[Path]:
    """A folder of its user's own."""
    with TemporaryDirectory() as name:
        place = Path(name)
        (place / "kept").write_bytes(b"x")
        for one in (place, place / "kept"):
            shutil.chown(one, CLEANER, CLEANER)
        yield place


def answers(code: str, acts: list[str], told: bytes = b"") -> bytes:
    """`code` calls `tried()`, which does each act and says a word of each."""
    script = (
        "import os, socket\n"
        "def tried():\n"
        "    said = ''\n"
        f"    for act in ({''.join(f'lambda: {act}, ' for act in acts)}):\n"
        "        try: act(); said += 'done '\n"
        "        except (OSError, ImportError): said += 'refused '\n"
        "    return said.strip()\n"
        f"{code}\n"
    )
    done = subprocess.run(
        [*as_user(CLEANER), sys.executable, "-P", "-c", script], input=told, capture_output=True, check=True, cwd="/",
        env={"PYTHONPATH": str(_ROOT), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    return done.stdout


def test_what_reads_html_opens_nothing_reaches_nobody_and_starts_nothing(own: Path) -> None:
    kept, new = str(own / "kept"), str(own / "new")
    acts = [
        f"open({kept!r})", f"os.unlink({kept!r})", f"os.mkdir({new!r})", f"os.rename({kept!r}, {new!r})",
        "open('/etc/passwd')", "socket.socket()", "socket.socket(socket.AF_UNIX)", "os.fork()", "__import__('wave')",
    ]  # fmt: skip
    with TemporaryDirectory() as name:
        request = Path(name, "request")
        with request.open("wb") as stream:
            write_frame(stream, json.dumps({"act": "text"}).encode(), b"x")
        code = (
            "from vaguemestre.mailbox.sandbox.cleaner import worker\n"
            "worker._done = lambda request, html: ({}, tried())\n"
            "worker.main()"
        )
        Path(name, "answer").write_bytes(answers(code, acts, request.read_bytes()))
        with Path(name, "answer").open("rb") as stream:
            assert read_frame(stream, 0)[0] == b"ready"
            _head, said = read_frame(stream, 1000)
    assert said.split() == [b"refused"] * len(acts)
    assert (own / "kept").read_bytes() == b"x"


@pytest.mark.skipif(not landlock.version(), reason="needs Landlock")
def test_what_keeps_it_reads_programs_and_makes_its_socket(own: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from vaguemestre.mailbox.sandbox import confinement\n"
        f"confinement.keep_socket(Path({str(own)!r}))\n"
        "print(tried())"
    )
    may = [
        f"socket.socket(socket.AF_UNIX).bind({str(own / 'socket')!r})", f"os.unlink({str(own / 'socket')!r})",
        "open(os.devnull, 'r+b')", "open(os.__file__)", "__import__('wave')",
    ]  # fmt: skip
    may_not = [
        f"open({str(own / 'kept')!r})", f"open({str(own / 'new')!r}, 'w')", "open('/etc/passwd')",
        f"open({str(_ROOT / 'academy.toml')!r})", "os.listdir('/')",
    ]  # fmt: skip
    assert answers(code, may + may_not).split() == [b"done"] * len(may) + [b"refused"] * len(may_not)
    if landlock.version() >= 4:
        assert answers(code, ["socket.create_server(('127.0.0.1', 0))"]).strip() == b"refused"


def test_what_reads_html_needs_nothing_that_is_loaded_later() -> None:
    """Where nothing is opened any more, no module is imported either."""
    apple = (
        '<a href="https://\u0430\u0440\u0440\u04cf\u0435.example:8/">apple.example</a><a href="http://[::1]/">a.fr</a>'
    )
    letters = [*SCRIPTS.values(), *LEAKS.values(), apple, "\ufeff<p>\u0130</p>"]
    code = (
        "import json, sys\n"
        "from vaguemestre.mailbox.sandbox.cleaner import worker\n"
        "letters, before = json.load(sys.stdin), set(sys.modules)\n"
        "for act in ('clean', 'read', 'text', 'write'):\n"
        "    for html in letters:\n"
        "        worker._done({'act': act, 'mark': 'a' * 32, 'images': True, 'links': True, 'reading': True}, html)\n"
        "print(sorted(set(sys.modules) - before))"
    )
    assert answers(code, [], json.dumps(letters).encode()) == b"[]\n"

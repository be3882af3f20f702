"""The cleaner and the converter as the launcher starts them, on a machine that lets them start no child: who asks is
told so, nothing is remembered, the journal says why, and they continue by themselves."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.sandbox import converter
from vaguemestre.mailbox.sandbox.cleaner import clean, find_trouble
from vaguemestre.mailbox.sandbox.converter import image_jobs, libreoffice, thumbnail_client
from vaguemestre.mailbox.testing import images
from vaguemestre.mailbox.testing.converter import LETTER, wait_until
from vaguemestre.mailbox.testing.exhaustion import CLEANER, OFFICE, Process, as_user, running
from vaguemestre.mailbox.testing.thumbnails import running as in_this_process

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs the users that bin/setup makes")


@pytest.fixture
def cleaner() -> Iterator[Process]:
    with running(CLEANER, "vaguemestre.mailbox.sandbox.cleaner", "socket") as process:
        assert answer(process) == "<p>b</p>"
        yield process


def answer(process: Process, timeout: float = 20) -> str:
    try:
        return clean("<p onclick=x>b</p>", socket=process.socket, cid_url=str, timeout=timeout).html
    except CleanerError as error:
        return error.reason


def kill_children(process: Process) -> None:
    for pid in process.children():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: all(" Z" in Path(f"/proc/{pid}/stat").read_text() for pid in process.children()))


def no_process(process: Process) -> None:
    process.limit("nproc", 0)


def no_descriptor_for_a_pipe(process: Process) -> None:
    process.limit("nofile", process.open_files() + 1)  # one who asks is let in


@pytest.mark.parametrize(("bind", "number"), [(no_process, "EAGAIN"), (no_descriptor_for_a_pipe, "EMFILE")])
def test_a_cleaner_that_can_start_nothing_says_so_and_goes_on(
    cleaner: Process, bind: Callable[[Process], None], number: str
) -> None:
    bind(cleaner)
    kill_children(cleaner)
    for _ in range(4):
        assert answer(cleaner) == "away"
    assert find_trouble(cleaner.socket) == "away"
    assert cleaner.said().count(f"cleaner: no child can be started: {number} (") == 1
    cleaner.limit("nproc")
    cleaner.limit("nofile")
    for _ in range(4):
        assert answer(cleaner) == "<p>b</p>"
    assert find_trouble(cleaner.socket) == ""


def test_a_cleaner_without_a_descriptor_left_lets_in_later(cleaner: Process) -> None:
    cleaner.limit("nofile", 3)
    assert answer(cleaner, timeout=0.5) == "away"
    wait_until(lambda: "nobody is let in: EMFILE" in cleaner.said())
    cleaner.limit("nofile")
    assert answer(cleaner) == "<p>b</p>"


def test_a_child_killed_between_two_mails_is_the_fault_of_none(cleaner: Process) -> None:
    for _ in range(4):
        kill_children(cleaner)
        assert answer(cleaner) == "<p>b</p>"


@contextmanager
def without_null(user: str, module: str, place: str) -> Iterator[tuple[Process, Path]]:
    """In name spaces of its own where nobody may open /dev/null, and what has to be opened to mend that."""
    with TemporaryDirectory() as name:
        shut = Path(name, "null")
        shut.touch(mode=0o600)
        if subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True).returncode:
            pytest.skip("no mount namespace can be made here")
        words = ("unshare", "--mount", "sh", "-c", f'mount --bind {shut} /dev/null && exec "$@"', "sh")
        with running(user, module, place, *words) as process:
            yield process, shut


def test_a_cleaner_that_may_not_open_dev_null_begins_and_mends_itself() -> None:
    with without_null(CLEANER, "vaguemestre.mailbox.sandbox.cleaner", "socket") as (process, shut):
        assert answer(process) == "away"
        assert "cleaner: no child can be started: EACCES (" in process.said()
        shut.chmod(0o666)
        assert answer(process) == "<p>b</p>"


def state(process: Process, ask: Callable[[], str]) -> str:
    """Once it waits no longer."""
    said = [ask()]
    deadline = time.monotonic() + 90
    while said[-1] == "waiting":
        assert time.monotonic() < deadline
        time.sleep(0.05)
        said.append(ask())
    return said[-1]


def asks(process: Process) -> list[Callable[[], str]]:
    name, raw = thumbnail_client.thumbnail_name("a1", "x"), images.photo()
    listed: list[Callable[[], str]] = [
        lambda: thumbnail_client.request_thumbnail(process.folder, "a1", name, raw),
        lambda: thumbnail_client.request_thumbnail(process.folder, "a1", name, raw, thumbnail_client.PICTURES),
    ]
    if converter.is_installed():
        listed.append(lambda: converter.request_conversion(process.folder, "a1", "rtf", LETTER))
    return listed


def test_a_converter_that_can_start_nothing_blames_no_file() -> None:
    with running(OFFICE, "vaguemestre.mailbox.sandbox.converter", "") as process:
        wait_until(
            lambda: converter.request_conversion(process.folder, "a1", "exe", b"MZ") == "failed"
        )  # its threads have begun
        no_process(process)
        for ask in asks(process):
            assert [state(process, ask), state(process, ask)] == ["away", "away"]
        assert "converter: a picture is not drawn: EAGAIN (" in process.said()
        process.limit("nproc")
        for ask in asks(process):
            assert "done" in (state(process, ask), state(process, ask))  # what was said once is not said again
        wait_until(lambda: not list((process.folder / "work").iterdir()))


def test_a_converter_that_may_not_open_dev_null_blames_no_file() -> None:
    with without_null(OFFICE, "vaguemestre.mailbox.sandbox.converter", "") as (process, shut):
        for ask in asks(process):
            assert state(process, ask) == "away"
        assert "EACCES (" in process.said()
        shut.chmod(0o666)
        for ask in asks(process):
            assert "done" in (state(process, ask), state(process, ask))


def test_a_converter_whose_children_die_at_their_start_blames_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory for the process and none for what it starts, say: seen from here, a child that failed."""
    with TemporaryDirectory() as name, in_this_process(Path(name)):
        process = Process("root", os.getpid(), Path(name), Path(name))
        with monkeypatch.context() as patch:
            patch.setattr(image_jobs, "_COMMAND", ("sh", "-c", "exit 127"))
            patch.setattr(libreoffice, "_bound", lambda: ("sh", "-c", "exit 127"))
            for ask in asks(process):
                assert state(process, ask) == "away"
        for ask in asks(process):
            assert state(process, ask) == "done"


def test_nobody_but_the_web_knocks_at_the_cleaner(cleaner: Process) -> None:
    """By the folder: what calls itself another user does not even see the socket."""
    assert cleaner.socket.group() == "vaguemestre"
    assert cleaner.socket.stat().st_mode & 0o777 == 0o660

    def comes_in(user: str) -> bool:
        code = f"import socket; socket.socket(socket.AF_UNIX).connect({str(cleaner.socket)!r})"
        return (
            subprocess.run(
                [*as_user(user), sys.executable, "-c", code], check=False, capture_output=True, cwd="/"
            ).returncode
            == 0
        )

    assert comes_in("vaguemestre")
    for user in ("vmail", OFFICE, "vaguemestre-decoder"):
        assert not comes_in(user)

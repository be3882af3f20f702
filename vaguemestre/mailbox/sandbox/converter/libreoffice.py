"""One run of LibreOffice: a fresh profile without macros or links, no network, bounded in time, memory and size."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

from vaguemestre.mailbox.containers import zip_listing
from vaguemestre.mailbox.errors import UnpackError
from vaguemestre.mailbox.sandbox.converter import OFFICE
from vaguemestre.mailbox.sandbox.parent_death import killed_with_parent
from vaguemestre.mailbox.sandbox.socket_process import error_name, log_trouble

SECONDS = 40.0
OUTPUT_LIMIT = 60 * 1024 * 1024
UNPACKED_LIMIT = 400 * 1024 * 1024  # bytes of all that a zipped document says it holds
MEMBER_LIMIT = 5000
ROOT = Path(__file__).resolve().parents[4]
# Nothing runs, nothing outside the document is looked up, whatever it asks for.
_SETTINGS = (
    ("/org.openoffice.Office.Common/Security/Scripting", "MacroSecurityLevel", "int", "3"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableMacrosExecution", "boolean", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "DisableActiveContent", "boolean", "true"),
    ("/org.openoffice.Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "boolean", "true"),
    ("/org.openoffice.Office.Calc/Content/Update", "Link", "short", "2"),
    ("/org.openoffice.Office.Writer/Content/Update", "Link", "int", "0"),
    ("/org.openoffice.Office.Common/Misc", "UseLocking", "boolean", "false"),
)
_ITEM = '<item oor:path="{}"><prop oor:name="{}" oor:op="fuse"><value xsi:type="xs:{}">{}</value></prop></item>'
# What its name would not tell it.
_READ_AS = {".xlsxml": ("--infilter=MS Excel 2003 XML",)}
_PAGE = ".xlshtml"
_GOOD = rb"{\rtf1\ansi Bonjour\par}"


class ConversionError(Exception):
    """The word says why: "size", "time", "output"."""


def convert(source: Path, job: Path, stopping: Event) -> Path:
    """The PDF, in `job`. Raises `ConversionError`."""
    if _is_bomb(source):
        raise ConversionError("size")
    out = job / "out"
    out.mkdir(parents=True, mode=0o700)
    _write_profile(job / "profile")
    inside = job / source.name  # of the files, it reads what lies in its own folder
    inside.hardlink_to(source)
    if source.suffix == _PAGE:
        plain = job / "plain" / f"{source.stem}.ods"
        plain.parent.mkdir()
        _run(_tables(inside, plain), job, stopping)
        inside = plain
    _run(_command(inside, job), job, stopping)
    made = out / f"{source.stem}.pdf"
    if not made.exists() or not 0 < made.stat().st_size <= OUTPUT_LIMIT:
        raise ConversionError("output")
    made.chmod(0o640)  # the folder's group reads it
    return made


def works(trial: Path, stopping: Event) -> bool:
    """Whether this machine converts at all just now: one that has no room for a process, or none on its disk, makes
    nothing of a good document either."""
    try:
        trial.mkdir(mode=0o700)
        source = trial / "good.rtf"
        source.write_bytes(_GOOD)
        convert(source, trial / "job", stopping)
    except (ConversionError, OSError, MemoryError) as error:
        why = error_name(error) if not isinstance(error, ConversionError) else f"no child did its work ({error})"
        log_trouble("converter", f"no document is converted for the moment: {why}")
        return False
    finally:
        shutil.rmtree(trial, ignore_errors=True)
    return True


def _run(command: list[str], job: Path, stopping: Event) -> None:
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # a complaint may quote the document
        env={
            "PATH": "/usr/bin:/bin", "HOME": str(job), "TMPDIR": str(job), "LANG": "fr_FR.UTF-8",
            "SAL_USE_VCLPLUGIN": "svp", "PYTHONPATH": str(ROOT),
        },
        cwd=job,
        start_new_session=True,
    )  # fmt: skip
    _wait(process, stopping)


def _wait(process: subprocess.Popen[bytes], stopping: Event) -> None:
    deadline = time.monotonic() + SECONDS
    try:
        while process.poll() is None:
            if time.monotonic() > deadline or stopping.is_set():
                raise ConversionError("time")
            stopping.wait(0.05)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # and whatever it has started
        process.wait()


def _tables(source: Path, target: Path) -> list[str]:
    return [
        *_bound(),
        sys.executable,
        "-P",
        "-m",
        "vaguemestre.mailbox.sandbox.converter.html_tables",
        str(source),
        str(target),
    ]


def _command(source: Path, job: Path) -> list[str]:
    return [
        *_bound(),
        str(OFFICE), "--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck",
        f"-env:UserInstallation={(job / 'profile').as_uri()}",
        *_READ_AS.get(source.suffix, ()), "--convert-to", "pdf", "--outdir", str(job / "out"), str(source),
    ]  # fmt: skip


def _bound() -> list[str]:
    """It ends with the process that waits for it, however that dies."""
    limits = (sys.executable, "-P", "-m", "vaguemestre.mailbox.sandbox.converter.resource_limits")
    return killed_with_parent(*_no_network(), *limits)


_granted: list[tuple[str, ...]] = []
_SHORTAGES = (errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE)


def _no_network() -> tuple[str, ...]:
    """A name space of its own without any interface, where the kernel grants it. Raises OSError when the machine only
    has no room for a process now: without this wall nothing is read that could have had it."""
    if _granted:
        return _granted[0]
    words = ("unshare", "--user", "--map-current-user", "--net", "--pid", "--fork", "--kill-child")
    for asked in ((*words, "--mount-proc"), words):  # its own processes alone in /proc, which some containers refuse
        tried = subprocess.run([*asked, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            _granted.append(asked)
            return asked
        if shortage := next((error for error in _SHORTAGES if os.strerror(error).encode() in tried.stderr), None):
            raise OSError(shortage, os.strerror(shortage))
    return ()


def _write_profile(profile: Path) -> None:
    items = "".join(_ITEM.format(*setting) for setting in _SETTINGS)
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        'xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"{items}</oor:items>"
    )


def _is_bomb(source: Path) -> bool:
    if source.suffix in {".doc", ".xls", ".ppt", ".rtf", _PAGE, *_READ_AS}:
        return False
    try:
        members = zip_listing.zip_members(source.read_bytes())
    except UnpackError:
        return True
    return len(members) > MEMBER_LIMIT or sum(member.file_size for member in members) > UNPACKED_LIMIT

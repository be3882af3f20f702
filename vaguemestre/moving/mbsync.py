"""A mailbox elsewhere copied into files by mbsync (isync): a channel for each folder, into numbered ones of our own.

It runs as a child of the tasks process and dies with it; its journal lets the next run continue where it was. What it
must know in secret is in memory that only it inherits: neither its file nor its command line nor its environment hold
it."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.mailbox.sandbox.parent_death import killed_with_parent
from vaguemestre.moving.remote_mailbox import RemoteFolder, Server

MEMORY = 512 * 1024 * 1024
FILE_LIMIT = 64 * 1024 * 1024  # bytes of one message on the disk: `mbox.LARGEST`, and what mbsync adds
STATE = ".mbsyncstate"
_CHECKOUT = Path(__file__).parent.parent.parent
_PIPELINE = 20  # commands at once: large providers hang up on who asks for more
_REFUSED = re.compile(r"(?i)auth|login|password|credential|BAD user")


@dataclass(slots=True)
class Run:
    process: subprocess.Popen[bytes]
    log: Path

    def over(self, seconds: float) -> bool:
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def failure(self) -> str:
        """Empty when all was copied; else a word of `progress_text.server_refused_text`."""
        if self.process.returncode == 0:
            return ""
        words = self.log.read_bytes()[-4000:].decode("utf-8", "replace")
        if "certificate" in words.lower() or "SSL" in words:
            return "tls"
        return "login" if _REFUSED.search(words) else "away"

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def start(
    root: Path, server: Server, folders: Sequence[RemoteFolder], user: str, password: str,
    read: Mapping[str, int] | None = None,
) -> Run:  # fmt: skip
    """`read`: by folder, the number up to which it was read at another time. Raises RemoteMailboxError when the name
    means a machine that is not to be spoken to."""
    address = server.address()
    root.mkdir(mode=0o700, exist_ok=True)
    (root / "box").mkdir(mode=0o700, exist_ok=True)
    for number, folder in enumerate(folders):
        if read and folder.name in read:
            _begin_after(place_of(root, number), folder.validity, read[folder.name])
    held = [_held(user), _held(password)]
    try:
        config = root / "mbsyncrc"
        config.write_text(_config(root, server, address, folders, *held))
        log = root / "mbsync.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*_limits(), "mbsync", "--config", str(config), "--all", "--quiet"], pass_fds=held, cwd=_CHECKOUT,
                env={
                    "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(root), "LC_ALL": "C.UTF-8",
                    "PYTHONPATH": str(_CHECKOUT),
                },
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
    finally:
        for descriptor in held:
            os.close(descriptor)
    return Run(process, log)


def place_of(root: Path, number: int) -> Path:
    return root / "box" / f"f{number}"


def _begin_after(place: Path, validity: int, highest: int) -> None:
    """A state as mbsync keeps it, of a folder from which everything was pulled and nothing is here any more."""
    if (place / STATE).exists():
        return  # it was begun already, and knows better
    for part in ("cur", "new", "tmp"):
        (place / part).mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / ".uidvalidity").write_text("1\n0\n")
    state = f"FarUidValidity {validity}\nNearUidValidity 1\nMaxPulledUid {highest}\nMaxPushedUid 0\n\n"
    (place / STATE).write_text(state)


def messages(place: Path) -> list[str]:
    """Below the place, the oldest first as the server numbered them."""
    found = [
        f"{part}/{entry.name}"
        for part in ("cur", "new")
        if (place / part).is_dir()
        for entry in os.scandir(place / part)
    ]
    return sorted(found, key=lambda name: (_number(name), name))


def flags_of(name: str) -> str:
    """The letters of a Maildir name."""
    return name.rpartition(":2,")[2] if ":2," in name else ""


def copied(root: Path) -> tuple[int, int]:
    """Messages, and bytes."""
    box = root / "box"
    sizes = [
        (place / name).stat().st_size for place in (box.iterdir() if box.is_dir() else ()) for name in messages(place)
    ]
    return len(sizes), sum(sizes)


def _number(name: str) -> int:
    found = re.search(r",U=(\d{1,12})", name)
    return int(found[1]) if found else 0


def _held(secret: str) -> int:
    """A file without a name, in memory."""
    descriptor = os.memfd_create("v", os.MFD_CLOEXEC)
    os.write(descriptor, secret.encode() + b"\n")
    return descriptor


def _limits() -> list[str]:
    return killed_with_parent("prlimit", f"--as={MEMORY}", f"--fsize={FILE_LIMIT}", "--core=0", "nice", "-n", "10")


def _config(root: Path, server: Server, address: str, folders: Sequence[RemoteFolder], user: int, password: int) -> str:
    """Nothing in it was typed or sent but the host, which is checked, and names of folders, of plain letters."""
    lines = [
        "IMAPStore there", f"Host {server.host}", f"Port {server.port}",
        f'Tunnel "exec {sys.executable} -m vaguemestre.moving.tcp_relay {address} {server.port}"',
        f"TLSType {'STARTTLS' if server.starttls else 'IMAPS'}",
        *([f'CertificateFile "{server.ca}"'] if server.ca else []),
        f'UserCmd "cat /proc/self/fd/{user}"', f'PassCmd "cat /proc/self/fd/{password}"', "AuthMechs LOGIN",
        f"PipelineDepth {_PIPELINE}", "Timeout 60", "",
        "MaildirStore here", f'Path "{root}/box/"', f'Inbox "{root}/inbox"', "SubFolders Verbatim", "",
    ]  # fmt: skip
    for number, folder in enumerate(folders):
        lines += [
            f"Channel c{number}", f'Far ":there:{folder.name}"', f'Near ":here:f{number}"', "Create Near",
            "Sync PullNew", "CopyArrivalDate yes", "SyncState *", "",
        ]  # fmt: skip
    return "\n".join(lines)

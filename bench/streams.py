"""Open event streams on one event process: memory and CPU for each thousand, and how fast all of them are told.

    python -m bench.streams [--streams 5000] [--idle 30]

Starts an event process of its own, on loopback, over a folder of its own with fresh secrets; nothing else runs. Each
stream belongs to another account. Idle: heartbeats only. Told: one push for each account, one after the other.
"""

import argparse
import asyncio
import http.client
import json
import os
import resource
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from vaguemestre.launcher.processes.programs import STREAMS

THOUSAND = 1000
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
DIALLED_AT_ONCE = 100


@dataclass(frozen=True)
class Weight:
    """Of the process with its children: `memory` without what is only mapped from files."""

    memory: int
    seconds: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--streams", type=int, default=5000)
    arguments.add_argument("--idle", type=int, default=30)
    wanted = arguments.parse_args()
    needed = wanted.streams + 200
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with TemporaryDirectory() as folder:
        data = Path(folder)
        _make(data)
        os.environ["VAGUEMESTRE_DATA"] = str(data)
        os.environ["DJANGO_SETTINGS_MODULE"] = "vaguemestre.settings"
        port = _free_port()
        process = _started(port)
        try:
            asyncio.run(
                measure(process.pid, port, wanted.streams, wanted.idle, (data / "secrets/push.key").read_text())
            )
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


async def measure(pid: int, port: int, streams: int, idle: int, word: str) -> None:
    print("| open streams | memory | more for the last 1,000 | CPU to open them |\n|---|---|---|---|")
    before = weigh(pid)
    print(f"| 0 | {before.memory / 1e6:.1f} MB | | |")
    readers: list[asyncio.StreamReader] = []
    for number in range(0, streams, THOUSAND):
        readers += await opened(port, range(number, min(number + THOUSAND, streams)))
        now = weigh(pid)
        more, took = (now.memory - before.memory) / 1e6, now.seconds - before.seconds
        print(f"| {len(readers):,} | {now.memory / 1e6:.1f} MB | {more:.1f} MB | {took:.2f} s |")
        before = now
    began = time.monotonic()
    await asyncio.sleep(idle)
    now = weigh(pid)
    share = (now.seconds - before.seconds) / (time.monotonic() - began) * 100
    print(
        f"\nIdle, {len(readers):,} streams: {share:.2f} % of a core, {share / len(readers) * THOUSAND:.2f} % for 1,000."
    )
    await told(pid, port, readers, word)


async def opened(port: int, numbers: range) -> list[asyncio.StreamReader]:
    gate = asyncio.Semaphore(DIALLED_AT_ONCE)

    async def dial(number: int) -> asyncio.StreamReader:
        async with gate:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"GET /evenements/ HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie(number)}\r\n\r\n"
            writer.write(head.encode())
            while not (line := await reader.readline()).startswith(b"retry:"):
                assert line, "the stream was refused"
            writers.append(writer)
            return reader

    return list(await asyncio.gather(*map(dial, numbers)))


async def told(pid: int, port: int, readers: list[asyncio.StreamReader], word: str) -> None:
    """All pushes over one connection, as fast as they are taken; then every reader has had its event."""
    before, began = weigh(pid), time.monotonic()
    heard = [asyncio.create_task(_hears(reader)) for reader in readers]
    await asyncio.to_thread(_push, port, len(readers), word)
    await asyncio.wait_for(asyncio.gather(*heard), 120)
    took, spent = time.monotonic() - began, weigh(pid).seconds - before.seconds
    print(
        f"Told, one event each: {took:.2f} s from the first push to the last event read, {len(readers) / took:,.0f} a "
        f"second; CPU {spent / len(readers) * 1e6:.0f} µs an event."
    )


async def _hears(reader: asyncio.StreamReader) -> None:
    while not (line := await reader.readline()).startswith(b"event: mail"):
        assert line, "the stream ended"


def _push(port: int, accounts: int, word: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in range(accounts):
        told = {"user": key(number), "total": 1, "events": [{"kind": "new", "folder": "INBOX", "uid": 1}]}
        connection.request("POST", "/push", json.dumps(told), {"X-Vaguemestre-Push": word.strip()})
        connection.getresponse().read()
    connection.close()


def weigh(pid: int) -> Weight:
    memory = seconds = 0.0
    for one in (pid, *_children(pid)):
        status = Path(f"/proc/{one}/status").read_text()
        words = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        memory += int(words["RssAnon"].split()[0]) * 1024
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        seconds += (int(fields[11]) + int(fields[12])) / TICK
    return Weight(int(memory), seconds)


def _children(pid: int) -> list[int]:
    return [
        int(word) for task in Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()
    ]


def key(number: int) -> str:
    return f"a{number:07d}"


def cookie(number: int) -> str:
    return cookie_of(key(number))


def cookie_of(key: str) -> str:
    from django.utils import timezone

    from vaguemestre.accounts.sessions.stream_tickets import COOKIE, Ticket, sign_ticket

    return f"{COOKIE}={sign_ticket(Ticket(key, '0' * 16, timezone.now()))}"


def _make(data: Path) -> None:
    (data / "secrets").mkdir()
    for name in ("django.key", "push.key"):
        (data / "secrets" / name).write_text(secrets.token_urlsafe(50))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _started(port: int) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--workers-kill-timeout", "1", "--no-ws", *STREAMS, "--log-level", "warning",
        "vaguemestre.events:application",
    ]  # fmt: skip
    process = subprocess.Popen(command)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.1)
    process.terminate()
    raise TimeoutError("the event process does not answer")


writers: list[asyncio.StreamWriter] = []  # an unreferenced writer closes its connection

if __name__ == "__main__":
    main()

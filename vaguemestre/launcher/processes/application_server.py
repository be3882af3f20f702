"""granian, on sockets made again, with workers that end with it:
`python -m vaguemestre.launcher.processes.application_server INTERFACE APPLICATION OPTIONS… [+ OPTIONS…]`.

Takes granian's own options. `+` begins those of another server for the same application. A socket's name with `{}`
stands for as many servers as there are web processes (`web_sockets`).
"""

import gc
import importlib
import itertools
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from types import FrameType

from django.conf import settings
from granian.cli import entrypoint
from granian.log import LOGGING_CONFIG

from vaguemestre.engine.liveness_probes import Address, http_status
from vaguemestre.launcher.data_folder.web_sockets import NUMBER, expand
from vaguemestre.mailbox.sandbox import watchdog
from vaguemestre.mailbox.sandbox.parent_death import end_with_parent
from vaguemestre.web.monitoring import counters, logged_program

SOCKET, PORT = "--uds", "--port"
STOPS = (signal.SIGTERM, signal.SIGINT)
CALM_SECONDS = 10.0  # between the ends of two servers
AGAIN_SECONDS = 0.5  # one that does not answer yet is asked again
# Open event streams would hold a stop for ever. It warns of more threads than cores: these wait for mail servers.
COMMON = (
    "--respawn-failed-workers", "--workers-kill-timeout", "2", "--log-level", "error", "--no-ws", "--http", "1",
)  # fmt: skip


def run() -> None:
    interface, application, *words = sys.argv[1:]
    servers = [options for group in _groups(words) for options in _one_a_socket(group)]
    if folder := os.environ.get(counters.VARIABLE):
        counters.begin(Path(folder))
    # Its own lines, and those of `events`, which is no Django; in workers of the others the settings come after it.
    LOGGING_CONFIG.update(logged_program.configuration())
    _read_application(application)
    os.register_at_fork(after_in_child=lambda: end_with_parent(signal.SIGKILL))
    common = ("--interface", interface, *COMMON, application)
    _serve_together([[*options, *common] for options in servers])


def _groups(words: Sequence[str]) -> list[list[str]]:
    return [list(group) for is_between, group in itertools.groupby(words, lambda word: word == "+") if not is_between]


def _one_a_socket(options: list[str]) -> list[list[str]]:
    if not any(NUMBER in word for word in options):
        return [options]
    place = options.index(SOCKET) + 1
    return [[*options[:place], str(path), *options[place + 1 :]] for path in expand(options[place])]


def _read_application(target: str) -> None:
    """Once, before there are workers: they share the memory of all that never changes, one that is started again serves
    at once, and the garbage collector no longer goes through it. No connection and no thread is opened by reading."""
    importlib.import_module(target.partition(":")[0])
    gc.collect()
    gc.freeze()


def _serve(arguments: list[str]) -> None:
    if SOCKET in arguments:
        # granian leaves the socket of one that was killed where it is, and then refuses to start. It is nobody else's:
        # the data folder is held by one service alone.
        Path(arguments[arguments.index(SOCKET) + 1]).unlink(missing_ok=True)
    sys.argv[1:] = arguments
    entrypoint()  # type: ignore[no-untyped-call]  # granian is typed, this one function is not


def _serve_together(servers: list[list[str]]) -> None:
    """A process each; workers that die are granian's to replace. One that ends, unasked, is begun again. When another
    does soon after, all end, and the supervisor waits longer and longer before it starts them again."""
    running: dict[int, list[str]] = {}
    ends: list[float] = []
    stopped = False

    def begin(arguments: list[str]) -> None:
        running[_forked(arguments)] = arguments
        if stopped:  # meanwhile
            stop(signal.SIGTERM, None)

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        for process in running:
            with suppress(ProcessLookupError):  # it has just ended
                os.kill(process, number)

    for arguments in servers:
        begin(arguments)
    for number in STOPS:
        signal.signal(number, stop)
    _watch([_address(options) for options in servers])
    while running:
        process, _status = os.wait()
        arguments = running.pop(process)
        ends.append(time.monotonic())
        if stopped:
            continue
        if len(ends) > 1 and ends[-1] - ends[-2] < CALM_SECONDS:
            stop(signal.SIGTERM, None)
        else:
            begin(arguments)


def _watch(addresses: Sequence[Address]) -> None:
    """A sign of life is given each time when all of them have answered: not while one is stopped, nor while nothing
    returns in it. The request waits for its turn behind others; what it is answered does not matter. Until the first
    sign nobody watches over them, so it comes as soon as they serve."""
    host = settings.ALLOWED_HOSTS[0] if settings.configured else "localhost"
    answered, alone = set[Address](), Lock()

    def ask(address: Address) -> None:
        while True:
            if http_status(address, "/health/", host=host, seconds=watchdog.SILENCE_SECONDS):
                with alone:
                    answered.add(address)
                    if len(answered) == len(addresses):
                        answered.clear()
                        watchdog.beat()
                time.sleep(watchdog.INTERVAL_SECONDS)
            else:
                time.sleep(AGAIN_SECONDS)

    for address in addresses:
        Thread(target=ask, args=(address,), daemon=True).start()


def _address(options: list[str]) -> Address:
    if SOCKET in options:
        return Path(options[options.index(SOCKET) + 1])
    return "127.0.0.1", int(options[options.index(PORT) + 1])


def _forked(arguments: list[str]) -> int:
    process = os.fork()
    if not process:
        for number in STOPS:
            signal.signal(number, signal.SIG_DFL)  # until granian has its own
        _serve(arguments)
    return process


if __name__ == "__main__":
    run()

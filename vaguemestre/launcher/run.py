"""`bin/run`: from an empty machine, or from yesterday's data folder, to a service that answers."""

import argparse
import contextlib
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.instance import Instance, read_instance
from vaguemestre.launcher import demo, summary
from vaguemestre.launcher.data_folder import folder, folder_lock, ports
from vaguemestre.launcher.errors import LauncherError, UnreadyError
from vaguemestre.launcher.prepare import describe, point_at, prepare, require_whole
from vaguemestre.launcher.processes import leftovers
from vaguemestre.launcher.processes.programs import programs
from vaguemestre.launcher.processes.supervision import Daemon, Supervision
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.texts import _

STOP_SECONDS = 60


@dataclass(frozen=True)
class Running:
    data: Path
    instance: Instance
    supervision: Supervision
    process: Daemon


def run(arguments: Sequence[str]) -> int:
    options = _read(arguments)
    data = options.data.absolute()
    if options.stop:
        return stop(data)
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # A script's background job inherits a deaf SIGINT: whoever sends one means it. `nohup` is obeyed.
        if ending != signal.SIGHUP or signal.getsignal(ending) != signal.SIG_IGN:
            signal.signal(ending, signal.default_int_handler)
    try:
        with running(data, options.ports, background=options.background) as service:
            summary.show(service.data, service.instance, background=options.background)
            if not options.background:
                service.process.wait()
    except KeyboardInterrupt:
        return 0
    return 0


@contextlib.contextmanager
def running(data: Path, base: int | None, *, background: bool = False, rspamd: bool = True) -> Iterator[Running]:
    """The whole service, answering. It stops with the block, unless it was asked to stay in the background."""
    folder.lay_out(data)
    with contextlib.ExitStack() as locks, contextlib.ExitStack() as undo:
        unready, new_secrets = data / folder_lock.UNREADY, list[str]()
        if unready.exists() and not folder_lock.is_free(data):
            locks.enter_context(folder_lock.hold(data, folder_lock.UNREADY))
            service = _found(data)
        else:
            held = locks.enter_context(folder_lock.hold(data))
            locks.enter_context(folder_lock.hold(data, folder_lock.UNREADY))
            require_whole(data)
            instance = describe(data, base, mode="demo", host="localhost", rspamd=rspamd)
            _end_leftovers(data)
            ports.require_free(instance.ports, instance.listen)
            new_secrets = prepare(data, instance)
            supervision = Supervision(data)
            started = supervision.start(programs(data, instance), lock=held.fileno())
            service = Running(data, instance, supervision, started)
        undo.callback(_stop, service)
        _wait_ready(service, undo, background=background)
        unready.unlink()
        if service.instance.mode == "demo":
            demo.load(data, service.instance)
        if new_secrets:
            summary.show_secrets(data, new_secrets)
        yield service
        if background:
            undo.pop_all()


def _found(data: Path) -> Running:
    """What a start has left that was not waited for long enough."""
    point_at(data)
    supervision = Supervision(data)
    return Running(data, read_instance(), supervision, supervision.find())


def _wait_ready(service: Running, undo: contextlib.ExitStack, *, background: bool) -> None:
    """On a machine that has no time for it, what has started stays: the next one begins where this one ends."""
    listed = programs(service.data, service.instance)
    folder_lock.sign(service.data, service.process.pid, background=background)
    try:
        with step(_("start of {count} programs", count=len(listed))):
            service.supervision.wait_ready(listed, service.process)
    except UnreadyError as error:
        folder_lock.sign(service.data, service.process.pid, background=True)
        undo.pop_all()
        more = _("What has started goes on: bin/run again waits for the rest, bin/run --stop ends it all.")
        raise UnreadyError(f"{error}\n\n{more}") from error


def _stop(service: Running) -> None:
    # A second Ctrl-C must not cut a clean stop in two.
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    try:
        print()
        with step(_("stop of the programs")):
            service.supervision.stop(service.process)
    except BrokenPipeError:  # nobody reads any more (`bin/run | head`): it stops all the same
        service.supervision.stop(service.process)


def _end_leftovers(data: Path) -> bool:
    """Whether there were any. The caller holds the folder's lock."""
    leaders = leftovers.of_the_dead(data)
    if left := leftovers.members(data, leaders):
        with step(_("end of {count} processes that a killed supervisor has left", count=len(left))):
            leftovers.end(data, leaders)
    leftovers.forget(data)
    return bool(left)


def stop(data: Path) -> int:
    """Ends what another launcher started, and returns once it is really over."""
    if folder_lock.is_free(data):
        if not data.exists() or not _stopped_the_dead(data):
            print(_("Nothing runs on {data}.", data=data))
        return 0
    supervisor = leftovers.supervisor_of(data)
    with step(_("stop of the programs")):
        deadline = time.monotonic() + STOP_SECONDS
        try:
            Supervision(data).shut_down()
        except OSError as error:  # its socket comes after the lock, and goes before it
            raise LauncherError(
                _("{data} is being started or stopped: {holder}.", data=data, holder=folder_lock.holder_of(data))
            ) from error
        while not folder_lock.is_free(data):
            if time.monotonic() > deadline:
                raise LauncherError(_("It does not stop: {holder}.", holder=folder_lock.holder_of(data)))
            time.sleep(0.1)
        if supervisor:
            leftovers.end(data, [supervisor])
    return 0


def _stopped_the_dead(data: Path) -> bool:
    with folder_lock.hold(data):
        return _end_leftovers(data)


def prepare_only(arguments: Sequence[str]) -> int:
    """For systemd: all that comes before the first process, under the same lock as a start."""
    parser = argparse.ArgumentParser("prepare")
    parser.add_argument("--data", type=Path, default=folder.DEFAULT_DATA)
    data = parser.parse_args(arguments).data.absolute()
    folder.lay_out(data)
    with folder_lock.hold(data):
        _end_leftovers(data)
        require_whole(data)
        if not (data / "instance.toml").exists():
            raise LauncherError(_("{file} is missing: vaguemestre init writes it.", file=data / "instance.toml"))
        instance = describe(data, None)
        if new_secrets := prepare(data, instance):
            summary.show_secrets(data, new_secrets)
    return 0


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("bin/run", description=_("Starts the whole service. Ctrl-C stops it."))
    parser.add_argument(
        "--data", type=Path, default=folder.DEFAULT_DATA, metavar="DIR",
        help=_("the folder that holds everything (default: {folder})", folder=folder.DEFAULT_DATA),
    )  # fmt: skip
    parser.add_argument(
        "--ports", type=int, metavar="BASE", help=_("BASE+443 for the web, +993 IMAPS, +465 SMTPS, +25 SMTP…")
    )
    parser.add_argument("--background", action="store_true", help=_("return once everything answers"))
    parser.add_argument("--stop", action="store_true", help=_("stop what runs on this folder"))
    return parser.parse_args(arguments)

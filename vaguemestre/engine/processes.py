"""The daemons as programs for a supervisor: what to start, as whom, and how to know that each answers."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from vaguemestre.academy.facts import academy
from vaguemestre.engine.configuration import RSPAMD_FILE, rspamd_variables
from vaguemestre.engine.daemon_folders import require_data
from vaguemestre.engine.liveness_probes import answers_through_keeper, greets, hand_answers, milter_answers
from vaguemestre.instance import Instance
from vaguemestre.web.monitoring import logged_program


@dataclass(frozen=True)
class Program:
    """`answers` never raises and takes seconds at most: true once the program serves, by a real exchange, for root and
    for the product's user. "root": it drops its rights by itself.

    `stop_group`: the signal must reach every process of it, not the first alone. `offline`: it speaks
    on Unix sockets alone.
    """

    name: str
    command: tuple[str, ...]
    user: str
    answers: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    priority: int = 100
    stop_group: bool = False
    offline: bool = False

    @property
    def beats(self) -> bool:
        """Those of ours give a sign of life (`mailbox.sandbox.watchdog`)."""
        return logged_program.MODULE in self.command


def programs(instance: Instance) -> list[Program]:
    """In the order of starting: what others need comes first."""
    data = require_data(instance)
    config = data / "engine"
    listed = [_sendercheck(data), _decoder(data), _dovecot(instance, config)]
    listed += [_postfix(instance, config), _queuekeeper(data, config)]
    if instance.mode != "production":
        listed.insert(0, _sink(instance, data))
    if instance.rspamd:
        listed[:0] = [_valkey(data, config), _rspamd(data, config)]
    return listed


def _valkey(data: Path, config: Path) -> Program:
    command = ("valkey-server", str(config / "valkey" / "valkey.conf"))
    return Program("valkey", command, "_rspamd", partial(answers_through_keeper, data, "valkey"), priority=10)


def _rspamd(data: Path, config: Path) -> Program:
    where = ("-c", str(RSPAMD_FILE), *rspamd_variables(data, config))
    command = ("rspamd", "-f", "-u", "_rspamd", "-g", "_rspamd", *where)
    answers = partial(answers_through_keeper, data, "rspamd")
    # It would wait 16 seconds for Postfix's idle connections; nothing is lost by not waiting, mail is tried again.
    return Program("rspamd", command, "root", answers, stop_seconds=3, priority=20)


def _sink(instance: Instance, data: Path) -> Program:
    # One file for each mail that would have left, named by its minute.
    command = ("smtp-sink", "-d", str(data / "sink" / "%Y%m%d-%H%M."), f"127.0.0.1:{instance.ports.sink}", "100")
    return Program("sink", command, "nobody", partial(greets, instance.ports.sink), priority=30)


def _sendercheck(data: Path) -> Program:
    path = data / "run" / "sendercheck.sock"
    file = str(data / "db" / "mail.sqlite3")
    command = logged_program.command("vaguemestre.engine.sender_milter", str(path), file, academy().domain)
    return Program("sendercheck", command, "vaguemestre", partial(milter_answers, path), priority=30)


def _decoder(data: Path) -> Program:
    path = data / "run" / "decoder" / "socket"
    command = logged_program.command("vaguemestre.engine.decoder", str(path))
    # A user of its own, to whom nothing in the data folder belongs: it reads what strangers sent.
    answers = partial(answers_through_keeper, data, "decoder")
    return Program("decoder", command, "vaguemestre-decoder", answers, stop_seconds=40, priority=30, offline=True)


def _dovecot(instance: Instance, config: Path) -> Program:
    command = ("dovecot", "-F", "-c", str(config / "dovecot" / "dovecot.conf"))
    answers = partial(greets, instance.ports.imaps, tls=True)
    # Told alone, the master ends and its sessions continue (`shutdown_clients`).
    return Program("dovecot", command, "root", answers, priority=40, stop_seconds=15, stop_group=True)


def _postfix(instance: Instance, config: Path) -> Program:
    command = (sys.executable, "-P", "-m", "vaguemestre.engine.postfix_foreground", str(config / "postfix"))
    return Program("postfix", command, "root", partial(greets, instance.ports.smtp), priority=50, stop_seconds=15)


def _queuekeeper(data: Path, config: Path) -> Program:
    path = data / "run" / "queuekeeper.sock"
    where = (str(path), str(config / "postfix"), str(data / "log" / "postfix-mail.log"))
    command = logged_program.command("vaguemestre.engine.queue_manager", *where)
    # Root: nobody else may hold or delete what waits in the queue.
    return Program("queuekeeper", command, "root", partial(hand_answers, path), priority=60)

"""Does this machine serve mail or pages already? Then it is left alone: installing ours would push theirs out, or take
their ports at the next boot."""

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vaguemestre.launcher.data_folder import port_holder
from vaguemestre.launcher.texts import _

PORTS = (25, 80, 443, 465, 993)
MAIL_SERVER = "mail-transport-agent"
OURS = "postfix"


@dataclass(frozen=True)
class Daemon:
    """One of Debian's that we use too: its package, its units, and where somebody who uses it writes."""

    package: str
    units: tuple[str, ...]
    written_by_hand: tuple[str, ...] = ()  # by nobody but an administrator: no package brings them


DAEMONS = (
    Daemon("postfix", ("postfix.service",), ("/etc/postfix/main.cf",)),
    Daemon("nginx-common", ("nginx.service",), ("/etc/nginx/conf.d/*", "/etc/nginx/sites-enabled/[!d]*")),
    Daemon("dovecot-core", ("dovecot.service", "dovecot.socket"), ("/etc/dovecot/local.conf",)),
    Daemon("rspamd", ("rspamd.service",), ("/etc/rspamd/local.d/*.conf", "/etc/rspamd/local.d/*.inc")),
    Daemon("valkey-server", ("valkey-server.service",)),
)


@dataclass(frozen=True)
class Machine:
    """What was seen."""

    mail_servers: tuple[str, ...] = ()  # packages that deliver mail
    holders: Mapping[int, str] | None = None  # port: program and process
    enabled: tuple[str, ...] = ()  # units of Debian's that start with the machine, or run
    changed: Mapping[str, str] | None = None  # package: a file that is not as Debian brought it


def look(root: Path = Path("/")) -> Machine:
    installed = dict(_installed())
    daemons = [daemon for daemon in DAEMONS if daemon.package in installed]
    return Machine(
        mail_servers=tuple(name for name, provides in installed.items() if MAIL_SERVER in provides and name != OURS),
        holders={port: f"{held.said()} ({held.pid})" for port in PORTS if (held := port_holder.holder(port))},
        enabled=tuple(unit for daemon in daemons for unit in daemon.units if _starts(unit)),
        changed={daemon.package: file for daemon in daemons if (file := _changed(daemon, root))},
    )


def objections(machine: Machine) -> list[str]:
    """In words, with what to do."""
    return [
        *(
            _(
                "The package {package} is installed: Postfix would push it out. If this machine's mail does not "
                "need it: apt purge {package}",
                package=package,
            )
            for package in machine.mail_servers
        ),
        *(
            _("Port {port} is held by {holder}: somebody is served there.", port=port, holder=holder)
            for port, holder in (machine.holders or {}).items()
        ),
        *(
            _(
                "{unit} of Debian starts with this machine. If nobody needs it: systemctl disable --now {unit}",
                unit=unit,
            )
            for unit in machine.enabled
        ),
        *(
            _(
                "{file} is not as Debian brought it: somebody has set {package} up. If nobody needs it: "
                "apt purge {package}",
                file=file,
                package=package,
            )
            for package, file in (machine.changed or {}).items()
        ),
    ]


def _installed() -> Iterator[tuple[str, str]]:
    shown = "${db:Status-Status}\t${Package}\t${Provides}\n"
    for line in _said("dpkg-query", "--show", f"--showformat={shown}").splitlines():
        state, package, provides = line.split("\t")
        if state == "installed":
            yield package, provides


def _starts(unit: str) -> bool:
    return _said("systemctl", "is-enabled", unit).strip() == "enabled" or (
        _said("systemctl", "is-active", unit).strip() == "active"
    )


def _changed(daemon: Daemon, root: Path) -> str:
    for pattern in daemon.written_by_hand:
        for file in sorted(root.glob(pattern.removeprefix("/"))):
            return f"/{file.relative_to(root)}"
    return changed_file(_said("dpkg", "--verify", daemon.package))


def changed_file(verified: str) -> str:
    """The first configuration file that `dpkg --verify` finds changed: `??5?????? c /etc/nginx/nginx.conf`."""
    rows = (line.split() for line in verified.splitlines())
    return next((words[2] for words in rows if len(words) == 3 and words[1] == "c" and "5" in words[0]), "")


def _said(*command: str) -> str:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False).stdout

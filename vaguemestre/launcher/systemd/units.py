"""The same programs as systemd units, for production: `deploy/systemd/` holds them as rendered for the usual places."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance, Ports
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder.folder import WEB_USER
from vaguemestre.launcher.processes import programs, restarts
from vaguemestre.launcher.systemd import backup_units, hardening
from vaguemestre.web.monitoring import logged_program

TARGET = "vaguemestre.target"
PREPARE = "vaguemestre-prepare.service"
READY = "vaguemestre-ready.service"

# The usual places and ports; another installation renders its own.
DATA = Path("/var/lib/vaguemestre")
HOME = Path("/opt/vaguemestre")
STANDARD = Ports(
    web=443, imaps=993, smtps=465, smtp=25, sieve=4190, gate=24080, events=24081, reinject=24026, sink=24027, http=80
)  # fmt: skip


def run(arguments: Sequence[str]) -> int:
    """Writes `deploy/systemd/` again."""
    folder = Path(arguments[0]) if arguments else CHECKOUT / "deploy" / "systemd"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in usual().items():
        (folder / name).write_text(text)
    return 0


def usual() -> dict[str, str]:
    instance = Instance(data=DATA, mode="production", ports=STANDARD, rspamd=True)
    made = render(programs.programs(DATA, instance), DATA, HOME)
    return {name: text.replace(str(CHECKOUT), str(HOME)) for name, text in made.items()}


def render(listed: Sequence[Program], data: Path, checkout: Path = CHECKOUT) -> dict[str, str]:
    """File name → content. The programs come in order of start."""
    python = checkout / ".venv" / "bin" / "python"
    units = {
        TARGET: _target(),
        PREPARE: _prepare(data, checkout, python),
        READY: _ready([_unit(program) for program in listed], data, checkout, python),
    }
    for program in listed:
        earlier = [_unit(other) for other in listed if other.priority < program.priority]
        units[_unit(program)] = _service(program, earlier, data, checkout, python)

    def act_of_backup(act: str) -> str:
        return (
            f"ExecStart={python} -P -m vaguemestre backup {act}\nWorkingDirectory={checkout}\n"
            f"{_environment({}, data, checkout, python)}\nUMask=0077"
        )

    return units | backup_units.render(TARGET, PREPARE, act_of_backup)


def _unit(program: Program) -> str:
    return f"vaguemestre-{program.name}.service"


def _target() -> str:
    """Active once all is ready. Whoever waits for that is let go after a while; the units continue trying."""
    return f"""\
[Unit]
Description=Vaguemestre, the whole service
Wants=network-online.target
Requires={READY}
After=network-online.target {READY}
JobTimeoutSec=10min

[Install]
WantedBy=multi-user.target
"""


# A failure that is tried again is none for those who wait: with "direct" their starts stay asked for.
RETRIED = """\
Type=oneshot
RemainAfterExit=yes
Restart=on-failure
RestartMode=direct
RestartSec=5
"""

# Its silence (`mailbox.sandbox.watchdog`) is an end like `kill -9`: one that is stopped hears nothing gentler.
WATCHED = """\
NotifyAccess=main
WatchdogSignal=SIGKILL
"""


def _prepare(data: Path, checkout: Path, python: Path) -> str:
    return f"""\
[Unit]
Description=Vaguemestre: certificates, configuration, tables
PartOf={TARGET}
After=network-online.target postgresql.service
RequiresMountsFor={data}
StartLimitIntervalSec=0

[Service]
{RETRIED}\
ExecStart={python} -P -m vaguemestre.launcher prepare --data {data}
{_environment({}, data, checkout, python)}
TimeoutStartSec=30min
{hardening.lines("prepare", "root", data)}
[Install]
WantedBy={TARGET}
"""


def _ready(others: Sequence[str], data: Path, checkout: Path, python: Path) -> str:
    """Upholds: when this one succeeds after all, the target that gave up waiting follows."""
    return f"""\
[Unit]
Description=Vaguemestre: every part answers
PartOf={TARGET}
Requires={PREPARE}
After={" ".join([PREPARE, *others])}
Upholds={TARGET}
StartLimitIntervalSec=0

[Service]
{RETRIED}\
ExecStart={python} -P -m vaguemestre.launcher ready --data {data}
User={WEB_USER}
WorkingDirectory={checkout}
{_environment({}, data, checkout, python)}
UMask=0077
TimeoutStartSec=5min
{hardening.lines("ready", WEB_USER, data)}
[Install]
WantedBy={TARGET}
"""


def _service(program: Program, earlier: Sequence[str], data: Path, checkout: Path, python: Path) -> str:
    command = [_absolute(word, python) if place == 0 else word for place, word in enumerate(program.command)]
    return f"""\
[Unit]
Description=Vaguemestre: {program.name}
PartOf={TARGET}
Requires={PREPARE}
After={" ".join([PREPARE, *earlier])}
StartLimitIntervalSec=0

[Service]
ExecStartPre=+{python} -P -m {logged_program.__name__} {restarts.__name__} {program.name}
ExecStart={" ".join(_quoted(word) for word in command)}
{_user(program.user)}WorkingDirectory={checkout}
{_environment(program.environment, data, checkout, python)}
EnvironmentFile=-{environment_file(data)}
{WATCHED if program.beats else ""}\
UMask={"0022" if program.user == "root" else "0027"}
LimitNOFILE=16384
Restart=always
RestartSec=100ms
TimeoutStartSec=2min
KillSignal=SIG{program.stop_signal}
KillMode={"control-group" if program.stop_group else "mixed"}
TimeoutStopSec={program.stop_seconds}
{hardening.lines(program.name, program.user, data)}
[Install]
WantedBy={TARGET}
"""


def environment_file(data: Path) -> Path:
    """What `instance.toml` says to programs that cannot read it. It outweighs what stands in the unit."""
    return data / "engine" / "environment"


def _user(user: str) -> str:
    """`User=root` beside a filter of system calls takes the right to become another user away; without it, it stays."""
    return "" if user == "root" else f"User={user}\n"


def _environment(more: Mapping[str, str], data: Path, checkout: Path, python: Path) -> str:
    environment = {
        "PATH": f"{python.parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONPATH": str(checkout),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "vaguemestre.settings",
        "VAGUEMESTRE_DATA": str(data),
        **more,
    }
    return "\n".join(f'Environment="{name}={value}"' for name, value in environment.items())


def _absolute(command: str, python: Path) -> str:
    """systemd looks for a bare name in Debian's folders only; ours lives in the checkout."""
    return str(python) if command in ("python", sys.executable) else command


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{escaped}"' if " " in escaped or not escaped else escaped

"""The same programs as systemd units, for production: `deploy/systemd/` holds them as rendered for the usual places."""

import sys
from collections.abc import Sequence
from pathlib import Path

from vaguemestre.engine.processes import Program
from vaguemestre.instance import Instance, Ports
from vaguemestre.launcher import programs
from vaguemestre.launcher.supervision import CHECKOUT

TARGET = "vaguemestre.target"
PREPARE = "vaguemestre-prepare.service"

# A process that started as an ordinary user needs nothing but its data folder and the network.
CLOSED = """\
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={data}
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
RestrictRealtime=yes
LockPersonality=yes
"""
CONNECTED = "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
OFFLINE = "RestrictAddressFamilies=AF_UNIX\nPrivateNetwork=yes\n"
# One that starts as root gives its rights up by itself; the machine's own files stay out of its reach all the same.
GUARDED = """\
ProtectSystem=full
ProtectHome=yes
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
"""


# The usual places and ports; another installation renders its own.
DATA = Path("/var/lib/vaguemestre")
HOME = Path("/opt/vaguemestre")
STANDARD = Ports(
    web=443, imaps=993, smtps=465, smtp=25, sieve=4190, gate=24080, events=24081, reinject=24026, sink=24027
)


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
    units = {TARGET: _target(), PREPARE: _prepare(data, checkout, python)}
    for program in listed:
        earlier = [_unit(other) for other in listed if other.priority < program.priority]
        units[_unit(program)] = _service(program, earlier, data, checkout, python)
    return units


def _unit(program: Program) -> str:
    return f"vaguemestre-{program.name}.service"


def _target() -> str:
    return """\
[Unit]
Description=Vaguemestre, the whole service
After=network-online.target
Wants=network-online.target

[Install]
WantedBy=multi-user.target
"""


def _prepare(data: Path, checkout: Path, python: Path) -> str:
    return f"""\
[Unit]
Description=Vaguemestre: certificates, configuration, tables
PartOf={TARGET}
RequiresMountsFor={data}

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart={python} -P -m vaguemestre.launcher prepare --data {data}
Environment=PYTHONPATH={checkout} LANG=C.UTF-8
TimeoutStartSec=30min

[Install]
WantedBy={TARGET}
"""


def _service(program: Program, earlier: Sequence[str], data: Path, checkout: Path, python: Path) -> str:
    command = [_absolute(word, python) if place == 0 else word for place, word in enumerate(program.command)]
    environment = {
        "PATH": f"{python.parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(checkout),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "vaguemestre.settings",
        "VAGUEMESTRE_DATA": str(data),
        **program.environment,
    }
    lines = "\n".join(f'Environment="{name}={value}"' for name, value in environment.items())
    network = OFFLINE if program.offline else CONNECTED
    walls = GUARDED if program.user == "root" else CLOSED.format(data=data) + network
    return f"""\
[Unit]
Description=Vaguemestre: {program.name}
PartOf={TARGET}
Requires={PREPARE}
After={" ".join([PREPARE, *earlier])}
StartLimitIntervalSec=0

[Service]
ExecStart={" ".join(_quoted(word) for word in command)}
User={program.user}
WorkingDirectory={checkout}
{lines}
UMask={"0022" if program.user == "root" else "0027"}
LimitNOFILE=16384
Restart=always
RestartSec=1
KillSignal=SIG{program.stop_signal}
KillMode=mixed
TimeoutStopSec={program.stop_seconds}
{walls}
[Install]
WantedBy={TARGET}
"""


def _absolute(command: str, python: Path) -> str:
    """systemd looks for a bare name in Debian's folders only; ours lives in the checkout."""
    return str(python) if command in ("python", sys.executable) else command


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{escaped}"' if " " in escaped or not escaped else escaped

"""Units of the room `backup`: the night's backup, the week's check and rehearsal, and what copies revocations all day
long. They are root's, for they read everything, and see the places of the backups, wherever these lie."""

from collections.abc import Callable

from vaguemestre.launcher.systemd import hardening

REVOCATIONS = "vaguemestre-revocations.service"
BACKUP, CHECK, REHEARSAL = "vaguemestre-backup", "vaguemestre-backup-check", "vaguemestre-rehearsal"

# CHOWN, FOWNER: what is restored for comparison. SETUID, SETGID: pg_dump runs as the database's user.
_CAPABILITIES = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_SETGID CAP_SETUID"
# A place on this machine is anywhere; root's key for SFTP is in its home.
_OPENED = {"ProtectSystem=strict": "ProtectSystem=full", "ProtectHome=yes": "ProtectHome=read-only"}
_GENTLE = "Nice=19\nIOSchedulingClass=idle\nCPUWeight=20\nIOWeight=20\n"
# When nobody else wants a processor. Neither for what is due within a minute nor where somebody waits at a terminal.
_LAST = "CPUSchedulingPolicy=idle\nIOSchedulingClass=idle\nCPUWeight=idle\nIOWeight=1\n"


def render(target: str, prepare: str, common: Callable[[str], str]) -> dict[str, str]:
    """File name → content. `common`: lines of [Service] for an act of `vaguemestre backup`."""
    return {
        f"{BACKUP}.service": _once("a backup", BACKUP, "run --if-configured", prepare, common),
        f"{BACKUP}.timer": _timer("every night a backup", "*-*-* 02:00", target),
        f"{CHECK}.service": _once("a part of the backups is read", CHECK, "check --if-configured", prepare, common),
        f"{CHECK}.timer": _timer("every week a part of the backups is read", "Wed *-*-* 06:00", target),
        f"{REHEARSAL}.service": _once("a sample is restored", REHEARSAL, "rehearse --if-configured", prepare, common),
        f"{REHEARSAL}.timer": _timer("every week a sample is restored", "Sun *-*-* 06:00", target),
        REVOCATIONS: _follower(target, prepare, common),
    }


def _once(what: str, name: str, act: str, prepare: str, common: Callable[[str], str]) -> str:
    """Enabled, it brings its timer; started by hand it is one run."""
    return f"""\
[Unit]
Description=Vaguemestre: {what}
After={prepare} network-online.target
Wants=network-online.target

[Service]
Type=oneshot
{common(act)}
TimeoutStartSec=20h
{_LAST}{_bounds()}
[Install]
Also={name}.timer
"""


def _timer(what: str, when: str, target: str) -> str:
    return f"""\
[Unit]
Description=Vaguemestre: {what}
PartOf={target}

[Timer]
OnCalendar={when}
RandomizedDelaySec=15min
Persistent=yes

[Install]
WantedBy={target}
"""


def _follower(target: str, prepare: str, common: Callable[[str], str]) -> str:
    return f"""\
[Unit]
Description=Vaguemestre: copy of what is revoked
PartOf={target}
Requires={prepare}
After={prepare} network-online.target
StartLimitIntervalSec=0

[Service]
{common("follow --if-configured")}
Restart=on-failure
RestartSec=30
{_GENTLE}{_bounds()}
[Install]
WantedBy={target}
"""


def _bounds() -> str:
    common = hardening.ALL
    for strict, opened in _OPENED.items():
        common = common.replace(strict, opened)
    return f"{common}MemoryMax=40%\n{hardening.PRIVILEGED}CapabilityBoundingSet={_CAPABILITIES}\n{hardening.INTERNET}"

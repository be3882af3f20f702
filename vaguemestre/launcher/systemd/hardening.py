"""What each systemd unit may touch, by `systemd.exec(5)`. `systemd-analyze security` reads it as a number; the proof of
`bin/ci --slow` runs the service under it.

Nobody but what begins as root holds a capability. A program without network sees of the data folder what is
named here and nothing else.
"""

from dataclasses import dataclass
from pathlib import Path

from vaguemestre.accounts.mail_access import socket_key
from vaguemestre.web import file_tickets, restarts

# For every unit, root's too.
ALL = """\
NoNewPrivileges=yes
ProtectHome=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateTmp=yes
PrivateDevices=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
OOMPolicy=continue
ProtectSystem=strict
"""
# One that never was root. Its children may bind themselves more tightly still (@sandbox: Landlock, seccomp).
UNPRIVILEGED = """\
CapabilityBoundingSet=
AmbientCapabilities=
PrivateUsers=yes
ProtectProc=invisible
SystemCallFilter=@system-service @sandbox
SystemCallFilter=~@privileged @obsolete @keyring @memlock
"""
# One that begins as root changes owners and users, and keeps what `capabilities` says.
PRIVILEGED = "SystemCallFilter=@system-service @sandbox chroot\n"
# AF_NETLINK: Python asks for the names of this machine's interfaces.
INTERNET = "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK\n"
OFFLINE = "RestrictAddressFamilies=AF_UNIX\nPrivateNetwork=yes\nIPAddressDeny=any\n"


@dataclass(frozen=True)
class Profile:
    """`memory`: what the unit may hold at most; a share is one of the machine's. `compiles`: it makes machine code as
    it runs (LuaJIT, PCRE, LibreOffice). `proc`: it asks for more of `/proc` than its own processes. `only`: the folders
    of the data folder that it sees at all, and may change; `reads`: may read. None: all of them but `hides`, as far as
    their owners and modes let it. `home`: it reads root's (the key of SFTP). `lays_out`: it makes folders that pass
    their group on."""

    memory: str
    capabilities: str = ""
    compiles: bool = False
    offline: bool = False
    proc: bool = False
    only: tuple[str, ...] | None = None
    reads: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    home: bool = False
    lays_out: bool = False


# What of the data folder concerns the pages and `tasks` alone.
_OF_THE_PAGES = ("career", "exports", "imports", "letters", "moving", "outbox")
_OF_THE_PRODUCT = (*_OF_THE_PAGES, "handouts", "secrets")
# By which the web opens every mailbox of this machine, and Dovecot's copy.
_DOOR_KEY, _DOOR_COPY = f"secrets/{socket_key.FILE}", "engine/dovecot/door-keys"
# A daemon that opens ports and becomes other users, whose folders it makes.
_DAEMON = "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_KILL CAP_NET_BIND_SERVICE CAP_SETGID CAP_SETUID"
PROFILES = {
    "valkey": Profile("512M", offline=True, only=("run/valkey", "valkey"), reads=("engine/valkey",)),
    "rspamd": Profile(
        "2G", "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_KILL CAP_SETGID CAP_SETUID", compiles=True,
        only=("rspamd", "run/rspamd", "run/valkey", "run/learning", "log"), reads=("engine/rspamd",),
    ),
    "sendercheck": Profile("256M", offline=True, only=("run",), reads=("db",)),
    "decoder": Profile("2G", offline=True, only=("run/decoder",)),
    "dovecot": Profile("60%", f"{_DAEMON} CAP_SYS_CHROOT", compiles=True, hides=_OF_THE_PRODUCT),
    "postfix": Profile("40%", f"{_DAEMON} CAP_SYS_CHROOT", hides=(*_OF_THE_PRODUCT, _DOOR_COPY)),
    "queuekeeper": Profile(
        "256M", "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_SETGID CAP_SETUID",
        only=("queue", "run"), reads=("engine/postfix", "log"),
    ),
    # doveadm, which becomes the mail user, with Dovecot's plugins; restic, which reads and takes no lock.
    "restorer": Profile(
        "2G", "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_FSETID CAP_SETGID CAP_SETUID", compiles=True,
        hides=_OF_THE_PAGES, home=True,
    ),
    "cleaner": Profile("2G", offline=True, only=("run/cleaner",)),
    "converter": Profile("4G", compiles=True, offline=True, proc=True, only=("conversions",)),
    "tasks": Profile("4G"),
    "gate": Profile("512M", hides=(*_OF_THE_PAGES, _DOOR_KEY, _DOOR_COPY)),
    "events": Profile("1G", hides=(*_OF_THE_PAGES, _DOOR_KEY, _DOOR_COPY)),
    "files": Profile("1G", only=("run/files",), reads=("handouts", f"secrets/{file_tickets.KEY}")),
    "web": Profile("3G"),
    "nginx": Profile("1G", _DAEMON, hides=("career", "imports", "letters", "outbox", "secrets", _DOOR_COPY)),
    "ready": Profile("256M"),
    # Folders, owners, certificates, tables; it asks each daemon whether its configuration is good (Rspamd: LuaJIT), and
    # nginx opens its ports for that.
    "prepare": Profile("60%", _DAEMON, compiles=True, lays_out=True),
}  # fmt: skip


def lines(name: str, user: str, data: Path) -> str:
    """Of the section `[Service]` of the unit of that program, which begins as `user`."""
    profile = PROFILES[name]
    said = [ALL, f"MemoryMax={profile.memory}\n", _files(profile, data)]
    if user == "root":
        said += [PRIVILEGED, f"CapabilityBoundingSet={profile.capabilities}\n"]
    else:
        said.append(UNPRIVILEGED)
    if not profile.proc and user != "root":
        said.append("ProcSubset=pid\n")
    said.append(OFFLINE if profile.offline else INTERNET)
    if not profile.compiles:
        said.append("MemoryDenyWriteExecute=yes\n")
    if profile.lays_out:
        said.append("RestrictSUIDSGID=no\n")
    if profile.home:
        said.append("ProtectHome=read-only\n")
    return "".join(said)


def _files(profile: Profile, data: Path) -> str:
    if profile.only is None:
        hidden = " ".join(f"-{data / name}" for name in profile.hides)
        return f"ReadWritePaths={data}\n" + (f"InaccessiblePaths={hidden}\n" if hidden else "")
    changes = " ".join(str(data / name) for name in profile.only)
    reads = " ".join(str(data / name) for name in profile.reads)
    # Root's, where starts are counted: what counts them lives among the same mounts, for all its `+`.
    counted = data / restarts.FOLDER
    return f"TemporaryFileSystem={data}:ro\nBindPaths={changes} {counted}\nReadWritePaths={changes}\n" + (
        f"BindReadOnlyPaths={reads}\n" if reads else ""
    )

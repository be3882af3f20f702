"""The Debian package in a bare Debian under its systemd: `python -P -m proofs.package`.

`vaguemestre init` on a machine that serves already, then on a bare one; the upgrade from the last version while mail
comes, and the way back; installed twice, killed half-way, removed, purged. The network serves to fetch Debian's
packages beforehand; then there is a loopback alone. `--root DIR`: a machine that is kept, and taken up again; `--base
FILE`, `--present FILE`: packages made before.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from proofs.debian import Machine
from proofs.mail_path import PASSWORD, READER
from proofs.systemd import HOST
from vaguemestre import __version__
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.demo import APPLIED_WITH_REFUSALS
from vaguemestre.launcher.packaging import build, debian_packages
from vaguemestre.launcher.packaging.payload import HOME
from vaguemestre.launcher.systemd.units import DATA, TARGET

BASE, FORMER = "61dfcd27", "0.10.0"  # the oldest that it replaces, packed as this one is
NEXT = f"{__version__}+next"
MIGRATION_SECONDS = 8
PROOFS = Path("/opt/proofs")
GOING_ON = Path("/run/proof-flow")
ALL = (TARGET, "vaguemestre-*.service")
MANY_SECONDS = 900
CLOSED_SECONDS = 60  # on a slow machine; what it was is printed
MIGRATION = """\
import time

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("maintenance", "{last}")]
    operations = [
        migrations.RunSQL("CREATE TABLE proof_of_upgrade (number integer)"),
        migrations.RunPython(lambda apps, editor: time.sleep({seconds})),
    ]
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option in ("--root", "--base", "--present"):
        parser.add_argument(option, type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vaguemestre-package-") as place:
        machine = Machine(options.root or Path(place, "root"))
        try:
            _prove(machine, _packages(Path(place), options.base, options.present))
        except (AssertionError, subprocess.TimeoutExpired) as error:
            print(f"\n{error}\n{_journal(machine)}", file=sys.stderr)
            return 1
        finally:
            machine.cut()
    return 0


def _packages(place: Path, base: Path | None, present: Path | None) -> dict[str, Path]:
    """By version."""
    base = base or build.build(BASE, to=place)
    present = present or build.build(to=place)
    return {FORMER: base, __version__: present, NEXT: _next(present, place)}


def _prove(machine: Machine, packages: dict[str, Path]) -> None:
    if not machine.root.exists():
        _timed("a bare Debian", machine.make)
    _place(machine, packages)
    machine.boot(network=True)
    _timed("Debian's packages fetched", lambda: _fetch(machine))
    machine.cut()
    machine.boot(network=False)
    machine.tries("dpkg", "--purge", "vaguemestre", seconds=MANY_SECONDS)  # of a run before, on a machine that is kept
    machine.run("rm", "-rf", str(DATA))
    _timed("installed", lambda: _install(machine, __version__))
    _refused(machine)
    _timed("vaguemestre init", lambda: _init(machine))
    _timed("removed, and its data deleted", lambda: _start_again(machine))
    _timed(f"{FORMER} installed and used, stopped, upgraded to {NEXT}, and back", lambda: _back(machine))
    _timed("upgraded while mail comes", lambda: _upgraded(machine))
    _timed("installed twice", lambda: _twice(machine))
    _timed("killed half-way", lambda: _killed(machine))
    _timed("removed, installed again, purged", lambda: _purged(machine))


def _timed(title: str, act: Callable[[], object]) -> None:
    begun = time.monotonic()
    act()
    print(f"  {title}: {time.monotonic() - begun:.1f} s", flush=True)


def _next(present: Path, place: Path) -> Path:
    """The present package under another version, with a migration that takes its time."""
    root = place / "next"
    _call("dpkg-deb", "--raw-extract", str(present), str(root))
    code = root / str(HOME).removeprefix("/") / "vaguemestre"
    for file in (root / "DEBIAN" / "control", root / "DEBIAN" / "postinst", code / "__init__.py"):
        file.write_text(file.read_text().replace(__version__, NEXT))
    for compiled in (code / "__pycache__").glob("__init__.*"):
        compiled.unlink()
    migrations = code / "maintenance" / "migrations"
    last = max(file.stem for file in migrations.glob("0*.py"))
    (migrations / "9999_proof.py").write_text(MIGRATION.format(last=last, seconds=MIGRATION_SECONDS))
    target = place / f"vaguemestre_{NEXT}.deb"
    _call("dpkg-deb", "--root-owner-group", "-Zzstd", "-z1", "--build", str(root), str(target))
    shutil.rmtree(root)
    return target


def _place(machine: Machine, packages: dict[str, Path]) -> None:
    inside = _inside(machine, PROOFS)
    shutil.rmtree(inside, ignore_errors=True)
    inside.mkdir(parents=True)
    for version, package in packages.items():
        shutil.copyfile(package, inside / f"{version}.deb")
    shutil.copytree(CHECKOUT / "proofs", inside / "proofs")
    shutil.copytree(CHECKOUT / "seeds", inside / "seeds")
    (machine.root / "etc/hosts").write_text(f"127.0.0.1 localhost {HOST}\n")
    (machine.root / "etc/dpkg/dpkg.cfg.d/proof").write_text("force-unsafe-io\n")  # half of the time, for nothing here
    (machine.root / "etc/apt/apt.conf.d/docker-clean").unlink(missing_ok=True)  # it would delete what was fetched


def _inside(machine: Machine, path: Path) -> Path:
    return machine.root / str(path).removeprefix("/")


def _fetch(machine: Machine) -> None:
    machine.run("update-ca-certificates")
    machine.run("apt-get", "update", seconds=MANY_SECONDS)
    wanted = [*debian_packages.named("daemon"), _deb(__version__)]
    options = ("--yes", "--no-install-recommends", "--download-only")
    machine.run("apt-get", "install", *options, *wanted, seconds=MANY_SECONDS)


def _deb(version: str) -> str:
    return str(PROOFS / f"{version}.deb")


def _install(machine: Machine, version: str, *options: str) -> str:
    command = ("apt-get", "install", "--yes", "--no-install-recommends", *options, _deb(version))
    return machine.run("env", "DEBIAN_FRONTEND=noninteractive", *command, seconds=MANY_SECONDS)


def _refused(machine: Machine) -> None:
    """Somebody is served here already: nothing is installed."""
    listens = "import socket, time; held = socket.create_server(('', 25)); time.sleep(600)"
    machine.run("systemd-run", "--quiet", "--unit=proof-other", "python3", "-c", listens)
    time.sleep(1)
    said = machine.run("vaguemestre", "init", "--yes", f"--host={HOST}", accepted=(1,))
    assert "25" in said, said
    assert "python3" in said, said
    assert not machine.tries("dpkg", "--status", "postfix"), "installed all the same"
    machine.run("systemctl", "stop", "proof-other")


def _init(machine: Machine) -> None:
    said = machine.run("vaguemestre", "init", "--yes", f"--host={HOST}", seconds=MANY_SECONDS)
    assert "/secrets" in said, said
    _answers(machine)
    for unit in ("postfix", "dovecot", "nginx", "rspamd", "valkey-server"):
        assert machine.run("systemctl", "is-enabled", unit, accepted=(0, 1)).strip() == "masked", unit
    before = _inside(machine, DATA / "instance.toml").read_text()
    machine.run("vaguemestre", "init", "--yes", "--host=other.example", seconds=MANY_SECONDS)
    assert _inside(machine, DATA / "instance.toml").read_text() == before, "written over"
    _people(machine)
    assert _flow(machine, lambda: time.sleep(2))[1]["sent"] > 0


def _answers(machine: Machine) -> None:
    assert machine.run("systemctl", "is-active", TARGET).strip() == "active"
    deadline = time.monotonic() + MANY_SECONDS
    while '"ready": true' not in machine.run("curl", "--silent", "--insecure", f"https://{HOST}/ready/"):
        assert time.monotonic() < deadline, "/ready/ says no"
        time.sleep(0.5)


def _people(machine: Machine) -> None:
    feed = PROOFS / "seeds" / "hr-feed-1.csv"
    accepted = (0, APPLIED_WITH_REFUSALS)
    machine.run("vaguemestre", "people", "import", str(feed), seconds=MANY_SECONDS, accepted=accepted)
    _as_product(machine, "people")


def _as_product(machine: Machine, act: str) -> str:
    place = (f"--working-directory={HOME}", f"--setenv=PYTHONPATH={HOME}:{PROOFS}")
    command = (f"{HOME}/.venv/bin/python", "-P", "-m", "proofs.mail_path", act, str(DATA))
    return machine.unit(*command, properties=("--uid=vaguemestre", *place), seconds=MANY_SECONDS)


def _flow(machine: Machine, act: Callable[[], object]) -> tuple[str, dict[str, float]]:
    """Mail comes while something is done. All of it lies in the mailbox afterwards."""
    word = f"Flux-{token_hex(4)}"
    machine.run("touch", str(GOING_ON))
    address = _address(machine)
    log = Path("/root/flow.json")
    command = f"exec python3 {PROOFS}/proofs/mail_flow.py send {word} {address} {GOING_ON} >{log} 2>&1"
    machine.run("systemd-run", "--quiet", "--unit=proof-flow", "sh", "-c", command)
    try:
        act()
    finally:
        machine.run("rm", str(GOING_ON))
    deadline = time.monotonic() + MANY_SECONDS
    while machine.tries("systemctl", "--quiet", "is-active", "proof-flow"):
        assert time.monotonic() < deadline, "mail is not taken any more"
        time.sleep(0.5)
    said = _inside(machine, log).read_text()
    assert said.startswith("{"), said
    flow: dict[str, float] = json.loads(said)
    came = _mails(machine, word, int(flow["sent"]))
    assert came == flow["sent"], f"{flow['sent']} messages were taken, {came} came"
    return word, flow


def _address(machine: Machine) -> str:
    return _as_product(machine, "address").strip().splitlines()[-1]


def _mails(machine: Machine, word: str, count: int) -> int:
    who = (word, READER, PASSWORD, HOST, str(DATA / "tls" / "ca.pem"))
    command = ("python3", f"{PROOFS}/proofs/mail_flow.py", "read", str(count), *who)
    return int(machine.run(*command, seconds=MANY_SECONDS))


def _tables(machine: Machine) -> str:
    return _asked(machine, "SELECT group_concat(name) FROM sqlite_master WHERE type = 'table'")


def _asked(machine: Machine, question: str) -> str:
    lines = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"
    return machine.run("python3", "-c", lines, str(DATA / "db" / "vaguemestre.sqlite3"), question).strip()


def _start_again(machine: Machine) -> None:
    machine.run("apt-get", "purge", "--yes", "vaguemestre", seconds=MANY_SECONDS)
    machine.run("rm", "-r", str(DATA))


def _former(machine: Machine) -> tuple[str, int]:
    _install(machine, FORMER)
    machine.run("vaguemestre", "init", "--yes", f"--host={HOST}", seconds=MANY_SECONDS)
    _answers(machine)
    _people(machine)
    word, flow = _flow(machine, lambda: time.sleep(5))
    return word, int(flow["sent"])


def _version(machine: Machine) -> str:
    return machine.run("dpkg-query", "--show", "--showformat=${Version} ${db:Status-Status}", "vaguemestre")


def _back(machine: Machine) -> None:
    word, mails = _former(machine)
    machine.run("systemctl", "stop", *ALL)
    _install(machine, NEXT)
    assert "proof_of_upgrade" in _tables(machine), "not migrated"
    assert not machine.tries("systemctl", "--quiet", "is-active", "vaguemestre-postfix"), "it starts what was stopped"
    refused = machine.run("vaguemestre", "back", _deb(__version__), accepted=(1,))
    assert FORMER in refused, refused
    machine.run("vaguemestre", "back", _deb(FORMER), seconds=MANY_SECONDS)
    assert _version(machine) == f"{FORMER} installed"
    assert "proof_of_upgrade" not in _tables(machine), "the database of the next version"
    _answers(machine)
    assert _mails(machine, word, mails) == mails


def _upgraded(machine: Machine) -> None:
    _word, flow = _flow(machine, lambda: _install(machine, __version__))
    assert _version(machine) == f"{__version__} installed"
    _answers(machine)
    print(
        f"    {flow['sent']} messages taken, none lost; nobody answered for {flow['longest']} s at most, "
        f"{flow['closed']} s in all", flush=True,
    )  # fmt: skip
    assert flow["closed"] < CLOSED_SECONDS, flow
    refused = machine.run("vaguemestre", "back", _deb(FORMER), accepted=(1,))
    assert "Nothing was changed" in refused or "Rien n’a changé" in refused or "mise à jour à défaire" in refused, (
        refused
    )
    assert _version(machine) == f"{__version__} installed"


def _twice(machine: Machine) -> None:
    def kept() -> dict[str, bytes]:
        files = [DATA / "instance.toml", Path("/etc/vaguemestre/academy.toml"), Path("/etc/systemd/system")]
        found = [file for path in files for file in [_inside(machine, path), *_inside(machine, path).rglob("*")]]
        secrets = list(_inside(machine, DATA / "secrets").iterdir())
        return {str(file): file.read_bytes() for file in [*found, *secrets] if file.is_file()}

    before = kept()
    _install(machine, __version__, "--reinstall")
    assert kept() == before
    _answers(machine)


def _killed(machine: Machine) -> None:
    """Mail is taken all the same; then the power goes as well. The service starts by itself, and dpkg continues."""
    _half_way(machine)
    assert _version(machine) != f"{NEXT} installed"
    assert _flow(machine, lambda: time.sleep(1))[1]["sent"], "the mail servers have gone"
    machine.cut()
    machine.boot(network=False)
    deadline = time.monotonic() + MANY_SECONDS
    while not machine.tries("systemctl", "--quiet", "is-active", TARGET):
        assert time.monotonic() < deadline, "it does not come up"
        time.sleep(0.5)
    assert "proof_of_upgrade" in _tables(machine), "not migrated"
    machine.run("dpkg", "--configure", "-a", seconds=MANY_SECONDS)
    assert _version(machine) == f"{NEXT} installed"
    _answers(machine)
    _copied_before(machine)


def _half_way(machine: Machine) -> None:
    """dpkg, its script and what migrates, all at once and in the middle of it."""
    machine.run("systemd-run", "--quiet", "--unit=proof-upgrade", "dpkg", "--install", _deb(NEXT))
    record = _inside(machine, DATA / "upgrade.json")
    deadline = time.monotonic() + MANY_SECONDS
    while not (record.exists() and json.loads(record.read_text())["version"] == NEXT):
        assert time.monotonic() < deadline, "the upgrade does not begin"
        time.sleep(0.1)
    time.sleep(MIGRATION_SECONDS / 2)
    machine.run("systemctl", "kill", "--signal=KILL", "proof-upgrade")
    time.sleep(1)


def _copied_before(machine: Machine) -> None:
    """The copy is of before the first try, not of its middle."""
    record = json.loads(_inside(machine, DATA / "upgrade.json").read_text())
    copy = _inside(machine, DATA / "db" / record["copy"])
    assert copy.stat().st_mode & 0o777 == 0o600
    assert b"proof_of_upgrade" not in copy.read_bytes()


def _purged(machine: Machine) -> None:
    word, flow = _flow(machine, lambda: time.sleep(2))
    machine.run("apt-get", "remove", "--yes", "vaguemestre", seconds=MANY_SECONDS)
    assert not machine.tries("curl", "--silent", "--insecure", f"https://{HOST}/health/"), "it still answers"
    _install(machine, NEXT)
    machine.run("systemctl", "start", TARGET, seconds=MANY_SECONDS)
    _answers(machine)
    assert _mails(machine, word, int(flow["sent"])) == flow["sent"]
    said = machine.run("apt-get", "purge", "--yes", "vaguemestre", seconds=MANY_SECONDS)
    assert str(DATA) in said, said
    for kept in ("secrets/django.key", "db/vaguemestre.sqlite3", "mail", "instance.toml", "etc/academy.toml"):
        assert _inside(machine, DATA / kept).exists(), kept
    assert not _inside(machine, HOME).exists(), f"{HOME} is left"
    left = re.findall(
        r"vaguemestre\S*", machine.run("find", "/etc/systemd", "/usr/lib/systemd", "-name", "vaguemestre*")
    )
    assert not left, left


def _call(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _journal(machine: Machine) -> str:
    try:
        said = machine.run("journalctl", "--no-pager", "--lines=2000", "--unit=vaguemestre*").splitlines()
        return "\n".join([line for line in said if " rspamd[" not in line][-60:])
    except (AssertionError, subprocess.TimeoutExpired, FileNotFoundError):
        return "its journal cannot be read"


if __name__ == "__main__":
    sys.exit(main())

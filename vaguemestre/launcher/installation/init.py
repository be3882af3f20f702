"""`vaguemestre init`: from a bare Debian to a service that answers. Done again, it installs what is missing and starts;
what the operator has written is never written over."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from vaguemestre import __version__
from vaguemestre.instance import Instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder, ports, upgrade_record
from vaguemestre.launcher.data_folder.folder import WEB_USER
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.installation import daemons, occupied, questions
from vaguemestre.launcher.installation.questions import Answers
from vaguemestre.launcher.packaging.payload import HOME, book_page
from vaguemestre.launcher.prepare import point_at
from vaguemestre.launcher.processes.programs import programs
from vaguemestre.launcher.processes.supervision import clean_environment
from vaguemestre.launcher.run import prepare_only
from vaguemestre.launcher.systemd import units
from vaguemestre.launcher.texts import _

SYSTEMD = Path("/run/systemd/system")
UNITS = Path("/etc/systemd/system")
LOGROTATE = Path("/etc/logrotate.d/vaguemestre")
ACADEMY = CHECKOUT / "academy.toml"
FILE = "instance.toml"


def run(arguments: Sequence[str], data: Path) -> int:
    if os.getuid() != 0:
        raise LauncherError(_("vaguemestre init is for root."))
    if not SYSTEMD.is_dir():
        raise LauncherError(_("systemd does not run here: bin/run starts a demo without it."))
    options = questions.parse(arguments)
    if not _runs():
        require_unoccupied(occupied.look())
    if options.daemons_only:
        daemons.install(postgresql=bool(options.database))
        print(_("The mail servers are installed, and nothing was started. Next: vaguemestre backup restore"))
        return 0
    answers = None if (data / FILE).exists() else questions.ask(options, ACADEMY)
    asked = answers or _instance(data)
    if not _runs():
        require_resolvable(asked.host)
    if answers:  # kept before what may fail for want of a network: the next try asks nothing
        set_domain(ACADEMY, answers.domain)
        write_instance(data, answers)
    daemons.install(postgresql=bool(asked.database))
    point_at(data)
    if not _runs() or upgrade_record.former_version(data) != __version__:  # an upgrade that had to wait for a daemon
        instance = _instance(data)
        if not _runs():
            ports.require_free(instance.ports, instance.listen)
        prepare_only(["--data", str(data)])
        _install_units(data, instance)
        _start()
    _tell_what_remains(data, _instance(data))
    return 0


def require_unoccupied(machine: occupied.Machine) -> None:
    if found := occupied.objections(machine):
        raise LauncherError(
            "\n".join([_("This machine serves already, and nothing was changed:"), *(f"  - {one}" for one in found)])
        )


def require_resolvable(host: str) -> None:
    if refusal := questions.unresolved(host):
        raise LauncherError(refusal)


def set_domain(academy: Path, domain: str) -> None:
    """Of the authority's facts this one is asked for; its mailboxes follow it: what staff report as dangerous must not
    leave for the authority of the example."""
    former = questions.domain_of(academy)
    if former == domain:
        return
    file = academy.resolve()
    line = re.compile(rf'^(domain\s*=\s*)"{re.escape(former)}"', re.MULTILINE)
    text = line.sub(rf'\1"{domain}"', file.read_text("utf-8")).replace(f'@{former}"', f'@{domain}"')
    folder.write(file, text, owner=file.owner(), group=file.group(), mode=file.stat().st_mode & 0o777)


def write_instance(data: Path, answers: Answers) -> None:
    """Never over one that is there."""
    facts: dict[str, str | bool | int] = {"mode": "production", "host": answers.host, "listen": "0.0.0.0"}  # noqa: S104
    facts |= {name: value for name in ("database", "relay") if (value := getattr(answers, name))}
    tls = {"certificate": answers.certificate, "key": answers.key} if answers.certificate else {}
    Instance.model_validate({**facts, "ports": units.STANDARD, "tls": tls})
    data.mkdir(mode=0o755, parents=True, exist_ok=True)
    draft = data / f".{FILE}.init"
    folder.write_instance(draft, facts, units.STANDARD)
    if tls:
        lines = [f"{name} = {folder.toml(value)}" for name, value in tls.items()]
        folder.write(draft, "\n".join([draft.read_text("utf-8"), "[tls]", *lines, ""]))
    try:
        (data / FILE).hardlink_to(draft)  # unlike a rename it fails where there is one
    except FileExistsError as error:
        raise LauncherError(_("{file} is there already, and is not written over.", file=data / FILE)) from error
    finally:
        draft.unlink()


def _instance(data: Path) -> Instance:
    point_at(data)
    from vaguemestre.instance import read_instance

    return read_instance()


def _runs() -> bool:
    asked = ["systemctl", "--quiet", "is-active", units.TARGET]
    return subprocess.run(asked, stdin=subprocess.DEVNULL, check=False).returncode == 0


def _install_units(data: Path, instance: Instance) -> None:
    """The package has brought them; a checkout has its own."""
    if CHECKOUT == HOME:
        names = [file.name for file in Path("/usr/lib/systemd/system").glob("vaguemestre-*.service")]
    else:
        made = units.render(programs(data, instance), data)
        for name, text in made.items():
            folder.write(UNITS / name, text)
        folder.write(LOGROTATE, (CHECKOUT / "deploy" / "logrotate").read_text().replace(str(units.DATA), str(data)))
        names = [name for name in made if name != units.TARGET]
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    subprocess.run(["systemctl", "--quiet", "enable", units.TARGET, *sorted(names)], check=True)


def _start() -> None:
    print(_("  start (a minute or two)…"), flush=True)
    if subprocess.run(["systemctl", "restart", units.TARGET], stdin=subprocess.DEVNULL, check=False).returncode:
        raise LauncherError(
            _("It does not answer in whole: journalctl -u vaguemestre-ready names what is missing. It is tried again.")
        )


def _tell_what_remains(data: Path, instance: Instance) -> None:
    print()
    print(_("The service answers: {origin}", origin=instance.origin))
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, "-P", "-m", "vaguemestre", "dns", "--check"], cwd=CHECKOUT, env=clean_environment(data),
        user=WEB_USER, group=WEB_USER, extra_groups=[], stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    print()
    print(_("What remains to be done:"))
    for number, task in enumerate(_remaining(data, instance), start=1):
        print(f"  {number}. {task}")


def _remaining(data: Path, instance: Instance) -> list[str]:
    academy = ACADEMY.resolve()
    tasks = [
        _("Copy {folder} to a safe that is not this machine: without it the data is worth nothing.",
          folder=data / "secrets"),
        _("Publish the DNS records: vaguemestre dns prints them, vaguemestre dns --check asks for them."),
        _("Open the ports 25, 80, 443, 465 and 993 in the firewall, for IPv4 and IPv6."),
        _("Write the facts of your authority into {file} (names, telephones, names of places).", file=academy),
        _("Have another machine ask {origin}/ready/ every few minutes: a dead machine sends no mail.",
          origin=instance.origin),
        _("Import the HR file: vaguemestre people import FILE --dry-run"),
    ]  # fmt: skip
    if not instance.backup:
        tasks.insert(1, _("Set up backups, in two places elsewhere, and restore one: {page}",
                          page=book_page("backup.md")))  # fmt: skip
    if not instance.tls.certificate:
        tasks.append(_("Get a certificate that browsers know: vaguemestre certificate obtain --email …"))
    return tasks

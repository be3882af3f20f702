"""Whole configuration files for Dovecot, Postfix, Rspamd and Valkey: rendered from the templates beside this file.

A name that a template uses and nobody gives stops the rendering. What was rendered is judged by each daemon's own
checker in a folder beside the live one; only what all of them accept is put in place.
"""

import os
import shutil
import string
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from vaguemestre.engine import daemon_folders
from vaguemestre.engine.template_variables import facts
from vaguemestre.instance import Instance

TEMPLATES = Path(__file__).resolve().parent
ROOMS = ("dovecot", "postfix", "rspamd", "valkey")
# Holds a shared word: readable by root alone, who starts the daemons.
CONFIDENTIAL = {"dovecot/policy.conf", "dovecot/push.conf"}
# Started by Dovecot and Postfix, as the mail user and as the product's.
PROGRAMS = {"dovecot/learning/spool", "dovecot/redelivery/check", "postfix/keep-copy"}
# What the compiler must know to read each script, besides what the configuration says for deliveries.
LEARNING = ("-P", "sieve_imapsieve", "-P", "sieve_extprograms", "-x", "+vnd.dovecot.pipe +vnd.dovecot.imapsieve")
REDELIVERY = ("-P", "sieve_extprograms", "-x", "+vnd.dovecot.execute")
BEFORE: dict[str, tuple[str, ...]] = {"duplicates": REDELIVERY, "spam": (), "reports": ()}
SCRIPTS: dict[str, tuple[str, ...]] = {**BEFORE, "learn-spam": LEARNING, "learn-ham": LEARNING}
RSPAMD_FILE = Path("/etc/rspamd/rspamd.conf")


class ConfigurationRefusedError(Exception):
    """A daemon's checker said no; the message is its own text. Nothing was put in place."""


class _Template(string.Template):
    delimiter = "@@"


def render(instance: Instance, *, now: datetime) -> None:
    """Renders, checks and puts in place. Root only. Raises ConfigurationRefusedError and leaves the live files
    alone."""
    data = daemon_folders.require_data(instance)
    daemon_folders.make(instance)
    staged, live = data / "engine" / "staged", data / "engine"
    shutil.rmtree(staged, ignore_errors=True)
    _write(instance, staged, now)
    check(instance, staged)
    _write(instance, live, now)
    shutil.rmtree(staged)


def check(instance: Instance, config: Path | None = None) -> None:
    """Asks `doveconf`, `postfix check` and `rspamadm configtest`. `config`: the folder to judge, else the live one."""
    data = daemon_folders.require_data(instance)
    config = config or data / "engine"
    # doveconf prints the file even when it is wrong: only its return code tells.
    _ask("doveconf", "-c", str(config / "dovecot/dovecot.conf"), "-n")
    _compile(config)
    _ask("postfix", "-c", str(config / "postfix"), "check")
    _ask("postconf", "-c", str(config / "postfix"), "-M")
    _ask("postconf", "-c", str(config / "postfix"), "-b", str(config / "postfix/bounce"))
    if instance.rspamd:
        _ask("rspamadm", *rspamd_variables(data, config), "configtest", "-c", str(RSPAMD_FILE))


def reload_commands(instance: Instance) -> list[list[str]]:
    """Each reads its files again without losing a connection; those that are open keep the settings of before. Rspamd
    and Valkey are restarted by their supervisor."""
    config = daemon_folders.require_data(instance) / "engine"
    return [
        ["doveadm", "-c", str(config / "dovecot/dovecot.conf"), "reload"],
        ["postfix", "-c", str(config / "postfix"), "reload"],
    ]


def rspamd_variables(data: Path, config: Path) -> list[str]:
    """Debian's own Rspamd configuration is read as it is; these say where ours and its files are."""
    return [
        f"--var=LOCAL_CONFDIR={config / 'rspamd'}", f"--var=DBDIR={data / 'rspamd'}",
        f"--var=RUNDIR={data / 'run/rspamd'}", f"--var=LOGDIR={data / 'log'}",
    ]  # fmt: skip


def _write(instance: Instance, config: Path, now: datetime) -> None:
    values = {**facts(instance, config), "rendered": now.astimezone(UTC).isoformat(timespec="seconds")}
    for room in ROOMS:
        for template in sorted((TEMPLATES / room).rglob("*")):
            if template.is_file():
                _write_one(template, config / template.relative_to(TEMPLATES), values)
    daemon_folders.place_keys(instance, config)
    # The mail user may not write here, so the scripts are compiled now and not at the first delivery.
    _compile(config)


def _compile(config: Path) -> None:
    for name, options in SCRIPTS.items():
        script = config / f"dovecot/sieve/{name}.sieve"
        _ask("sievec", "-c", str(config / "dovecot/dovecot.conf"), *options, str(script))


def _write_one(template: Path, target: Path, values: Mapping[str, str]) -> None:
    relative = template.relative_to(TEMPLATES).as_posix()
    text = _substitute(relative, template.read_text(encoding="utf-8"), values)
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Whole or not at all: Postfix reads its file again at each new process.
    fresh = target.with_name(target.name + ".new")
    fresh.write_text(text, encoding="utf-8")
    fresh.chmod(0o600 if relative in CONFIDENTIAL else 0o755 if relative in PROGRAMS else 0o644)
    fresh.replace(target)


def _substitute(name: str, text: str, values: Mapping[str, str]) -> str:
    try:
        return _Template(text).substitute(values)
    except KeyError as error:
        raise ConfigurationRefusedError(f"{name}: @@{{{error.args[0]}}} is not a known name") from error
    except ValueError as error:
        raise ConfigurationRefusedError(f"{name}: {error}") from error


def _ask(*command: str) -> None:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": os.environ.get("HOME", "/root")}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise ConfigurationRefusedError(f"{' '.join(command)}\n{(done.stderr or done.stdout).strip()[-4000:]}")

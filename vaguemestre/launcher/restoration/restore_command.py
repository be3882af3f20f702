"""`bin/vaguemestre backup restore`: a whole installation back from its two places, on a machine that has none yet.

The room `backup` brings the files; owners, database and the first words of the daemons' file are the launcher's."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django

from vaguemestre.backup.database.database_copy import give_back
from vaguemestre.engine import daemon_folders
from vaguemestre.instance import DATA_VARIABLE
from vaguemestre.launcher import prepare
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder, folder_lock, secrets
from vaguemestre.launcher.databases import copies, database
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.processes.product_commands import manage, talk
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.restoration import restored_server
from vaguemestre.launcher.texts import _

if TYPE_CHECKING:
    from vaguemestre.backup.places.configuration import BackupConfiguration
    from vaguemestre.backup.whole.restoration import RestoredStore

OWNED = {"secrets": folder.WEB_USER, "outbox": folder.WEB_USER, "handouts": folder.WEB_USER, "career": folder.WEB_USER}
SYSTEMD = Path("/run/systemd/system")


def run(arguments: Sequence[str], data: Path) -> int:
    options = _read(arguments)
    if os.geteuid():
        raise LauncherError(_("Only root can: sudo vaguemestre backup restore …"))
    # The settings of no installation: this one has none until the end.
    os.environ.pop(DATA_VARIABLE, None)
    django.setup()
    _require_stopped(data)
    data.mkdir(mode=0o755, parents=True, exist_ok=True)
    with folder_lock.hold(data):
        _restore(data, options)
    return 0


def _restore(data: Path, options: argparse.Namespace) -> None:
    """The room is imported here: it needs settings."""
    from vaguemestre.backup.errors import BackupError
    from vaguemestre.backup.status import sentences
    from vaguemestre.backup.whole import restoration

    configuration = _configuration(data, options)
    server = options.database or ""
    try:
        print(_("Reading both places…"), flush=True)
        restored = restoration.restore_store(
            configuration, run_id=options.run, force=options.force, now=datetime.now(UTC), tell=_tell,
            server=restored_server.public_name(server),
            allow=lambda copy, again: restored_server.require_free(data, server, copy, force=options.force, ours=again),
        )  # fmt: skip
        _set_up(data, restored.database, server)
        print(talk(data, ["vaguemestre", "backup", "replay"], _question(data, restored, options)).strip())
        restoration.finish(configuration, restored.run, datetime.now(UTC))
    except BackupError as error:
        raise LauncherError(sentences.error_sentence(error)) from error
    except OSError as error:
        raise LauncherError(_("The restore has stopped: {reason}. See to it, then again.", reason=error)) from error
    _show_end(data, restored.aside)


def _configuration(data: Path, options: argparse.Namespace) -> BackupConfiguration:
    from vaguemestre.backup.places.configuration import BackupConfiguration, BackupTarget

    return BackupConfiguration(
        data=data,
        mail=BackupTarget(options.repository, options.password_file.absolute(), options.credentials_file),
        secrets=BackupTarget(
            options.secrets_repository, options.secrets_password_file.absolute(), options.secrets_credentials_file
        ),
        processors=os.cpu_count() or 1,
    )


def _question(data: Path, restored: RestoredStore, options: argparse.Namespace) -> str:
    question = {
        "revocations": restored.revocations, "up_to": restored.up_to, "void_all": options.void_all,
        "begun": restored.run.at.isoformat(), "keys": [home.name for home in (data / "mail").glob("*/a*")],
    }  # fmt: skip
    return json.dumps(question)


def _tell(part: str) -> None:
    words = {
        "secrets": _("secrets and configuration"), "database": _("database"),
        "files": _("files that wait, or are sent by a link"), "mail": _("mail"),
    }  # fmt: skip
    print(f"  {words[part]}…", flush=True)


def _set_up(data: Path, copied: Path, server: str) -> None:
    """Owners first: what comes after runs as the product's own user."""
    if server:
        restored_server.write(data / "instance.toml", server)
    with step(_("owners of the files")):
        folder.lay_out(data)
        for name, owner in OWNED.items():
            _give(data / name, owner)
        _give(data / "mail", folder.MAIL_USER)
    instance = prepare.describe(data, None)
    if (instance.database or "") != server:
        raise LauncherError(_("VAGUEMESTRE_DATABASE names another database than this restore: unset it, then again."))
    daemon_folders.make(instance)
    secrets.ensure(data / "secrets", database_exists=True)
    database.wait(data, instance)
    with step(_("database put back")):
        give_back(copies.database_of(data, instance), copied, data / "tmp")
    database.migrate(data, instance)
    with step(_("what the mail servers know")):
        manage(data, "engine", "rebuild")


def _give(top: Path, owner: str) -> None:
    """By name: on another machine the same user has another number. Links are given, never followed."""
    for place, folders, files in os.walk(top):
        for name in ("", *folders, *files):
            shutil.chown(Path(place) / name, owner, owner, follow_symlinks=False)


def _require_stopped(data: Path) -> None:
    if data.exists() and not folder_lock.is_free(data):
        raise LauncherError(
            _("{data} is in use: {holder}. Stop it before a restore.", data=data, holder=folder_lock.holder_of(data))
        )
    if SYSTEMD.exists() and _systemd_runs(data):
        raise LauncherError(_("The service runs: systemctl stop vaguemestre.target, then again."))


def _systemd_runs(data: Path) -> bool:
    shown = subprocess.run(
        ["systemctl", "show", "vaguemestre-*.service", "--property=ActiveState,SubState,Environment"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return one_runs(shown.stdout, data)


def one_runs(shown: str, data: Path) -> bool:
    """A unit of ours that is at work on this folder, or comes back by itself. A oneshot is "activating" all the while
    it works, and afterwards "exited" if it counts as active."""
    for unit in shown.split("\n\n"):
        facts = dict(line.partition("=")[::2] for line in unit.splitlines())
        at_work = facts.get("ActiveState") not in ("inactive", "failed") and facts.get("SubState") != "exited"
        if at_work and f"{DATA_VARIABLE}={data}" in facts.get("Environment", "").replace('"', "").split():
            return True
    return False


def _show_end(data: Path, aside: Path | None) -> None:
    authority = data / "backup" / "authority" / "academy.toml"
    if authority.exists() and authority.read_bytes() != (CHECKOUT / "academy.toml").read_bytes():
        print(_("academy.toml of that installation: {file}. Copy it, its brand and charter.md beside the product.",
                file=authority))  # fmt: skip
    if aside:
        print(_("What was in the data folder is in {folder}.", folder=aside))
    print(_("This is a drill? Take [backup] out of {file} before the start: it names the places of the real one.",
            file=data / "instance.toml"))  # fmt: skip
    print(_("Put host, addresses and certificates right in {file} if they changed, then start the service.",
            file=data / "instance.toml"))  # fmt: skip


def _read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "vaguemestre backup restore",
        description=_("Brings a whole installation back into the data folder that VAGUEMESTRE_DATA names."),
    )
    password, word = _("file of its password"), _("PLACE")
    parser.add_argument("--repository", required=True, metavar=word, help=_("where database, files and mail are"))
    parser.add_argument("--password-file", required=True, type=Path, metavar=_("FILE"), help=password)
    parser.add_argument("--secrets-repository", required=True, metavar=word, help=_("where the secrets are"))
    parser.add_argument("--secrets-password-file", required=True, type=Path, metavar=_("FILE"), help=password)
    for name in ("--credentials-file", "--secrets-credentials-file"):
        parser.add_argument(name, type=Path, metavar=_("FILE"), help=_("of S3 or of a REST server"))
    parser.add_argument(
        "--database", metavar="postgresql://…", help=_("where a database of PostgreSQL is put back: an empty one")
    )
    parser.add_argument("--run", metavar=_("BACKUP"), help=_("one of `backup list`; else the newest"))
    parser.add_argument(
        "--force",
        action="store_true",
        help=_("put aside what is in the data folder, and a copy of what is in the database"),
    )
    parser.add_argument("--void-all", action="store_true", help=_("every application password too"))
    return parser.parse_args(arguments)

"""Everything before the first process: folder, secrets, certificates, rendered configuration, tables."""

import datetime
import os
from pathlib import Path

from vaguemestre.backup import unfinished_restore
from vaguemestre.backup.places import section_at_start
from vaguemestre.engine import configuration, heartbeat_mailbox
from vaguemestre.instance import DEMO_BASE, Instance, Ports, read_instance
from vaguemestre.launcher.checkout import CHECKOUT
from vaguemestre.launcher.data_folder import folder, secrets
from vaguemestre.launcher.databases import database
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.launcher.nginx import configuration as nginx
from vaguemestre.launcher.processes import programs
from vaguemestre.launcher.processes.product_commands import manage
from vaguemestre.launcher.progress_lines import step
from vaguemestre.launcher.systemd import units
from vaguemestre.launcher.texts import _
from vaguemestre.launcher.tls import authority
from vaguemestre.web.monitoring import log_format


def point_at(data: Path) -> None:
    """From here on `read_instance()` and the settings speak of this folder."""
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")


def require_whole(data: Path) -> None:
    """Before anything is read or written there."""
    if (data / unfinished_restore.FILE).exists():
        raise LauncherError(
            _(
                "A restore into {data} was cut short: what is there is not whole, so nothing was started.\n"
                "Finish it: vaguemestre backup restore again, with the same words.",
                data=data,
            )
        )


def describe(data: Path, base: int | None, **facts: str | bool) -> Instance:
    """`instance.toml`: written on the first run, afterwards only its ports change, when they are asked for."""
    file = data / "instance.toml"
    if not file.exists():
        folder.write_instance(file, facts, Ports.from_base(base or DEMO_BASE))
    elif base is not None:
        folder.change_ports(file, Ports.from_base(base))
    point_at(data)
    return read_instance()


def prepare(data: Path, instance: Instance) -> list[str]:
    """Whole, and the same when done again. Returns the names of the secrets that were made."""
    folder.require_reachable(CHECKOUT)
    (data / heartbeat_mailbox.STATE_FILE).unlink(missing_ok=True)  # what was true before this start
    new = secrets.ensure(data / "secrets", database_exists=folder.has_database(data))
    now = datetime.datetime.now(datetime.UTC)
    authority.ensure(data, instance.host, instance.tls, now=now)
    with step(_("configuration of Dovecot, Postfix, Rspamd and nginx")), folder.links_refused():
        configuration.render(instance, now=now)
        nginx.render(data, instance)
        told = {log_format.VARIABLE: instance.log_format, **programs.files_environment(instance)}
        section_at_start.note_section(data)
        folder.write(units.environment_file(data), "".join(f'{name}="{value}"\n' for name, value in told.items()))
    database.wait(data, instance)
    database.migrate(data, instance)
    with step(_("what the mail servers know")):
        manage(data, "engine", "rebuild")
    with step(_("applications of the service")):
        manage(data, "applications", "own")
    return new

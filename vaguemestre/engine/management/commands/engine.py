"""`vaguemestre engine render|check|reload|rebuild|reconcile`."""

import subprocess
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from vaguemestre.engine import configuration, projection
from vaguemestre.engine.daemon_folders import DataFolderError, SymbolicLinkError
from vaguemestre.engine.projection.file import ProjectionUnavailableError
from vaguemestre.instance import read_instance

REFUSALS = (configuration.ConfigurationRefusedError, DataFolderError, ProjectionUnavailableError)


class Command(BaseCommand):
    help = gettext("The mail daemons' configuration and the file they read.")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=list(ACTS), help=gettext("see docs/mail-engine.md"))

    def handle(self, *_args: object, **options: Any) -> None:
        try:
            self.stdout.write(ACTS[options["act"]]())
        except SymbolicLinkError as link:
            words = gettext(
                "%(path)s is not what belongs there (a link?), and root does not follow it: it may be a trap."
            )
            raise CommandError(words % {"path": link.path}) from link
        except REFUSALS as error:
            raise CommandError(str(error)) from error


def render() -> str:
    configuration.render(read_instance(), now=timezone.now())
    return gettext("Rendered and accepted by every daemon's own checker.")


def check() -> str:
    configuration.check(read_instance())
    return gettext("The live configuration is accepted by every daemon's own checker.")


def reload() -> str:
    instance = read_instance()
    configuration.render(instance, now=timezone.now())
    for command in configuration.reload_commands(instance):
        if subprocess.run(command, check=False).returncode:
            raise CommandError(gettext("%(command)s failed: is it running?") % {"command": " ".join(command)})
    return gettext("Rendered, accepted and reloaded.")


def rebuild() -> str:
    count = projection.rebuild()
    return ngettext("%(count)d account written anew.", "%(count)d accounts written anew.", count) % {"count": count}


def reconcile() -> str:
    count = projection.reconcile()
    return ngettext("%(count)d account repaired.", "%(count)d accounts repaired.", count) % {"count": count}


ACTS = {"render": render, "check": check, "reload": reload, "rebuild": rebuild, "reconcile": reconcile}

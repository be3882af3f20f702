"""`vaguemestre backup run|check|list|rehearse|follow`, as root. `restore` begins in the launcher: there, nothing is
installed yet. `replay` is its last step."""

import json
import logging
import os
import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.backup.errors import AlreadyRunningError, BackupError, DamagedError, NotConfiguredError
from vaguemestre.backup.management import mailbox_restore
from vaguemestre.backup.places import runs
from vaguemestre.backup.places.configuration import BackupConfiguration, configured, require_sound
from vaguemestre.backup.places.section_at_start import section_is_changed
from vaguemestre.backup.revoked import revocation_copy, revocations
from vaguemestre.backup.run import backup_run, rehearsal, repository_check
from vaguemestre.backup.status import sentences
from vaguemestre.backup.status.outcomes import Task
from vaguemestre.backup.whole import mailbox_resync, replay, restore_report
from vaguemestre.web.date_text import full_date_text

FOLLOWED_EVERY = 20  # seconds
AFTER_A_FAILURE = 120

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = _("Copies of everything, away from this machine: made, listed, checked, brought back.")
    requires_system_checks = ()  # they check pages, and this is none

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        run = acts.add_parser("run", help=_("back up now"))
        acts.add_parser("list", help=_("the backups that are complete"))
        check = acts.add_parser("check", help=_("whether both places hold together"))
        check.add_argument(
            "--read", metavar=_("SHARE"), help=_("how much is read and compared: 5%%, 100%%; else the next twelfth")
        )
        rehearse = acts.add_parser("rehearse", help=_("bring a sample of the newest one back and compare it"))
        follow = acts.add_parser("follow", help=_("copy what is revoked, within a minute, until stopped"))
        run.add_argument("--less-mail", action="store_true", help=_("also with much less mail than the last time"))
        for act in (run, check, rehearse, follow):
            act.add_argument(
                "--if-configured", action="store_true", help=_("without [backup] in instance.toml: nothing")
            )
        acts.add_parser("replay", help=_("the last step of a restore: what it calls, not for you"))
        restore = acts.add_parser("restore", help=_("bring an installation back, or messages of one mailbox"))
        mailbox_restore.add_arguments(restore)

    def handle(self, *_args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["act"] == "replay":  # as the product's own user
            self._replay(now)
            return
        if options["act"] == "restore":  # that of one mailbox: likewise
            mailbox_restore.restore(options, self.stdout)
            return
        if os.geteuid():
            raise CommandError(_("Only root can: sudo vaguemestre backup %(act)s") % {"act": options["act"]})
        try:
            if options["act"] != "follow" and settings.DATA and section_is_changed(settings.DATA):
                self.stdout.write(f"{sentences.cause_sentence(sentences.NOT_RESTARTED)} {sentences.RESTART}")
            self._act(options, configured(), now)
        except NotConfiguredError as error:
            if not options.get("if_configured"):
                raise CommandError(sentences.error_sentence(error)) from error
        except BackupError as error:
            raise CommandError(sentences.error_sentence(error)) from error

    def _act(self, options: dict[str, Any], configuration: BackupConfiguration, now: datetime) -> None:
        match options["act"]:
            case "run":
                made = backup_run.back_up(
                    configuration, settings.DATABASES["default"], Path(settings.ACADEMY_FILE).parent, now=now,
                    less_mail=options["less_mail"],
                )  # fmt: skip
                self.stdout.write(_("Backup %(run)s is complete: %(size)s.") % {"run": made.id, "size": _size(made)})
            case "list":
                self._list(configuration)
            case "check":
                self._check(configuration, options["read"], now)
            case "rehearse":
                facts = rehearsal.rehearse(configuration, now=now)
                self.stdout.write(
                    _("%(mailboxes)d mailboxes compared, %(files)d messages the same to the byte.") % facts
                )
            case "follow":
                self._follow(configuration)

    def _list(self, configuration: BackupConfiguration) -> None:
        found = runs.complete_runs(runs.mail_repository(configuration).snapshots())
        for run in reversed(found):
            self.stdout.write(f"{run.id}  {full_date_text(run.at)}  {_size(run)}")
        if not found:
            self.stdout.write(sentences.cause_sentence("never"))

    def _check(self, configuration: BackupConfiguration, share: str | None, now: datetime) -> None:
        run = repository_check.check_repositories(configuration, now=now, share_of_data=share, tell=self._tell_place)
        self.stdout.write(_("The newest backup is of %(when)s.") % {"when": full_date_text(run.at)})

    def _tell_place(self, place: str, error: BackupError | None) -> None:
        if error is None:
            self.stdout.write(_("%(place)s: whole.") % {"place": place})
        elif isinstance(error, DamagedError):
            self.stdout.write(_("%(place)s: damaged.") % {"place": place})

    def _follow(self, configuration: BackupConfiguration) -> None:
        """A unit of its own: the first failure is said in the state of the service, and it tries again."""
        with backup_run.failure_kept(configuration.data, Task.REVOCATIONS, timezone.now()):
            require_sound(configuration)
        while True:
            pause = FOLLOWED_EVERY
            try:
                revocation_copy.copy_revocations(
                    configuration, settings.DATABASES["default"], settings.BASE_DIR, now=timezone.now()
                )
            except AlreadyRunningError:
                pass
            except BackupError as error:
                logger.warning("%s", sentences.error_sentence(error))
                pause = AFTER_A_FAILURE
            time.sleep(pause)

    def _replay(self, now: datetime) -> None:
        if settings.DATA is None:
            raise CommandError(sentences.error_sentence(NotConfiguredError()))
        told = json.load(sys.stdin)
        lines = told["revocations"]
        known = None if lines is None else revocations.read_lines(lines)
        report = replay.replay(known, told["keys"], now=now, void_all=told["void_all"])
        mailbox_resync.keep_stolen(settings.DATA, (*report.stolen, *report.forwarding))
        for line in restore_report.report_lines(
            report, begun=told["begun"], up_to=told["up_to"], complete=known is not None, void_all=told["void_all"]
        ):
            self.stdout.write(line)


def _size(run: runs.BackupRun) -> str:
    return str(filesizeformat(run.octets))

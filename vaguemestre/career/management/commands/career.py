"""`vaguemestre career import FILE`, `career guide FILE --by IDENTIFIER` and `career reconcile`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.career.file import career_history, career_import
from vaguemestre.career.file.career_import import CareerFileError
from vaguemestre.career.hr_office import guides

REFUSED = 3  # done, with refused lines; as the command of the feed


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("What I-Prof knows beside the HR feed.")

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        taking = acts.add_parser("import", help=_("take careers from a CSV file (docs/hr-feed.md)"))
        taking.add_argument("file", type=Path)
        writing = acts.add_parser("guide", help=_("make a page of the guides from a Markdown file"))
        writing.add_argument("file", type=Path)
        writing.add_argument("--by", required=True, help=_("identifier of the HR officer who signs it"))
        acts.add_parser("reconcile", help=_("compare the history with the HR file at once"))

    def handle(self, *_args: object, **options: Any) -> None:
        {"import": self._import, "guide": self._guide, "reconcile": self._reconcile}[options["act"]](**options)

    def _import(self, *, file: Path, **_options: Any) -> None:
        today = timezone.localdate()
        career_history.compare_with_feed(today)  # what the feed tells stands before what the file adds to it
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                outcome = career_import.take_in(lines, today)
        except (OSError, UnicodeDecodeError, CareerFileError) as error:
            raise CommandError(str(error)) from error
        said = _("%(steps)d echelons, %(posts)d posts.")
        self.stdout.write(said % {"steps": outcome.steps, "posts": outcome.posts})
        for number, why in outcome.refused:
            self.stderr.write(_("line %(number)d: %(why)s") % {"number": number, "why": why})
        if outcome.refused:
            raise SystemExit(REFUSED)

    def _guide(self, *, file: Path, by: str, **_options: Any) -> None:
        author = account_named(by)
        if author is None:
            raise CommandError(_("nobody is called so"))
        if not guides.write_page(file.read_text(encoding="utf-8"), by=author, now=timezone.now()):
            self.stdout.write(_("There is a page of this title already: nothing was changed."))

    def _reconcile(self, **_options: Any) -> None:
        said = _("%(count)d rows were written or taken back.")
        self.stdout.write(said % {"count": career_history.compare_with_feed(timezone.localdate())})

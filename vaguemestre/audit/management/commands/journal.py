from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from vaguemestre.audit import journal


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Seals what is new in the journal, or verifies the whole; prints the newest seal, to keep elsewhere.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["seal", "verify"])

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["act"] == "seal":
            self.stdout.write(_("%(count)d lines sealed.") % {"count": journal.seal()})
        else:
            self._verify()
        self.stdout.write(_("Newest seal: %(digest)s") % {"digest": journal.head()})

    def _verify(self) -> None:
        flaws = list(journal.verify())
        for flaw in flaws:
            self.stderr.write(_("Line %(line)d: %(reason)s") % {"line": flaw.entry_id, "reason": flaw.reason})
        if flaws:
            raise CommandError(_("The journal is not as it was written."), returncode=1)
        self.stdout.write(_("The journal is whole."))

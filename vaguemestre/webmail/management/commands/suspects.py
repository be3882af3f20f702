"""`vaguemestre suspects import FILE`: addresses that trap people, from lists that others publish."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, override

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.web.number_text import number_text
from vaguemestre.webmail.trust.blocklist import edits, entries

SHOWN = 20  # faults that are told one by one


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Addresses whose links in mail are marked, and never followed without a question.")

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        bring = acts.add_parser(
            "import", help=_("one address a line, or the table of a .csv file; all of it or nothing")
        )
        bring.add_argument("file", type=Path)
        bring.add_argument("--source", default="", help=_("the name of this list; without it, that of the file"))
        bring.add_argument("--replace", action="store_true", help=_("take away what this source no longer names"))
        bring.add_argument("--dry-run", action="store_true", help=_("show what would change, change nothing"))

    @override
    def handle(self, *_arguments: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
                read = entries.parse_blocklist(lines, table=file.suffix.lower() == ".csv")
        except OSError as error:
            raise CommandError(str(error)) from error
        if read.faults:
            raise CommandError(_faults(read.faults))
        if not read.entries:
            raise CommandError(_("There is no address in this file: nothing was changed."))
        source = (options["source"] or file.stem)[:60]
        done = edits.import_entries(
            read.entries, source, replace=options["replace"], by=f"operator:{getpass.getuser()}"[:60],
            now=timezone.now(), dry=options["dry_run"],
        )  # fmt: skip
        words = _("%(source)s: %(added)s new, %(removed)s taken away, %(known)s known already.")
        numbers = {
            "added": number_text(done.added),
            "removed": number_text(done.removed),
            "known": number_text(done.known),
        }
        self.stdout.write(words % {"source": source, **numbers})


def _faults(faults: list[entries.BlocklistLineError]) -> str:
    told = [
        _("line %(line)s: %(why)s (%(text)s)")
        % {"line": one.line, "why": entries.refusal_text(one.reason), "text": one.text}
        for one in faults[:SHOWN]
    ]
    count = ngettext("%s line is no address: nothing was changed.", "%s lines are no addresses: nothing was changed.",
                     len(faults)) % number_text(len(faults))  # fmt: skip
    return "\n".join([count, *told])

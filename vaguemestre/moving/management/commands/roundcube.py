"""`vaguemestre roundcube FILE`: what a Roundcube database kept for its users, given to those who are found here."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any, cast

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.moving.roundcube.account_import import AccountImport, import_account
from vaguemestre.moving.roundcube.database_dumps import DumpRefusedError, read_dump
from vaguemestre.moving.roundcube.user_matching import owners
from vaguemestre.web.number_text import number_text

REFUSED, NOT_ALL = 1, 3  # as `people import` ends


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Takes contacts, groups, signatures and Sieve scripts from Roundcube (1.4 to 1.6).")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help=_("its SQLite file, or a dump of MySQL or PostgreSQL"))
        parser.add_argument("--dry-run", action="store_true", help=_("show what would change, change nothing"))
        parser.add_argument("--sieve", type=Path, metavar="DIR", help=_("scripts, one folder a user: DIR/USER/*.sieve"))
        parser.add_argument("--prefix", default="", help=_("what the names of its tables begin with"))

    def handle(self, *_args: Any, **options: Any) -> None:
        # Django's wrapper adds line ends of its own; rich needs the stream below it.
        self.console = Console(file=cast(IO[str], self.stdout._out), highlight=False, soft_wrap=True)
        try:
            found = owners(read_dump(options["file"], options["prefix"]))
        except (DumpRefusedError, OSError) as refused:
            self.console.print(Text(f"{options['file']}: {refused}"))
            raise SystemExit(REFUSED) from refused
        by, dry = f"operator:{getpass.getuser()}", bool(options["dry_run"])
        results = [import_account(one, options["sieve"], by=by, now=timezone.now(), dry=dry) for one in found]
        self._report(results, dry=dry)
        if any(one.owner.account is None or one.problem or one.refused for one in results):
            raise SystemExit(NOT_ALL)

    def _report(self, results: list[AccountImport], *, dry: bool) -> None:
        heads = [
            _("User"),
            _("Account"),
            _("New"),
            _("Completed"),
            _("Same"),
            _("Refused"),
            _("Signatures"),
            _("Scripts"),
        ]
        table = Table(*heads, box=None, pad_edge=False)
        for one in results:
            if one.owner.account is not None:
                counts = (one.new, one.completed, one.same, one.refused)
                table.add_row(
                    Text(one.owner.username),
                    one.owner.account.identifier or "",
                    *(number_text(count) for count in counts),
                    _words(one.signatures),
                    (one.problem and _("address book full")) or _words(one.scripts),
                )
        self.console.print(table)
        missing = [one.owner.username for one in results if one.owner.account is None]
        if missing:
            self.console.print(Text(_("Nobody here has these names or addresses:")))
            for name in missing:
                self.console.print(Text(f"  {name}"))
        for one in results:
            for said in one.owner.contacts.refused if one.owner.account else ():
                self.console.print(Text(f"{one.owner.username}, {said.line}: {said.reason} {said.what}".rstrip()))
        if dry:
            self.console.print(Text(_("Dry run: nothing was changed.")))


def _words(counts: dict[str, int]) -> str:
    names = {
        "kept": _("%s kept"), "read": _("%s read"), "known": _("%s known"), "empty": _("%s empty"),
        "long": _("%s too long"), "many": _("%s too many"), "unclean": _("%s unreadable"), "away": _("%s not sent"),
        "refused": _("%s refused by the mail server"), "name": _("%s with an impossible name"),
    }  # fmt: skip
    return ", ".join(names[word] % number_text(count) for word, count in counts.items() if count)

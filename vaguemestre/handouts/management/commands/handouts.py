"""`vaguemestre handouts`: the files that travel as a link, and how an operator ends one that is abused."""

import getpass
from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.handouts import link_lifetime
from vaguemestre.handouts.message_links import day_of, hash_of
from vaguemestre.handouts.models import Handout
from vaguemestre.web.number_text import number_text, octets_text


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Lists the files that are sent by a link, and withdraws those that are abused.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        listed = acts.add_parser("list", help=_("those whose link works, the latest first"))
        listed.add_argument("--of", metavar="IDENTIFIER", help=_("of one person"))
        withdrawn = acts.add_parser("withdraw", help=_("ends links at once; their octets go a day later"))
        withdrawn.add_argument("file", nargs="?", help=_("as listed, or the link itself as somebody reports it"))
        withdrawn.add_argument("--of", metavar="IDENTIFIER", help=_("all of one person"))

    def handle(self, *_args: Any, **options: Any) -> None:
        # Django's wrapper adds line ends of its own; rich needs the stream below it.
        self.console = Console(file=cast(IO[str], self.stdout._out), highlight=False, soft_wrap=True)
        alive = Handout.objects.filter(sent_at__isnull=False, withdrawn_at=None, swept_at=None)
        alive = alive.filter(expires_at__gt=timezone.now()).select_related("account")
        if options["of"]:
            alive = alive.filter(account__identifier=options["of"])
        if options["act"] == "list":
            self._list(alive.order_by("-sent_at"))
        else:
            self._withdraw(alive, options["file"], options["of"])

    def _list(self, alive: QuerySet[Handout]) -> None:
        table = Table(_("File"), _("Sender"), _("Name"), _("Size"), _("Until"), _("Fetched"), box=None, pad_edge=False)
        for one in alive:
            until = day_of(one.expires_at).isoformat() if one.expires_at else ""
            table.add_row(
                one.key[:12], one.account.identifier, Text(one.name), octets_text(one.size), until,
                number_text(one.downloads),
            )  # fmt: skip
        self.console.print(table)

    def _withdraw(self, alive: QuerySet[Handout], file: str | None, of: str | None) -> None:
        if bool(file) == bool(of):
            raise CommandError(_("Name a file, or a person by --of."))
        if file:
            token = file.partition("lien=")[2]
            alive = alive.filter(token_hash=hash_of(token)) if token else alive.filter(key__startswith=file)
            if len(file) < 8:
                raise CommandError(_("At least eight characters of what the list says."))
        by, now = f"operator:{getpass.getuser()}", timezone.now()
        done = [one.name for one in alive if link_lifetime.withdraw_link(one, by=by, now=now)]
        for name in done:
            self.console.print(Text(_("Withdrawn: %s") % name))
        if not done:
            raise CommandError(_("No link that works is meant by this."))

"""`vaguemestre dns [--check [--resolver HOST:PORT]]`: the DNS records to publish, and whether they are."""

from argparse import ArgumentParser
from typing import IO, Any, cast

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _, pgettext
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.clients.dns.checking import Finding, NoResolverError, Resolver, State, check
from vaguemestre.clients.dns.records import mail_host, records

NOT_ALL_RIGHT = 1
LOOKS = {State.RIGHT: "green", State.MISSING: "red", State.DIFFERENT: "yellow", State.REFUSED: "red"}


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Prints the DNS records to publish, or says which of them are right.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help=_("ask a resolver, record by record"))
        parser.add_argument("--resolver", metavar="HOST:PORT", help=_("another one than this machine’s"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["check"]:
            self._check(options["resolver"])
        else:
            self._print()

    def _print(self) -> None:
        """Whole lines, to be pasted into a zone; what is particular to the network stands as a comment."""
        told = _("%(host)s: A and AAAA are the public addresses of this machine, and their reverse (PTR) is this name")
        self.stdout.write(f"; {told % {'host': mail_host()}}")
        for record in records():
            self.stdout.write(f"; {record.why}")
            self.stdout.write(record.line)

    def _check(self, at: str | None) -> None:
        try:
            findings = list(check(Resolver(at)))
        except ValueError as error:
            raise CommandError(_("--resolver is an address and a port: 127.0.0.1:53")) from error
        except NoResolverError as error:
            raise CommandError(_("The resolver does not answer.")) from error
        # Django's wrapper adds line ends of its own; rich needs the stream below it.
        console = Console(file=cast(IO[str], self.stdout._out), highlight=False, soft_wrap=True)
        console.print(_table(findings))
        wrong = [finding for finding in findings if finding.state is not State.RIGHT]
        for finding in wrong:
            console.print(_told(finding), style="dim", markup=False)
        if wrong:
            raise SystemExit(NOT_ALL_RIGHT)


def _table(findings: list[Finding]) -> Table:
    table = Table(pgettext("DNS", "Record"), "", _("State"), box=None, pad_edge=False)
    for finding in findings:
        table.add_row(finding.name, finding.kind, Text(str(finding.state.value), style=LOOKS[finding.state]))
    return table


def _told(finding: Finding) -> str:
    head = f"\n{finding.name} {finding.kind}"
    wanted = _("  wanted: %(value)s") % {"value": finding.wanted}
    found = [_("  found: %(value)s") % {"value": one} for one in finding.found]
    return "\n".join([head, wanted, *found])

"""`vaguemestre letters print|list|seal|reissue`: the operator's hands on the paper."""

import getpass
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.letters import letter_issue, printing, sealed_passwords
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.people.models import School


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Letters with identifier and provisional password: list, seal, print, re-issue.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help=_("letters and batches that wait, and the last printed"))
        acts.add_parser("seal", help=_("make the provisional passwords that are still missing, now"))
        printed = acts.add_parser("print", help=_("set the waiting letters as PDF, once"))
        one = printed.add_mutually_exclusive_group()
        one.add_argument("--department", metavar=_("CODE"), help=_("those of a department: 02, 60, 80"))
        one.add_argument("--establishment", metavar="UAI", help=_("those of an establishment"))
        one.add_argument("--identifier", metavar=_("IDENTIFIER"), help=_("one person’s"))
        one.add_argument("--batch", metavar=_("NUMBER"), help=_("a batch that was interrupted"))
        printed.add_argument("--to", metavar=_("DIR"), type=Path, help=_("instead of DATA/letters"))
        again = acts.add_parser("reissue", help=_("a new letter; the former one and its password are void"))
        again.add_argument("identifier")
        again.add_argument("--replace-own-password", action="store_true", help=_("also when the person has chosen one"))

    def handle(self, *_args: Any, **options: Any) -> None:
        acts = {"list": self._list, "seal": self._seal, "print": self._print, "reissue": self._reissue}
        acts[options["act"]](options)

    def _list(self, _options: dict[str, Any]) -> None:
        table = Table(_("Batch"), _("Department"), _("Letters"), _("Printed"))
        for batch in Batch.objects.order_by("-pk")[:20]:
            table.add_row(batch.number, batch.department, str(batch.letters.count()), printed_when(batch))
        console().print(table)
        for state in Letter.State:
            self.stdout.write(f"{state.label}\N{NO-BREAK SPACE}: {Letter.objects.filter(state=state).count()}")

    def _seal(self, _options: dict[str, Any]) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console()) as progress:
            bar = progress.add_task(_("Provisional passwords"), total=sealed_passwords.count_pending())
            done = sealed_passwords.seal_pending(
                now=timezone.now(), progress=lambda letters: progress.update(bar, completed=letters)
            )
        self.stdout.write(
            _("{letters} letters sealed in {seconds:.1f} s ({rate:.0f} a second).").format(
                letters=done.letters, seconds=done.seconds, rate=done.rate
            )
        )

    def _print(self, options: dict[str, Any]) -> None:
        try:
            folder = printing.printing_folder(options["to"])
        except OSError as error:
            raise CommandError(
                _("{path} cannot be written: no letter was printed.").format(path=error.filename)
            ) from error
        batches, withheld = self._batches(options)
        for batch in batches:
            try:
                printed = printing.print_batch(batch, actor=operator(), now=timezone.now(), folder=folder)
            except OSError as error:
                raise CommandError(
                    _("{path} cannot be written; once it can: letters print --batch {number}").format(
                        path=error.filename or folder, number=batch.number
                    )
                ) from error
            except printing.AlreadyPrintedError as already:
                raise CommandError(
                    _("{batch} is already printed and its passwords are wiped: re-issue a letter.").format(batch=batch)
                ) from already
            except printing.BatchChangedError as changed:
                raise CommandError(_("{batch}: changed meanwhile, nothing printed.").format(batch=batch)) from changed
            withheld += printed.withheld
            self.stdout.write(f"{batch.number}\N{NO-BREAK SPACE}: {printed.letters} → {printed.path}")
        for held in withheld:
            self.stderr.write(f"{held.letter.number} {held.letter.account.identifier}\N{NO-BREAK SPACE}: {held.reason}")
        self._tell_what_stays(len(batches), options["to"])
        if waiting := sealed_passwords.count_pending():
            self.stdout.write(_("{count} letters still wait for their password.").format(count=waiting))

    def _tell_what_stays(self, printed: int, folder: Path | None) -> None:
        still_open = printing.open_batches()
        for number, count in still_open:
            self.stdout.write(
                _(
                    "Batch {batch} is not printed yet (letters: {count}). If nobody prints it now: vaguemestre letters "
                    "print --batch {batch}"
                ).format(batch=number, count=count)
            )
        if not printed:
            self.stdout.write(_("No other letter to print.") if still_open else _("No letter to print."))
        elif folder:
            self.stdout.write(_("These files hold passwords: delete them as soon as they are printed."))
        else:
            days = academy().letter.kept_days
            self.stdout.write(_("These files are deleted by themselves after {days} days.").format(days=days))

    def _batches(self, options: dict[str, Any]) -> tuple[list[Batch], list[printing.Withheld]]:
        if options["batch"]:
            batch = Batch.objects.filter(number=options["batch"]).first()
            if batch is None:
                raise CommandError(_("No batch has this number: {number}").format(number=options["batch"]))
            return [batch], []
        school = School.objects.filter(pk=options["establishment"]).first() if options["establishment"] else None
        if options["establishment"] and school is None:
            raise CommandError(_("No establishment has this UAI: {uai}").format(uai=options["establishment"]))
        account = account_named(options["identifier"]) if options["identifier"] else None
        found = printing.assemble_batch(
            now=timezone.now(), department=options["department"], school=school, account=account
        )
        return found.batches, found.withheld

    def _reissue(self, options: dict[str, Any]) -> None:
        account = account_named(options["identifier"])
        try:
            letter = letter_issue.reissue(
                account, actor=operator(), now=timezone.now(), replace_own=options["replace_own_password"]
            )
        except letter_issue.OwnPasswordError as refusal:
            raise CommandError(
                _("{identifier} has chosen a password, which a new letter would end: --replace-own-password.").format(
                    identifier=account.identifier
                )
            ) from refusal
        self.stdout.write(
            _("Letter {number} is ready: vaguemestre letters print --identifier {identifier}").format(
                number=letter.number, identifier=account.identifier
            )
        )


def printed_when(batch: Batch) -> str:
    if batch.printed_at is None:
        return _("interrupted: letters print --batch {number}").format(number=batch.number)
    return f"{timezone.localtime(batch.printed_at):%d/%m/%Y %H:%M}"


def account_named(identifier: str) -> Account:
    account = Account.objects.select_related("person").filter(identifier=identifier.lower()).first()
    if account is None:
        raise CommandError(_("No account has this identifier: {identifier}").format(identifier=identifier))
    return account


def operator() -> str:
    return f"operator:{getpass.getuser()}"


def console() -> Console:
    return Console(stderr=True)

"""`vaguemestre withdrawals`: a dangerous message counted, taken out of all mailboxes, put back, without a screen.

The walks are those of the tasks process; here they are waited for.
"""

import getpass
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, cast

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table
from rich.text import Text

from vaguemestre.web.number_text import number_text
from vaguemestre.withdrawals import mailbox_walk, withdrawal_jobs, withdrawal_status
from vaguemestre.withdrawals.forms import ALIKE, DAYS, HEAD, ONE, USUAL, SearchForm
from vaguemestre.withdrawals.models import Withdrawal

REFUSED, NOT_ALL = 1, 3
PAUSE_SECONDS = 1.0
LISTED = 30


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Takes a dangerous message out of all mailboxes, after it was counted.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help=_("what was looked for, the latest first"))
        search = acts.add_parser("search", help=_("count the copies; nothing is taken out"))
        search.add_argument("--file", type=Path, help=_("the message, or its header fields"))
        search.add_argument("--message-id", default="")
        search.add_argument("--sender", default="", help=_("with --subject: everything alike"))
        search.add_argument("--subject", default="")
        search.add_argument("--alike", action="store_true", help=_("all of this sender with this subject"))
        search.add_argument("--days", type=int, choices=list(DAYS), default=USUAL)
        search.add_argument("--reason", required=True)
        for act, words in (
            ("take", _("take out what was counted")),
            ("put-back", _("put back what was taken out")),
            ("drop", _("give up a search")),
        ):
            acts.add_parser(act, help=words).add_argument("key", help=_("the first letters of its key are enough"))

    def handle(self, *_args: Any, **options: Any) -> None:
        # Django's wrapper adds line ends of its own; rich needs the stream below it.
        self.console = Console(file=cast(IO[str], self.stdout._out), highlight=False, soft_wrap=True)
        self.by = f"operator:{getpass.getuser()}"
        acts: dict[str, Callable[[Any], None]] = {
            "list": self._list, "search": self._search, "take": self._take, "put-back": self._put_back,
            "drop": self._drop,
        }  # fmt: skip
        acts[options["act"]](options)

    def _list(self, _options: Any) -> None:
        rows = list(Withdrawal.objects.order_by("-ordered_at", "key")[:LISTED])
        if not rows:
            self.console.print(Text(_("Nothing was ever taken out of the mailboxes.")))
            return
        table = Table(_("Key"), _("State"), _("Mailboxes"), _("Messages"), _("Subject"), box=None, pad_edge=False)
        for row in rows:
            state, name = str(row.get_state_display()), row.subject or row.message_id
            table.add_row(row.key[:8], state, number_text(row.boxes), number_text(row.copies), Text(name[:60]))
        self.console.print(table)

    def _search(self, options: Any) -> None:
        facts = {name: options[name] for name in ("message_id", "sender", "subject", "days", "reason")}
        form = SearchForm({**facts, "scope": ALIKE if options["alike"] else ONE}, self._file(options["file"]))
        if not form.is_valid():
            for errors in form.errors.values():
                for error in errors:
                    self.console.print(Text(str(error)))
            raise SystemExit(REFUSED)
        now = timezone.now()
        found = withdrawal_jobs.begin_withdrawal(form.criteria(now), by=self.by, reason=facts["reason"], now=now)
        self._wait(found)

    def _file(self, path: Path | None) -> MultiValueDict[str, UploadedFile[Any]] | None:
        if path is None:
            return None
        try:
            with path.open("rb") as file:
                return MultiValueDict({"file": [SimpleUploadedFile(path.name, file.read(HEAD))]})
        except OSError as error:
            self.console.print(Text(f"{path}: {error.strerror}"))
            raise SystemExit(REFUSED) from error

    def _take(self, options: Any) -> None:
        self._do(options["key"], lambda found: withdrawal_jobs.withdraw_messages(found, by=self.by, now=timezone.now()))

    def _put_back(self, options: Any) -> None:
        self._do(options["key"], lambda found: withdrawal_jobs.undo_withdrawal(found, by=self.by))

    def _drop(self, options: Any) -> None:
        self._do(options["key"], lambda found: withdrawal_jobs.drop_withdrawal(found, by=self.by))

    def _do(self, key: str, act: Callable[[Withdrawal], None]) -> None:
        named = list(Withdrawal.objects.filter(key__startswith=key)[:2])
        if len(named) != 1:
            self.console.print(Text(_("No search has this key, or several have: see “vaguemestre withdrawals list”.")))
            raise SystemExit(REFUSED)
        try:
            act(named[0])
        except withdrawal_jobs.TooLateError:
            state = str(named[0].get_state_display())
            self.console.print(Text(_("This cannot be done now: %(state)s.") % {"state": state}))
            raise SystemExit(REFUSED) from None
        self._wait(named[0])

    def _wait(self, found: Withdrawal) -> None:
        """Helps with the walk when the tasks process is not at it."""
        with self.console.status("") as status:
            while True:
                found.refresh_from_db()
                if not found.walk:
                    break
                status.update(Text(f"{found.get_state_display()} {number_text(found.done)}/{number_text(found.total)}"))
                if not mailbox_walk.go_on(now=timezone.now()):
                    time.sleep(PAUSE_SECONDS)
        self._report(found)

    def _report(self, found: Withdrawal) -> None:
        sums = withdrawal_status.withdrawal_sums(found)
        facts = (
            (_("Key"), found.key[:8]), (_("State"), str(found.get_state_display())),
            (_("Mailboxes"), number_text(sums.boxes)), (_("Messages"), number_text(sums.copies)),
            (_("Persons who had opened it"), number_text(sums.read)),
            (_("Persons who answered it"), number_text(sums.answered)),
        )  # fmt: skip
        table = Table(box=None, pad_edge=False, show_header=False)
        for name, value in facts:
            table.add_row(Text(name), Text(value))
        self.console.print(table)
        if found.passed_over:
            self.console.print(Text(_("Mailboxes that did not open:") + " " + ", ".join(found.passed_over)))
            raise SystemExit(NOT_ALL)

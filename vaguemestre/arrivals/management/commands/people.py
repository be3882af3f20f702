"""`vaguemestre people import FILE`, `vaguemestre people history` and `vaguemestre people undo`."""

import getpass
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from vaguemestre.arrivals import feed_effects, import_report, rollback
from vaguemestre.engine import projection
from vaguemestre.engine.projection.file import ProjectionUnavailableError
from vaguemestre.people import feed
from vaguemestre.people.feed_writer import FeedOvertakenError
from vaguemestre.people.import_lock import my_turn
from vaguemestre.people.import_rollback import NothingToUndoError
from vaguemestre.people.models import Snapshot
from vaguemestre.people.refusal import FeedRejectedError
from vaguemestre.people.snapshot import Changes, TooManyClosuresError, check_closures, compare

ATTEMPTS = 3
HISTORY = 20


class Exit(IntEnum):
    """What a calling script can tell. Django itself ends with 1 or 2 for a wrong command line."""

    DONE = 0
    REJECTED = 1
    DONE_WITH_REMARKS = 3
    TOO_MANY_CLOSURES = 4
    OVERTAKEN = 5
    FAILED = 6
    UNDO_REFUSED = 7
    INTERRUPTED = 130


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Takes HR feeds: shows what each changes, then applies it.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        taking = acts.add_parser("import", help=_("take a dated snapshot of all staff (docs/hr-feed.md)"))
        taking.add_argument("file", type=Path)
        taking.add_argument("--dry-run", action="store_true", help=_("show what would change, change nothing"))
        taking.add_argument("--report", type=Path, help=_("where to write the refused lines (CSV)"))
        taking.add_argument(
            "--closing-share",
            type=int,
            metavar=_("PERCENT"),
            help=_("allow this feed to close more accounts than usual"),
        )
        taking.add_argument(
            "--allow-older", action="store_true", help=_("accept a snapshot older than the last one applied")
        )
        taking.add_argument(
            "--same-person",
            type=int,
            action="append",
            default=[],
            metavar=_("LINE"),
            help=_("this line is refused as somebody else's, and you have made sure that it is the person known here"),
        )

        undo = acts.add_parser("undo", help=_("take the last import back, when it was a mistake"))
        undo.add_argument("--dry-run", action="store_true", help=_("show what would change, change nothing"))
        undo.add_argument(
            "--except-used",
            action="store_true",
            help=_("undo it for everybody but those who stand in the way: each is listed, and stays as they are"),
        )
        acts.add_parser("history", help=_("the last imports and what each changed"))

    def handle(self, *_args: Any, **options: Any) -> None:
        # Django's wrapper adds line ends of its own; rich needs the stream below it.
        self.console = Console(file=cast(IO[str], self.stdout._out), highlight=False, soft_wrap=True)
        self.options = options
        if options["act"] == "history":
            import_report.show_history(self.console, Snapshot.objects.order_by("-number")[:HISTORY])
        else:
            self._in_turn(self._undo if options["act"] == "undo" else self._import)

    def _in_turn(self, act: Callable[[datetime], Exit]) -> None:
        with my_turn(waiting=lambda: self._say(_("Another import is running: waiting for its end."))):
            try:
                code = act(timezone.now())
            except KeyboardInterrupt:
                self._say(_("Interrupted. All of it was applied or nothing: the same command again tells."))
                code = Exit.INTERRUPTED
        if code is not Exit.DONE:
            raise SystemExit(code)

    def _import(self, now: datetime) -> Exit:
        try:
            return self._take_in_turn(self._read(self.options["file"]), now)
        except FeedRejectedError as rejected:
            place = _("line %(line)s: ") % {"line": rejected.line} if rejected.line else ""
            return self._stop(Exit.REJECTED, f"{self.options['file']}: {place}{rejected.reason}.")
        except OSError as error:
            return self._stop(Exit.FAILED, f"{error.filename or self.options['file']}: {error.strerror}")
        except OperationalError as error:
            return self._stop(Exit.FAILED, _("The database cannot do it: %(error)s.") % {"error": error})
        except ProjectionUnavailableError as error:
            return self._stop(Exit.FAILED, f"{error}.")

    def _undo(self, now: datetime) -> Exit:
        try:
            except_used: bool = self.options["except_used"]
            plan = rollback.plan_rollback(except_used=except_used)
            import_report.show_undo(self.console, plan)
            if self.options["dry_run"]:
                self._say(_("Dry run: nothing was changed."))
                return Exit.DONE if plan.possible else Exit.UNDO_REFUSED
            rollback.rollback(now=now, by=f"operator:{getpass.getuser()}", except_used=except_used)
        except NothingToUndoError as nothing:
            self._say(_("Nothing to undo: %(reason)s.") % {"reason": nothing})
            return Exit.DONE
        except rollback.ObstacleError as refused:
            import_report.show_obstacles(self.console, refused.plan)
            return self._stop(
                Exit.UNDO_REFUSED,
                _("This import can no longer be undone as a whole: --except-used leaves these persons out."),
            )
        except OperationalError as error:
            return self._stop(Exit.FAILED, _("The database cannot do it: %(error)s.") % {"error": error})
        self._say(_("Undone. Correct the file, then import it again."), style="green")
        return Exit.DONE

    def _take_in_turn(self, feed: feed.Feed, now: datetime) -> Exit:
        for _attempt in range(ATTEMPTS):
            try:
                return self._take(feed, now)
            except FeedOvertakenError:
                self._say(_("Another import was applied meanwhile: comparing again."))
        return Exit.OVERTAKEN

    def _stop(self, code: Exit, reason: str) -> Exit:
        self._say(reason, style="red")
        self._say(_("Nothing was changed."))
        return code

    def _read(self, path: Path) -> feed.Feed:
        with self._progress() as progress:
            task = progress.add_task(_("Reading"), total=path.stat().st_size)
            return feed.read_feed(path, progress=lambda done: progress.update(task, completed=done))

    def _take(self, feed: feed.Feed, now: datetime) -> Exit:
        today = timezone.localdate(now)
        with self._progress() as progress:
            progress.add_task(_("Comparing"), total=None)
            changes = compare(
                feed, today, allow_older=self.options["allow_older"], same_person=self.options["same_person"]
            )
        import_report.show(self.console, changes)
        self._report(changes)
        try:
            check_closures(changes, today, percent=self.options["closing_share"])
        except TooManyClosuresError as error:
            self._refuse_closures(error)
            return Exit.TOO_MANY_CLOSURES
        if self.options["dry_run"]:
            self._say(_("Dry run: nothing was changed."))
        elif not changes and not changes.fresh:
            self._say(_("This snapshot is already applied: nothing to change."))
            self._finish_interrupted()
        else:
            self._apply(changes, now)
        return Exit.DONE_WITH_REMARKS if changes.refused or changes.remarks else Exit.DONE

    def _apply(self, changes: Changes, now: datetime) -> None:
        with self._progress() as progress:
            progress.add_task(_("Applying"), total=None)
            feed_effects.take_effect(changes, now=now, by=f"operator:{getpass.getuser()}")
        self._say(_("Applied."), style="green")
        if changes.joiners or changes.returning:
            self._say(
                _("Provisional passwords are being made in the background; the letters can be printed after that.")
            )

    def _finish_interrupted(self) -> None:
        """An import that was killed once all was applied has told the mail servers nothing."""
        if count := projection.reconcile():
            told = ngettext(
                "The mail servers did not know of %(count)d account yet: now they do.",
                "The mail servers did not know of %(count)d accounts yet: now they do.",
                count,
            )
            self._say(told % {"count": count})

    def _report(self, changes: Changes) -> None:
        import_report.show_remarks(self.console, changes)
        path = self.options["report"] or _usual_report(changes)
        if path and (changes.refused or changes.remarks):
            import_report.write_remarks(path, changes)
            self._say(_("Refused lines written to %(path)s") % {"path": path})

    def _refuse_closures(self, error: TooManyClosuresError) -> None:
        reason = _(
            "This feed would close %(closures)s of %(in_post)s accounts, more than the allowed share of %(percent)s "
            "percent (feed.closing_share_percent). Nothing was changed. If it is right: --closing-share PERCENT."
        )
        figures = {"closures": error.closures, "in_post": error.in_post, "percent": error.percent}
        self._say(reason % figures, style="red")

    def _say(self, text: str, style: str = "") -> None:
        self.console.print(Text(text, style=style))

    def _progress(self) -> Progress:
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
        return Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)


def _usual_report(changes: Changes) -> Path | None:
    folder = settings.DATA / "imports" if settings.DATA else None
    return folder / f"refused-{changes.dated.isoformat()}.csv" if folder and folder.is_dir() else None

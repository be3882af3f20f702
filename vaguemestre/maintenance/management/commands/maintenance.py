"""`vaguemestre maintenance announce|on|off|show`: for the operator, who may be alone with it at two in the morning."""

import getpass
import re
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from vaguemestre.maintenance import acts, state, words
from vaguemestre.maintenance.acts import MaintenanceRefusedError, Plan
from vaguemestre.maintenance.models import Maintenance, Part

EVERYTHING = [Part.SIGN_IN]
USUAL_LENGTH = timedelta(hours=1)
_HOUR = re.compile(r"(\d{1,2})[h:](\d{2})?")


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this may be run because pages are broken
    help = _("Announces a maintenance, closes the pages and opens them again. Mail is delivered and read all along.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts_ = parser.add_subparsers(dest="act", required=True)
        announce = acts_.add_parser("announce", help=_("tell everybody beforehand"))
        announce.add_argument(
            "--from", dest="start", required=True, metavar=_("WHEN"), help=_("2026-11-25 22:00, or 22h")
        )
        self._plan(announce)
        begin = acts_.add_parser("on", help=_("close now: what was announced, or at once"))
        self._plan(begin)
        acts_.add_parser("off", help=_("open again; without one under way, withdraw what was announced"))
        acts_.add_parser("show", help=_("what is closed, what is announced"))

    def _plan(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--until", metavar=_("WHEN"), help=_("expected end: 2026-11-26 07:00, or 7h; else one hour")
        )
        parser.add_argument("--text", default="", help=_("a sentence in French, for everybody"))
        parser.add_argument(
            "--close", metavar=_("PARTS"), help=", ".join(Part.values) + _(" (commas between; else all: sign-in)")
        )
        parser.add_argument("--ends-by-itself", action="store_true", help=_("open again at that hour without anybody"))

    def handle(self, *_args: Any, **options: Any) -> None:
        now, by = timezone.now(), f"operator:{getpass.getuser()}"
        state.forget()
        try:
            match options["act"]:
                case "announce":
                    start = _moment(options["start"], now)
                    acts.announce(_plan_of(options, start), by=by, now=now)
                case "on":
                    self._on(options, by, now)
                case "off":
                    self._off(by, now)
        except MaintenanceRefusedError as refused:
            raise CommandError(str(refused)) from refused
        self._show(now)

    def _on(self, options: dict[str, Any], by: str, now: datetime) -> None:
        row = state.announced(now)
        if row is None or options["until"] or options["close"] or options["text"]:
            row = acts.announce(_plan_of(options, now), by=by, now=now)
        acts.begin(row, by=by, now=now)

    def _off(self, by: str, now: datetime) -> None:
        row = state.current(now) or state.announced(now)
        if row is None:
            raise CommandError(_("Nothing is closed, nothing is announced."))
        acts.end(row, by=by, now=now)

    def _show(self, now: datetime) -> None:
        found = [(_("Under way"), state.current(now)), (_("Announced"), state.announced(now))]
        if not any(row for _title, row in found):
            self.stdout.write(_("Nothing is closed, nothing is announced."))
        for title, row in found:
            if row is not None:
                self._show_one(title, row, now)

    def _show_one(self, title: str, row: Maintenance, now: datetime) -> None:
        standing = words.MaintenanceState(row, now)
        ending = _("opens again by itself") if row.ends_by_itself else _("to open again: vaguemestre maintenance off")
        beginning = _("to close: vaguemestre maintenance on; to withdraw it: vaguemestre maintenance off")
        self.stdout.write(f"{title} ({row.key}): {standing.fact} {standing.closed} {row.text}".rstrip())
        self.stdout.write(f"  {ending if row.under_way else beginning}")


def _plan_of(options: dict[str, Any], start: datetime) -> Plan:
    end = _moment(options["until"], start) if options["until"] else start + USUAL_LENGTH
    return Plan(start, end, options["text"], _parts(options["close"]), options["ends_by_itself"])


def _parts(text: str | None) -> list[Part]:
    if text is None:
        return EVERYTHING
    try:
        return [Part(word.strip()) for word in text.split(",") if word.strip()]
    except ValueError as error:
        known = ", ".join(Part.values)
        raise CommandError(
            _("%(text)s: one of %(known)s, with commas between.") % {"text": text, "known": known}
        ) from error


def _moment(text: str, after: datetime) -> datetime:
    """A day and an hour, or an hour alone: the next one after."""
    if found := _HOUR.fullmatch(text.strip()):
        hour, minute = int(found[1]), int(found[2] or 0)
        if hour < 24 and minute < 60:
            local = timezone.localtime(after)
            said = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
            return said if said > local else said + timedelta(days=1)
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(_("%(text)s: say 2026-11-25 22:00, or 22h.") % {"text": text})
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)

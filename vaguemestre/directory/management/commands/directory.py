"""`vaguemestre directory rebuild|reconcile`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from vaguemestre.directory import index


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("What the directory's search looks in.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rebuild", "reconcile"])

    def handle(self, *_args: object, **options: Any) -> None:
        today = timezone.localdate()
        if options["act"] == "rebuild":
            count = index.rebuild(today=today)
            words = ngettext("%(count)d person in the directory.", "%(count)d people in the directory.", count)
        else:
            count = index.reconcile(today=today)
            words = ngettext("%(count)d entry was not true.", "%(count)d entries were not true.", count)
        self.stdout.write(words % {"count": count})

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from vaguemestre.clock import worker


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Runs background tasks and timed acts, until it is told to stop.")

    def handle(self, *_args: Any, **_options: Any) -> None:
        worker.serve()

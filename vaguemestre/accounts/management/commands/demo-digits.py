"""The digits of a captcha, in a demo or a test: for the browser stories, which cannot read a picture."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.captcha import challenge


class Command(BaseCommand):
    requires_system_checks = ()
    help = _("Reads the digits of a captcha (demo and test only).")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("token", help=_("the field “epreuve” of the page"))

    def handle(self, *_args: Any, **options: Any) -> None:
        if settings.INSTANCE.mode == "production":
            raise CommandError(_("Only in a demo or a test."))
        found = challenge.read_challenge(options["token"], now=timezone.now())
        if found is None:
            raise CommandError(_("This is no living captcha of this installation."))
        self.stdout.write(found.digits)

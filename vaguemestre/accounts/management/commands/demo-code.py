"""`vaguemestre demo-code IDENTIFIER`: what the phone of a demonstration's account shows now."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.accounts.factors.totp import present_code
from vaguemestre.accounts.identity.access import account_named


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("The present code of a demonstration's telephone.")

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("identifier")

    def handle(self, *_args: Any, **options: Any) -> None:
        identifier = options["identifier"]
        if settings.INSTANCE.mode == "production":
            raise CommandError(_("Only for a demonstration or a test: this installation is neither."))
        account = account_named(identifier)
        if account is None:
            raise CommandError(_("No account is named %(identifier)s.") % {"identifier": identifier})
        code = present_code(account, timezone.now())
        if code is None:
            raise CommandError(_("%(identifier)s has no telephone.") % {"identifier": identifier})
        self.stdout.write(code)

"""`vaguemestre id-keys`, `vaguemestre id-keys rotate`: the keys that sign what applications are told."""

from argparse import ArgumentParser
from typing import Any, override

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.audit import journal
from vaguemestre.sso import signing_keys


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Names the published keys; `rotate` makes a new one, which signs once applications have seen it.")

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", nargs="?", choices=["rotate"])

    @override
    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["act"] == "rotate":
            with transaction.atomic():
                made = signing_keys.rotate_key()
                journal.record("system", "sso.key-made", made)
        for key in signing_keys.published_keys(timezone.now())["keys"]:
            self.stdout.write(key["kid"])

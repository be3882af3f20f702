"""`vaguemestre applications own`, at each start; `applications trial`, in a demo; `applications import FILE.toml`."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, override

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from vaguemestre.sso.cas.demo_client import keep_cas_trial
from vaguemestre.sso.openid import own_applications
from vaguemestre.sso.registry import application_import


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Registers the applications of the service (own), of a file (import), or one to try with (trial).")

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("own", help=_("I-Prof, with this installation's address, and mail programs"))
        bring = acts.add_parser(
            "import", help=_("those of a file that are not registered yet; prints clients and secrets")
        )
        bring.add_argument("file", type=Path)
        trial = acts.add_parser("trial", help=_("an application of somebody else's; prints its client and its secret"))
        trial.add_argument("--redirect", required=True, help=_("where it receives the code, letter by letter"))
        trial.add_argument("--logout", default="", help=_("where a sign-out that it asks for may lead"))
        trial.add_argument(
            "--told", default="", help=_("where it hears that a session has ended (back-channel logout)")
        )
        by_cas = acts.add_parser("trial-cas", help=_("the same, of the older kind"))
        by_cas.add_argument("--service", required=True, help=_("its address, or what it begins with and /*"))

    @override
    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["act"] == "own":
            own_applications.keep_own()
            own_applications.keep_mail_programs()
            return
        if options["act"] == "import":
            self._import(options["file"])
            return
        if settings.INSTANCE.mode == "production":
            raise CommandError("An application to try with is not for production.")
        if options["act"] == "trial-cas":
            keep_cas_trial(options["service"])
            return
        application, secret = own_applications.keep_trial(
            options["redirect"], logout=options["logout"], told=options["told"]
        )
        self.stdout.write(json.dumps({"client_id": application.client_id, "client_secret": secret}))

    def _import(self, file: Path) -> None:
        try:
            made = application_import.import_applications(file)
        except application_import.FileRefusedError as refused:
            raise CommandError(str(refused)) from refused
        secrets = {one.slug: {"client_id": one.client_id, "client_secret": word} for one, word in made if word}
        self.stdout.write(json.dumps({"registered": len(made), "secrets": secrets}))

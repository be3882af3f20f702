"""`vaguemestre applications own`, at each start; `applications trial`, in a demo."""

import json
from argparse import ArgumentParser
from typing import Any, override

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vaguemestre.sso import own


class Command(BaseCommand):
    help = "Registers the applications that are part of the service (own), or one to try with (trial)."

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("own", help="I-Prof, with this installation's address")
        trial = acts.add_parser("trial", help="an application of somebody else's; prints its client and its secret")
        trial.add_argument("--redirect", required=True, help="where it receives the code, letter by letter")
        trial.add_argument("--logout", default="", help="where a sign-out that it asks for may lead")
        trial.add_argument("--told", default="", help="where it hears that a session has ended (back-channel logout)")

    @override
    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["act"] == "own":
            own.keep_own()
            return
        if settings.INSTANCE.mode == "production":
            raise CommandError("An application to try with is not for production.")
        application, secret = own.keep_trial(options["redirect"], logout=options["logout"], told=options["told"])
        self.stdout.write(json.dumps({"client_id": application.client_id, "client_secret": secret}))

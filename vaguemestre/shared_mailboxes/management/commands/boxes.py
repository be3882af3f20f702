"""`vaguemestre boxes`: the mailboxes of services, without a screen."""

import getpass
import json
from argparse import ArgumentParser
from typing import Any, override

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from vaguemestre.people.functions import Function
from vaguemestre.shared_mailboxes.internal_notes import exported_notes, notes_naming
from vaguemestre.shared_mailboxes.models import InternalNote, SharedMailbox
from vaguemestre.shared_mailboxes.service_form import named_accounts, place_named, refusal_text
from vaguemestre.shared_mailboxes.service_mailboxes import (
    Owners,
    ServiceRefusedError,
    close_service,
    make_service,
    services,
)


class Command(BaseCommand):
    requires_system_checks = ()  # they check pages, and this is none
    help = _("Mailboxes of services, which several people share.")

    @override
    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help=_("those that are open, with who shares them"))
        add = acts.add_parser("add", help=_("make one, or give one further owners"))
        add.add_argument("local_part", metavar=_("LOCAL_PART"), help=_("its address before the @"))
        add.add_argument("name", metavar=_("NAME"), help=_("as people read it"))
        add.add_argument("--owner", action="append", default=[], help=_("identifier or address of an owner"))
        add.add_argument(
            "--function", choices=[str(one) for one in Function], default="", help=_("who holds it owns the mailbox")
        )
        add.add_argument(
            "--place", default="", metavar="UAI", help=_("where the function is held; without one, anywhere")
        )

        notes = acts.add_parser("notes", help=_("internal notes as JSON: for an export, or an access request"))
        notes.add_argument(
            "local_part", metavar=_("LOCAL_PART"), nargs="?", help=_("of one mailbox; without it, of all")
        )
        notes.add_argument("--naming", metavar=_("NAME"), help=_("only those that name this person"))

        close = acts.add_parser("close", help=_("nothing reaches it any more; its mail is kept"))
        close.add_argument("local_part", metavar=_("LOCAL_PART"), help=_("its address before the @"))

    @override
    def handle(self, *_arguments: Any, **options: Any) -> None:
        if options["act"] == "add":
            self._add(options)
            return
        if options["act"] == "close":
            self._close(options["local_part"])
            return
        if options["act"] == "notes":
            self._notes(options["local_part"], options["naming"])
            return
        today = timezone.localdate()
        for box in services():
            shared = [one.member.identifier for one in box.memberships.all() if one.holds(today)]
            rules = [f"{one.function}@{one.place_id or '*'}" for one in box.rules.all()]
            self.stdout.write(f"{box.account.address}  {box.account.display_name}  {' '.join([*rules, *shared])}")

    def _notes(self, local_part: str | None, naming: str | None) -> None:
        found = notes_naming(naming) if naming else InternalNote.objects.all()
        if local_part:
            if not SharedMailbox.objects.filter(account__local_part=local_part.lower()).exists():
                raise CommandError(_("There is no such mailbox."))
            found = found.filter(box__account__local_part=local_part.lower())
        self.stdout.write(json.dumps(exported_notes(found), ensure_ascii=False, indent=2))

    def _close(self, local_part: str) -> None:
        box = next((one for one in services() if one.account.local_part == local_part.lower()), None)
        if box is None:
            raise CommandError(_("No service has this address."))
        close_service(box, now=timezone.now(), by=_operator())
        self.stdout.write(_("%s is closed. The same address added again opens it.") % box.account.address)

    def _add(self, options: dict[str, Any]) -> None:
        try:
            owners = Owners(named_accounts(options["owner"]), options["function"], place_named(options["place"]))
            box = make_service(
                options["local_part"], options["name"], owners,
                now=timezone.now(), by=_operator(),
            )  # fmt: skip
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except ServiceRefusedError as refused:
            raise CommandError(refusal_text(refused.reason)) from refused
        self.stdout.write(_("%s is there.") % box.account.address)


def _operator() -> str:
    return f"operator:{getpass.getuser()}"[:60]

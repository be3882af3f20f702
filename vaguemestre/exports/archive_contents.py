"""What an archive holds beside the mail: a page to read first, and what the service knows of the account, as data."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone, translation
from django.utils.translation import gettext as _, ngettext

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.ports import waiting_list
from vaguemestre.accounts.rescue import contact
from vaguemestre.contacts import book, collected_addresses
from vaguemestre.exports.models import Export
from vaguemestre.people import numen
from vaguemestre.people.models import Person
from vaguemestre.shared_mailboxes.internal_notes import exported_notes, notes_about
from vaguemestre.web.date_text import full_date

READ_ME = "LISEZ-MOI.txt"
DATA = "donnees-du-compte.json"
CONTACTS = "contacts.vcf"
WAITING = "en-attente.mbox"


def archive_files(account: Account, export: Export, now: datetime) -> dict[str, str]:
    """By name in the archive. No secret: passwords and keys are not taken along, the NUMEN is masked."""
    with translation.override(account.language):
        data = json.dumps(_data(account, now), ensure_ascii=False, indent=2)
        return {READ_ME: _read_me(account, export, now), DATA: data}


def _read_me(account: Account, export: Export, now: datetime) -> str:
    lines = [
        _("Mailbox of %(name)s, %(address)s") % {"name": account.display_name, "address": account.address},
        _("Taken on %(day)s: %(count)d messages.") % {"day": full_date(timezone.localdate(now)), "count": export.done},
        "",
        _("“Courrier”: one file a folder, in the mbox form. Thunderbird and Apple Mail open them."),
        _("A line that begins with “From ” has a “>” more: that is how the form tells two messages apart."),
        _("donnees-du-compte.json: what the service knows of your account. Passwords and keys are in no export."),
        _contacts(account),
        *_waiting(account),
        "",
        _("This archive is not locked: keep it where nobody else reads it."),
        academy().title,
    ]
    return "\r\n".join(lines) + "\r\n"


def _contacts(account: Account) -> str:
    count = book.count_contacts(account)
    if not count:
        return _("Contacts: your address book is empty, so there is none here.")
    words = ngettext(
        "contacts.vcf: %(count)d contact, as vCard. Mail programs and telephones read it.",
        "contacts.vcf: %(count)d contacts, as vCard. Mail programs and telephones read it.",
        count,
    )
    return words % {"count": count}


def waiting_messages(account: Account) -> list[tuple[datetime, Path]]:
    """Messages that have not left yet: when each was written, and where it is."""
    return waiting_list.one()(account.key)


def _waiting(account: Account) -> list[str]:
    count = len(waiting_messages(account))
    words = ngettext(
        "en-attente.mbox: %(count)d message that had not left yet when this was taken.",
        "en-attente.mbox: %(count)d messages that had not left yet when this was taken.",
        count,
    )
    return [words % {"count": count}] if count else []


def _data(account: Account, now: datetime) -> dict[str, Any]:
    person = account.person
    prefetch_related_objects([person], "postings__school")
    return {
        "taken_at": _iso(now),
        "identity": {
            "civility": person.civility, "first_name": person.first_name, "last_name": person.last_name,
            "usual_name": person.usual_name, "birth_date": person.birth_date.isoformat(),
            "numen": numen.masked_numen(person), "postal_address": person.address_lines,
        },
        "duty": _duty(person),
        "account": {
            "identifier": account.identifier, "address": account.address, "addresses": account.addresses,
            "language": account.language, "state": account.state, "opened": account.opens_on.isoformat(),
            "closes": account.closes_on.isoformat() if account.closes_on else None,
            "charter": account.charter_version, "second_factor": account.second_factor,
            "rescue_contact": contact.confirmed_email(account),
        },
        "sign_ins": [_sign_in(one) for one in account.sign_ins.order_by("-at")],
        "notices": [{"at": _iso(one.at), "kind": one.kind} for one in account.notices.order_by("-at")],
        "files_by_link": [
            {"name": one.name, "size": one.size, "sent": _iso(one.sent_at), "expires": _iso(one.expires_at),
             "withdrawn": _iso(one.withdrawn_at) if one.withdrawn_at else None, "fetched": one.downloads}
            for one in account.handouts.exclude(sent_at=None).order_by("-sent_at")
            if one.sent_at and one.expires_at
        ],
        "shared_mailboxes": [
            {"address": one.box.account.address, "right": one.right, "starts": one.starts.isoformat(),
             "ends": one.ends.isoformat() if one.ends else None,
             "ended": _iso(one.ended_at) if one.ended_at else None}
            for one in account.memberships.select_related("box__account").order_by("starts", "pk")
        ],
        "internal_notes": exported_notes(notes_about(account)),
        "contacts": book.count_contacts(account),  # the cards are in contacts.vcf
        "written_to": [
            {"address": one.address, "name": one.name, "times": one.times, "last": _iso(one.last_at)}
            for one in collected_addresses.all_collected(account)
        ],
    }  # fmt: skip


def _duty(person: Person) -> dict[str, Any]:
    return {
        "category": person.category, "function": person.function_label, "corps": person.corps,
        "grade": person.grade, "step": person.step, "department": person.department,
        "starts": person.duty_start.isoformat(), "ends": person.duty_end.isoformat() if person.duty_end else None,
        "postings": [
            {"school": str(posting.school), "uai": posting.school_id, "share": posting.share,
             "starts": posting.starts.isoformat(), "ends": posting.ends.isoformat() if posting.ends else None}
            for posting in sorted(person.postings.all(), key=lambda posting: posting.rank)
        ],
    }  # fmt: skip


def _sign_in(one: SignIn) -> dict[str, Any]:
    return {
        "at": _iso(one.at), "channel": one.channel, "result": one.result, "network": one.network, "device": one.agent,
        "times": one.times,
    }  # fmt: skip


def _iso(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")

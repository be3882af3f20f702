"""The signatures that a person has besides the first, each with a name, and which one a message begins with."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.webmail.compose import identities, signatures
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.preferences import authority_defaults

MOST = 10
NAME_LIMIT = 60
NONE, FIRST = "aucune", "premiere"  # words in the place of an id


@dataclass(frozen=True, slots=True)
class NamedSignature:
    """`id`: empty for the first one. `html`: cleaned."""

    id: str
    name: str
    text: str
    html: str


def all_signatures(chosen: Preferences) -> list[NamedSignature]:
    first = NamedSignature("", _("The signature"), signatures.signature_text(chosen), signatures.signature_html(chosen))
    return [first, *other_signatures(chosen)]


def other_signatures(chosen: Preferences) -> list[NamedSignature]:
    return [NamedSignature(**kept) for kept in chosen.signatures]


def find_signature(chosen: Preferences, wanted: str) -> NamedSignature | None:
    return next((one for one in other_signatures(chosen) if one.id == wanted), None)


def signature_for_new(chosen: Preferences, sender: str) -> NamedSignature:
    return _used(chosen, identities.identity_of(chosen, sender).begins_with, chosen.begins_with)


def signature_for_replies(chosen: Preferences, sender: str) -> NamedSignature:
    return _used(chosen, identities.identity_of(chosen, sender).answers_with, chosen.answers_with)


def signature_for_message(chosen: Preferences, sender: str, *, new: bool) -> NamedSignature:
    return signature_for_new(chosen, sender) if new else signature_for_replies(chosen, sender)


def save_signature(account: Account, named: NamedSignature, now: datetime) -> None:
    """A new one when it has no id yet."""
    with transaction.atomic():
        chosen = _locked(account, now)
        known = other_signatures(chosen)
        if find_signature(chosen, named.id):
            kept = [named if one.id == named.id else one for one in known]
        else:
            kept = [*known, NamedSignature(secrets.token_hex(4), named.name, named.text, named.html)][:MOST]
        _write(chosen, kept, now)


def remove_signature(account: Account, wanted: str, now: datetime) -> None:
    with transaction.atomic():
        chosen = _locked(account, now)
        chosen.begins_with = "" if chosen.begins_with == wanted else chosen.begins_with
        chosen.answers_with = "" if chosen.answers_with == wanted else chosen.answers_with
        _write(chosen, [one for one in other_signatures(chosen) if one.id != wanted], now)


def save_use(account: Account, begins: str, answers: str, *, plain: bool, now: datetime) -> None:
    """What is not known is the first one."""
    with transaction.atomic():
        chosen = _locked(account, now)
        known = {NONE, *(one.id for one in other_signatures(chosen))}
        chosen.begins_with = begins if begins in known else ""
        chosen.answers_with = answers if answers in known else ""
        _write(chosen, other_signatures(chosen), now)
        authority_defaults.save_choices(account, now, writes_plain=plain)


def _used(chosen: Preferences, wanted: str, usual: str) -> NamedSignature:
    """`wanted`: that of an address, which may have been removed since; `usual`: that of every message."""
    wanted = wanted if wanted in {NONE, FIRST} or find_signature(chosen, wanted) else usual
    if wanted == NONE:
        return NamedSignature(NONE, "", "", "")
    return find_signature(chosen, wanted) or all_signatures(chosen)[0]


def _locked(account: Account, now: datetime) -> Preferences:
    Preferences.objects.get_or_create(account=account, defaults={"changed_at": now})
    return Preferences.objects.select_for_update().get(account=account)


def _write(chosen: Preferences, kept: Sequence[NamedSignature], now: datetime) -> None:
    chosen.signatures, chosen.changed_at = [asdict(one) for one in kept], now
    chosen.save(update_fields=["signatures", "begins_with", "answers_with", "changed_at"])

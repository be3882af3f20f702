"""What a person chose for their incoming mail, and the script at Dovecot's that does it: together, or neither.

The script of another program is never replaced unasked: it can continue beside ours (`include`). Neither is ours once
another program has changed it, which its mark tells: asked, it goes aside under another name. What was in force before
each change is kept, so that an attacker's changes can be undone (`rollback.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from vaguemestre.accounts.models import Account
from vaguemestre.clock import due
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime.header_fields import address_field
from vaguemestre.mailbox.sieve.managesieve import ScriptName, ScriptServer
from vaguemestre.webmail.connection import open_scripts
from vaguemestre.webmail.models import FormerScript, Preferences, Redirection
from vaguemestre.webmail.rules import sieve_script
from vaguemestre.webmail.rules.filters import rule as filter_rule, store
from vaguemestre.webmail.rules.sieve_script import Absence, SieveRedirect, SieveSettings

WHATEVER: Final = "\0"  # for what only takes away: another program's script stays in force by itself
KEPT_FOR = timedelta(days=100)  # longer ago than any theft that is still to be undone
APPLY = due.Job("webmail.rules.apply")
FOLLOW = due.Job("webmail.rules.follow")


class ForeignScriptError(Exception):
    """The script of another program is in force, or ours as another program has `changed` it; nothing was done.

    Agreeing to its name includes it in ours; one of ours that was changed goes aside, under another name."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.name = name
        self.text = text

    @property
    def changed(self) -> bool:
        return self.name == sieve_script.NAME


@contextmanager
def changing_settings(account: Account, *, by: str, now: datetime, agreed: str = "") -> Iterator[Preferences]:
    """The block writes the choices (this row, a `Redirection`); the script follows before anything is committed.

    Raises `ForeignScriptError`, and the mailbox's own errors: then neither has changed. `agreed`: the name of the
    script of another program that may be included, or of ours that may go aside."""
    with open_scripts(account.key) as server:
        name, text = fetch_active_script(server)
        with transaction.atomic():
            preferences = lock_preferences(account, now)
            foreign = name not in {"", sieve_script.NAME}
            changed = name == sieve_script.NAME and not sieve_script.is_ours(text, preferences.script_mark)
            if agreed != name and (changed or (foreign and agreed != WHATEVER)):
                raise ForeignScriptError(name, text)
            before = sieve_settings(preferences, now)
            yield preferences
            if foreign:
                preferences.included_script = name
            preferences.changed_at = now
            FormerScript.objects.filter(account=account, replaced_at__lt=now - KEPT_FOR).delete()
            FormerScript.objects.create(
                account=account, replaced_at=now, replaced_by=by, name=name, text=text, choices=settings_data(before)
            )
            _apply(server, account, preferences, now)


def lock_preferences(account: Account, now: datetime) -> Preferences:
    """The person's row, made if need be, until the end of the transaction."""
    row, _made = Preferences.objects.select_for_update().get_or_create(account=account, defaults={"changed_at": now})
    return row


def sieve_settings(preferences: Preferences, now: datetime) -> SieveSettings:
    """What the script is made from now: an absence that is over has no part in it."""
    redirection = Redirection.objects.filter(account_id=preferences.account_id, removed_at=None).first()
    return SieveSettings(
        absence=_absence(preferences, now),
        redirection=SieveRedirect(redirection.target, redirection.keep_copy) if redirection else None,
        filters=tuple(store.active_rules(preferences.account_id)),
        included=preferences.included_script,
    )


@APPLY.register
def apply_later(key: str, now: datetime) -> None:
    """The clock: what stands in our tables, once Dovecot can be told. Raises the mailbox's errors: it is tried again.

    Whatever is in force then is replaced: this follows an undoing. One of ours that was changed is kept aside."""
    account = Account.every.select_related("person").get(key=key)
    with open_scripts(key) as server, transaction.atomic():
        _apply(server, account, lock_preferences(account, now), now)


def apply_soon(account: Account, now: datetime) -> None:
    """Call it inside the transaction that has changed the tables alone."""
    due.at(now, APPLY, account.key)


@FOLLOW.register
def follow_later(key: str, now: datetime) -> None:
    """The clock: ours is written again where it is in force as we wrote it. Another program's stays as it is."""
    account = Account.every.select_related("person").get(key=key)
    with open_scripts(key) as server, transaction.atomic():
        preferences = lock_preferences(account, now)
        name, text = fetch_active_script(server)
        if name == sieve_script.NAME and sieve_script.is_ours(text, preferences.script_mark):
            _apply(server, account, preferences, now)


def follow_soon(account: Account, now: datetime) -> None:
    due.at(now, FOLLOW, account.key)


def settings_from_data(kept: Any) -> SieveSettings:
    """What `FormerScript.choices` says."""
    absence, redirection = kept.get("absence"), kept.get("redirection")
    starts, ends = (parse_datetime(absence[name]) for name in ("starts", "ends")) if absence else (None, None)
    return SieveSettings(
        absence=Absence(starts, ends, absence["text"], absence.get("outside", "")) if starts and ends else None,
        redirection=SieveRedirect(**redirection) if redirection else None,
        filters=tuple(filter_rule.rule_from_data(rule) for rule in kept.get("filters", [])),
        included=kept.get("included", ""),
    )


def _apply(server: ScriptServer, account: Account, preferences: Preferences, now: datetime) -> None:
    """The server comes last: when it refuses, the transaction is undone; it has then changed nothing of its own."""
    choices = sieve_settings(preferences, now)
    there = [found.name for found in server.scripts()]
    _keep_aside(server, there, preferences.script_mark, now)
    if not choices.need_a_script:
        preferences.included_script = ""
    text = _text(account, choices) if choices.need_a_script else ""
    preferences.script_mark = sieve_script.script_mark(text) if text else ""
    preferences.save()
    if text:
        server.put(sieve_script.NAME, text)
        server.activate(sieve_script.NAME)
        return
    server.activate(_still_there(server, choices.included))
    server.delete(sieve_script.NAME)


def _keep_aside(server: ScriptServer, there: list[str], known: str, now: datetime) -> None:
    """What another program has made of ours, under a name of its own: it does nothing there, and nothing is lost."""
    if sieve_script.NAME not in there:
        return
    text = server.get(sieve_script.NAME)
    if not sieve_script.is_ours(text, known):
        server.put(aside_name(now), text)


def aside_name(now: datetime) -> ScriptName:
    return ScriptName(f"{sieve_script.NAME}-{timezone.localtime(now):%Y-%m-%d-%Hh%M-%S}")


def _text(account: Account, choices: SieveSettings) -> str:
    sender = address_field("From", [Address(account.display_name, account.address)]).decode("ascii")
    return sieve_script.script_text(choices, sender=_unfolded(sender), addresses=account.addresses)


def _unfolded(field: str) -> str:
    """The value of a header field on one line."""
    return " ".join(field.partition(":")[2].split())


def fetch_active_script(server: ScriptServer) -> tuple[str, str]:
    name = next((found.name for found in server.scripts() if found.active), "")
    return (name, server.get(name)) if name else ("", "")


def _still_there(server: ScriptServer, name: str) -> str:
    return name if name and any(found.name == name for found in server.scripts()) else ""


def _absence(preferences: Preferences, now: datetime) -> Absence | None:
    starts, ends = preferences.absence_starts, preferences.absence_ends
    if not preferences.absence_on or starts is None or ends is None or ends <= now:
        return None
    outside = preferences.absence_outside if preferences.absence_apart else ""
    return Absence(starts, ends, preferences.absence_text, outside)


def settings_data(choices: SieveSettings) -> dict[str, Any]:
    absence = choices.absence
    return {
        "absence": {
            "starts": absence.starts.isoformat(), "ends": absence.ends.isoformat(),
            "text": absence.text, "outside": absence.outside,
        } if absence else None,
        "redirection": asdict(choices.redirection) if choices.redirection else None,
        "filters": [filter_rule.rule_data(rule) for rule in choices.filters],
        "included": choices.included,
    }  # fmt: skip

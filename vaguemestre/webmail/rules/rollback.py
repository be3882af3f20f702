"""An attacker's changes to what filters the incoming mail, undone: `accounts.ports.rules_rollback`.

Our tables first, with their journal; then Dovecot, which must not wait for a mailbox that is blocked: every script is
put out at once over the administration socket, and what was in force before comes back by the clock."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.accounts.models import Account
from vaguemestre.audit import journal
from vaguemestre.clock import due
from vaguemestre.engine import doveadm
from vaguemestre.webmail.models import FormerScript, Preferences, Redirection
from vaguemestre.webmail.models.filter import Filter
from vaguemestre.webmail.rules import forward_targets, redirection, sieve_script, sieve_sync
from vaguemestre.webmail.rules.filters import forward_confirmations, rule as filter_rule
from vaguemestre.webmail.rules.filters.rule import Rule
from vaguemestre.webmail.rules.sieve_script import SieveSettings

logger = logging.getLogger(__name__)
STOP = due.Job("webmail.rules.stop")


def undo_since(account_key: str, since: datetime, by: str, now: datetime) -> list[str]:
    """Back to what was in force at `since`; a sentence for each thing undone, none when nothing had changed."""
    account = Account.objects.select_related("person").get(key=account_key)
    with transaction.atomic():
        first = (
            FormerScript.objects.filter(account=account, replaced_at__gte=since).order_by("replaced_at", "id").first()
        )
        if first is None:
            return []
        preferences = sieve_sync.lock_preferences(account, now)
        present, former = sieve_sync.sieve_settings(preferences, now), sieve_sync.settings_from_data(first.choices)
        said = _undo(account, preferences, present, former, by=by, now=now)
        forward_confirmations.forget_since(account, since)
        preferences.included_script = former.included or (first.name if first.name != sieve_script.NAME else "")
        preferences.save()
        FormerScript.objects.create(
            account=account, replaced_at=now, replaced_by=by, name=sieve_script.NAME if present.need_a_script else "",
            choices=sieve_sync.settings_data(present),
        )  # fmt: skip
        due.at(now, STOP, account.key)
        sieve_sync.apply_soon(account, now + timedelta(seconds=1))
        transaction.on_commit(lambda: _stop_now(account.key))
    return said


@STOP.register
def stop_filters(key: str, _now: datetime) -> None:
    """The clock. Raises DoveadmError while Dovecot is away."""
    doveadm.stop_filters(key)


def _stop_now(key: str) -> None:
    try:
        doveadm.stop_filters(key)
    except doveadm.DoveadmError as error:
        logger.warning("filters of %s are not stopped yet: %s", key, error)
        return
    due.drop(STOP, key)


def _undo(
    account: Account, preferences: Preferences, present: SieveSettings, former: SieveSettings, *, by: str, now: datetime
) -> list[str]:
    said = []
    if present.redirection != former.redirection:
        said += _redirections(account, former, by=by, now=now)
    if present.absence != former.absence:
        said.append(
            _("Absence reply changed since then: taken back.") if former.absence else _("Absence reply stopped.")
        )
        preferences.absence_on = former.absence is not None
        if former.absence:
            preferences.absence_starts, preferences.absence_ends = former.absence.starts, former.absence.ends
        preferences.absence_text = former.absence.text if former.absence else ""
        preferences.absence_outside = former.absence.outside if former.absence else ""
        preferences.absence_apart = bool(preferences.absence_outside)
        journal.record(by, "absence.undone", account.key)
    if present.filters != former.filters:
        with forward_confirmations.forwarding_notices(account, by=by, now=now) as ended:
            _filters(account, former.filters, now)
        said += [_("Forwarding to %s by a filter stopped.") % forward_targets.target_text(target) for target in ended]
        said.append(_("Filters changed since then: put back as they were."))
        journal.record(by, "filter.undone", account.key)
    return said


def _filters(account: Account, former: Sequence[Rule], now: datetime) -> None:
    """What is at work now stops, unless it was at work then; what was comes back. Nothing is deleted: some of it may
    be the person's own."""
    rows = list(Filter.objects.filter(account=account))
    missing = [filter_rule.rule_data(rule) for rule in former]
    for row in rows:
        known = {**row.rule, "on": True} in missing
        if known:
            missing.remove({**row.rule, "on": True})
        if row.rule["on"] is not known:
            Filter.objects.filter(pk=row.pk).update(rule={**row.rule, "on": known})
    for position, rule in enumerate(missing, start=len(rows) + 1):
        Filter.objects.create(account=account, position=position, rule=rule, changed_at=now)


def _redirections(account: Account, former: SieveSettings, *, by: str, now: datetime) -> list[str]:
    said = []
    found = redirection.find_redirection(account)
    if found is not None:
        redirection.remove_rows(account, found, by=by, now=now)
        said.append(_("Redirection to %s removed.") % forward_targets.target_text(found.target))
    if former.redirection is not None:
        target, keep_copy = former.redirection.target, former.redirection.keep_copy
        Redirection.objects.create(account=account, target=target, keep_copy=keep_copy, set_at=now, set_by=by)
        journal.record(
            by, "redirection.set", account.key, target=forward_targets.target_text(target), keep_copy=keep_copy
        )
        said.append(_("Former redirection to %s put back.") % forward_targets.target_text(target))
    return said

"""A failed or late backup, told to the administrators by mail: once for each cause and then once a day."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from vaguemestre.accounts.roles.role_lookup import administrators
from vaguemestre.backup.models import ToldTrouble
from vaguemestre.backup.status import backup_status
from vaguemestre.backup.status.backup_status import BackupTrouble
from vaguemestre.clock import due
from vaguemestre.courier import mail

AGAIN = timedelta(days=1)


@due.recurring("backup.tell-operators", every=300)
def tell_operators(_key: str, now: datetime) -> None:
    found = backup_status.troubles(now)
    with transaction.atomic():
        known = {(told.task, told.code): told for told in ToldTrouble.objects.all()}
        new = [one for one in found if _is_due(known.get((one.task, one.code)), now)]
        present = {(one.task, one.code) for one in found}
        ToldTrouble.objects.filter(pk__in=[told.pk for name, told in known.items() if name not in present]).delete()
        for one in new:
            ToldTrouble.objects.update_or_create(task=one.task, code=one.code, defaults={"told_at": now})
        if new:
            _write(found, now)


def _is_due(told: ToldTrouble | None, now: datetime) -> bool:
    return told is None or now - told.told_at >= AGAIN


def _write(found: list[BackupTrouble], now: datetime) -> None:
    for account in administrators(timezone.localdate(now)):
        if account.delivers:
            with translation.override(account.language):
                mail.send_mail(account.address, _("Backups need you"), _text(found, now), now=now, about=account.key)


def _text(found: list[BackupTrouble], now: datetime) -> str:
    lines = [trouble.text(now) for trouble in found]
    end = _("What to do: %(command)s, then %(origin)s/etat/. The guide has a page on it (docs/operating.md).")
    return "\n\n".join([*lines, end % {"command": "vaguemestre backup check", "origin": settings.ORIGIN}])

"""What is answered for somebody who has left: one Sieve script a person in DATA/replies, run by Dovecot before theirs.

Says that nobody reads the address and whom to ask (the office of their department): not why, not the school.
A next address only when its owner agreed. Sieve's `vacation` answers a sender once, neither lists nor automatic mail.
"""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import Office, academy
from vaguemestre.accounts.models import Account, Departure
from vaguemestre.accounts.notices.notices import office_of

FOLDER = "replies"
SENDER = "ne-pas-repondre"
# Longer than mail is received after a departure: each sender reads it once.
DAYS = 400


def place(accounts: Iterable[Account]) -> None:
    """Writes the scripts of those who have left and still receive, takes away all others."""
    folder = settings.DATA / FOLDER if settings.DATA else None
    if folder is None or not folder.is_dir():
        return  # nothing is rendered yet, so no daemon reads it
    accounts = list(accounts)
    left = {account.key for account in accounts if account.state == Account.State.CLOSED}
    agreed = dict(
        Departure.objects.filter(account__in=left, agreed_at__isnull=False).values_list("account_id", "new_address")
    )
    for account in accounts:
        path = folder / f"{account.key}.sieve"
        if account.key in left:
            _write(path, script(account, agreed.get(account.key)))
        else:
            path.unlink(missing_ok=True)


def script(account: Account, new_address: str | None) -> str:
    """Filed, and that is all: filters and redirections of the person's own end with their duty. (`keep` would hand the
    message on to their script; `stop` alone too.)"""
    with translation.override(account.language):
        subject, text = _("This address is no longer read"), _text(office_of(account), new_address)
    addresses = ", ".join(map(_quoted, account.addresses))
    sender = f"{SENDER}@{academy().domain}"
    return (
        'require ["vacation", "fileinto"];\n'
        f'vacation :days {DAYS} :handle "departure" :addresses [{addresses}] :from {_quoted(sender)}\n'
        f"  :subject {_quoted(subject)} {_quoted(text)};\n"
        'fileinto "INBOX";\nstop;\n'
    )


def _text(office: Office, new_address: str | None) -> str:
    lines = [
        _("Good day,"),
        _("The address you wrote to is no longer read. Your message was received, and nobody will answer it."),
        _("Write to the school or the office concerned, or call: %(name)s, %(phone)s, %(hours)s.")
        % {"name": office.name, "phone": office.phone, "hours": office.hours},
    ]
    if new_address:
        lines.insert(2, _("This person can now be written to at %(address)s.") % {"address": new_address})
    lines.append(_("This is an automatic answer; it is sent to you once."))
    return "\r\n\r\n".join(lines)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and only when it differs: Dovecot compiles again what is newer than its copy."""
    octets = text.encode()
    if path.exists() and path.read_bytes() == octets:
        return
    fresh = path.with_suffix(".new")
    fresh.write_bytes(octets)
    fresh.chmod(0o640)
    fresh.replace(path)

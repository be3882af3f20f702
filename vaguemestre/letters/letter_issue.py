"""Making letters and taking them back. Nothing secret is made here but for a re-issue, which is one act."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import batched

from django.db import transaction
from django.db.models import F, OuterRef, Subquery

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords.passwords import set_provisional
from vaguemestre.audit import journal
from vaguemestre.letters import serial_numbers
from vaguemestre.letters.models import Batch, Letter
from vaguemestre.letters.sealed_passwords import new_secret
from vaguemestre.letters.tasks import ask_for_sealing
from vaguemestre.people.models import Person

CHUNK = 900  # SQLite's old limit of variables in one query is 999
OWN = Account.PasswordKind.OWN
WAITING = (Letter.State.PREPARED, Letter.State.SEALED)


class OwnPasswordError(Exception):
    """The person has chosen a password, which a new letter would end: say so before, or ask with `replace_own`."""


def prepare_letters(accounts: Sequence[Account], *, now: datetime) -> int:
    """A letter for each account without one waiting or a password of its own; how many. Sealed in the background."""
    with transaction.atomic():
        keys = sorted(account.key for account in accounts)
        made = sum(_prepare_chunk(chunk, now) for chunk in batched(keys, CHUNK, strict=False))
        if made:
            transaction.on_commit(ask_for_sealing)
    return made


def reissue(account: Account, *, actor: str, now: datetime, replace_own: bool = False) -> Letter:
    """A new letter, already sealed. The former ones are void, and so is the password they tell, from this moment."""
    if account.password_kind == OWN and not replace_own:
        raise OwnPasswordError(account.identifier)
    secret = new_secret()
    with transaction.atomic():
        former = revoke_letters(account, actor=actor, now=now)
        department = account.person.department
        number = serial_numbers.take_numbers("", department, 1, now=now)[0]
        letter = Letter.objects.create(
            number=number, account=account, department=department, reason=Letter.Reason.REISSUE,
            state=Letter.State.SEALED, sealed=secret.sealed, prepared_at=now, sealed_at=now,
        )  # fmt: skip
        set_provisional(account, secret.encoded, now=now, by=actor)
        journal.record(actor, "letter.reissued", account.key, letter=number, revoked=former)
    return letter


def revoke_letters(account: Account, *, actor: str, now: datetime) -> int:
    """Every letter of this account that could still be used is void; its sealed secret is wiped."""
    with transaction.atomic():
        usable = Letter.objects.filter(account=account).exclude(state=Letter.State.REVOKED)
        numbers = list(usable.values_list("number", flat=True))
        usable.update(state=Letter.State.REVOKED, sealed=None, revoked_at=now)
        for number in numbers:
            journal.record(actor, "letter.revoked", account.key, letter=number)
    return len(numbers)


def follow_people() -> None:
    """Letters still to be printed go to the office that serves their person today, out of the batch of another one.
    A batch that is left without letters goes."""
    office = Person.objects.filter(account=OuterRef("account")).values("department")
    moved = Letter.objects.filter(state__in=WAITING).exclude(department=F("account__person__department"))
    moved.update(department=Subquery(office), batch=None)
    Batch.objects.filter(printed_at=None, letters=None).delete()


def revoke_all(accounts: Sequence[Account], *, actor: str, now: datetime) -> None:
    """The same for many who have not used them: an import that is taken back."""
    with transaction.atomic():
        for chunk in batched(sorted(account.key for account in accounts), CHUNK, strict=False):
            usable = Letter.objects.filter(account_id__in=chunk).exclude(state=Letter.State.REVOKED)
            keys = list(usable.values_list("account_id", flat=True))
            usable.update(state=Letter.State.REVOKED, sealed=None, revoked_at=now)
            journal.record_many(actor, "letter.revoked", keys)


def _prepare_chunk(keys: Sequence[str], now: datetime) -> int:
    waiting = set(Letter.objects.filter(account_id__in=keys, state__in=WAITING).values_list("account_id", flat=True))
    by_department: dict[str, list[str]] = defaultdict(list)
    wanted = [key for key in keys if key not in waiting]
    without_password = Person.objects.filter(account__in=wanted).exclude(account__password_kind=OWN)
    for key, department in without_password.values_list("account", "department"):
        by_department[department].append(key)
    letters = [
        Letter(number=number, account_id=key, department=department, reason=Letter.Reason.JOINER, prepared_at=now)
        for department, members in by_department.items()
        for number, key in zip(
            serial_numbers.take_numbers("", department, len(members), now=now), sorted(members), strict=True
        )
    ]
    Letter.objects.bulk_create(letters)
    return len(letters)

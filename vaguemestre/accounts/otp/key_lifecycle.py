"""The life of a key: set aside, handed over, new PIN, lost, returned. Each act in one transaction, with its line."""

from datetime import datetime, timedelta

from django.db import transaction

from vaguemestre.accounts.factors import factor_state
from vaguemestre.accounts.models import Account, OtpHolding, OtpKey, OtpRequest, Session
from vaguemestre.accounts.models.otp import IN_USE
from vaguemestre.accounts.notices import notices
from vaguemestre.accounts.otp.activation import holder_of
from vaguemestre.accounts.otp.holder import lost_key
from vaguemestre.accounts.otp.key_records import tell_and_write, write_record
from vaguemestre.accounts.sessions import sessions

State = OtpKey.State
End = OtpHolding.End

ACTIVATE_WITHIN = timedelta(days=15)  # a key found in the meantime opens nothing for ever
NEW_PIN_WITHIN = timedelta(hours=24)


class KeyStateError(Exception):
    """The key is not in the state that this act needs: somebody else was faster, or the page was old."""


@transaction.atomic
def set_aside(key: OtpKey, account: Account, *, slip: str, by: str, now: datetime) -> None:
    """A key of the stock waits for this person, with a slip to sign. The former one that waited goes back."""
    _moved(key, [State.STOCK], State.ASSIGNED, account=account)
    OtpHolding.objects.create(key=key, account=account, slip=slip, assigned_at=now)
    tell_and_write(key, "assigned", by=by, now=now, account=account, place=_counter(account), slip=slip)


@transaction.atomic
def cancel_handover(key: OtpKey, *, by: str, now: datetime) -> None:
    """It was set aside and never handed over."""
    account = holder_of(key)
    _moved(key, [State.ASSIGNED], State.STOCK, account=None)
    _end_holding(key, End.CANCELLED, now)
    write_record(key, "put-back", by=by, account=account)


@transaction.atomic
def hand_over(key: OtpKey, *, by: Account, now: datetime) -> None:
    """In person, against the signed slip."""
    take_in_use(key, by=by, now=now)
    tell_and_write(key, "handed", by=by.key, now=now)


@transaction.atomic
def take_in_use(key: OtpKey, *, by: Account, now: datetime) -> None:
    """The key that the person had until now is withdrawn, and the request is answered."""
    account = holder_of(key)
    for former in OtpKey.objects.select_for_update().filter(account=account, state__in=IN_USE):
        _replace(former, by=by.key, now=now)
    _moved(key, [State.ASSIGNED], State.HANDED, handed_at=now, opens_until=now + ACTIVATE_WITHIN)
    key.holdings.filter(ended_at=None).update(handed_at=now, handed_by=by)
    asked = OtpRequest.objects.filter(account=account, state=OtpRequest.State.APPROVED, carrier=key.carrier)
    asked.update(state=OtpRequest.State.HANDED, key=key, closed_at=now)
    _signs_in_by(account, Account.Method.OTP_KEY)


@transaction.atomic
def reset_pin(key: OtpKey, *, by: str, now: datetime) -> None:
    """After a proof of identity: for a day, a code without PIN opens the choice of a new one."""
    _moved(
        key, [State.ACTIVE, State.BLOCKED, State.PIN_RESET, State.HANDED],
        State.HANDED if key.state == State.HANDED else State.PIN_RESET,
        pin=None, next_pin=None, pin_failures=0, opens_until=now + NEW_PIN_WITHIN, awaited=None, awaited_until=None,
    )  # fmt: skip
    tell_and_write(key, "pin-reset", by=by, now=now, to_rescue=True)


@transaction.atomic
def declare_lost(key: OtpKey, *, by: str, now: datetime, keep: Session | None = None) -> None:
    """It opens nothing from this moment, and what was open is closed, but for the window it is declared in."""
    account = holder_of(key)
    _moved(key, list(IN_USE), State.LOST, **_EMPTIED)
    _end_holding(key, End.LOST, now)
    sessions.end_sessions(account, but=keep)
    factor_state.refresh_method(account)
    tell_and_write(key, "lost", by=by, now=now, to_rescue=True)


@transaction.atomic
def end_since(account: Account, since: datetime, *, by: str, now: datetime) -> int:
    """A stolen account: a key activated since then, or whose PIN was chosen since then, may be the attacker's. The
    person signs in with the password; a fob that was theirs is found again like a lost one. The notice is that of the
    act."""
    recent = OtpKey.objects.select_for_update().filter(account=account, state__in=IN_USE, activated_at__gte=since)
    ended = list(recent)
    for key in ended:
        _moved(key, list(IN_USE), State.LOST, **_EMPTIED)
        _end_holding(key, End.LOST, now)
        write_record(key, "ended", by=by, account=account)
    if ended:
        _signs_in_by(account, Account.Method.PASSWORD)
    return len(ended)


@transaction.atomic
def return_key(key: OtpKey, *, to_stock: bool, by: str, now: datetime, reason: str = "") -> None:
    """To the stock of its holder's department, without PIN nor holder, or out of use; also a lost one that was found.

    Its counter stays: no code of before ever works. Of a key in use, the person signs in with the password from here:
    whoever calls this knows who asks for it, and why."""
    account = holder_of(key)
    was_lost = key.state == State.LOST
    stocked = to_stock and key.carrier == OtpKey.Carrier.FOB
    _moved(
        key, [*IN_USE, State.LOST], State.STOCK if stocked else State.RETIRED,
        account=None, department=account.person.department, handed_at=None, activated_at=None, asked_back_at=None,
        **_EMPTIED,
    )  # fmt: skip
    if was_lost:
        write_record(key, "found", by=by, account=account)
        return
    _end_holding(key, End.RETURNED, now)
    _signs_in_by(account, Account.Method.PASSWORD)
    sessions.end_sessions(account)
    tell_and_write(key, "returned", by=by, now=now, account=account, to_rescue=True, reason=reason)


@transaction.atomic
def forget_keys(account: Account) -> None:
    """The account is purged: what it held is nobody's and opens nothing; one that was only set aside goes back."""
    mine = OtpKey.objects.filter(account=account)
    mine.filter(state=State.ASSIGNED, carrier=OtpKey.Carrier.FOB).update(state=State.STOCK, account=None)
    mine.update(state=State.RETIRED, account=None, secret="", **_EMPTIED)


@transaction.atomic
def forget_telephone(account: Account, *, now: datetime) -> None:
    """The picture was shown, and nothing was installed."""
    telephones = OtpKey.objects.filter(account=account, carrier=OtpKey.Carrier.TELEPHONE, state=State.ASSIGNED)
    for key in telephones:
        _moved(key, [State.ASSIGNED], State.RETIRED)
        _end_holding(key, End.CANCELLED, now)


@transaction.atomic
def retire_key(key: OtpKey, *, by: str) -> None:
    _moved(key, [State.STOCK], State.RETIRED)
    write_record(key, "retired", by=by)


@transaction.atomic
def back_to_password(account: Account, *, by: str, now: datetime, reason: str) -> None:
    """Until there is another key. Never while one is in use: that would be a way round it."""
    lost = lost_key(account)
    if lost is None:
        raise KeyStateError(account.key)
    _signs_in_by(account, Account.Method.PASSWORD)
    tell_and_write(lost, "password-again", by=by, now=now, account=account, to_rescue=True, reason=reason)


@transaction.atomic
def ask_back(key: OtpKey, *, by: str, now: datetime) -> None:
    asked = OtpKey.objects.filter(pk=key.pk, asked_back_at=None, state__in=[*IN_USE])
    if asked.update(asked_back_at=now):
        tell_and_write(key, "asked-back", by=by, now=now, to_rescue=True)


_EMPTIED = {
    "pin": None, "next_pin": None, "pin_failures": 0, "opens_until": None, "awaited": None, "awaited_until": None,
}  # fmt: skip


def _replace(former: OtpKey, *, by: str, now: datetime) -> None:
    _moved(former, list(IN_USE), State.RETIRED, **_EMPTIED)
    _end_holding(former, End.REPLACED, now)
    tell_and_write(former, "replaced", by=by, now=now)


def _moved(key: OtpKey, states: list[OtpKey.State], state: OtpKey.State, **facts: object) -> None:
    """Only from one of these states, whatever the page that was pressed thought. Raises KeyStateError."""
    mine = OtpKey.objects.filter(pk=key.pk, account=key.account_id, state__in=states)
    if not mine.update(state=state, **facts):
        raise KeyStateError(key.serial)
    key.refresh_from_db()


def _end_holding(key: OtpKey, end: OtpHolding.End, now: datetime) -> None:
    key.holdings.filter(ended_at=None).update(ended_at=now, end=end)


def _counter(account: Account) -> str:
    """Where the key waits, and when: office and hours."""
    office = notices.office_of(account)
    return f"{office.name}, {office.hours}"


def _signs_in_by(account: Account, method: Account.Method) -> None:
    account.method = method
    account.save(update_fields=["method"])
    factor_state.refresh_method(account)

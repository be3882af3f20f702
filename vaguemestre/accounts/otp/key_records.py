"""Each act on a key: one line of the journal, one notice to its holder, in the act's transaction."""

from datetime import datetime

from vaguemestre.accounts.models import Account, Notice, OtpKey
from vaguemestre.accounts.notices import notices
from vaguemestre.audit import journal


def tell_and_write(
    key: OtpKey, change: str, *,
    by: str, now: datetime, account: Account | None = None, to_rescue: bool = False, place: str = "",
    **details: str,
) -> None:  # fmt: skip
    """`account` when the key is nobody's any more, `place` where it waits. The serial is no secret: it is printed on
    the key."""
    holder = account or key.account
    write_record(key, change, by=by, account=holder, **details)
    if holder is not None:
        notices.tell_owner(
            holder, Notice.Kind.OTP_KEY, now=now, by=by, to_rescue=to_rescue, change=change, serial=key.serial,
            telephone=key.carrier == OtpKey.Carrier.TELEPHONE, **({"place": place} if place else {}),
        )  # fmt: skip


def write_record(key: OtpKey, change: str, *, by: str, account: Account | None = None, **details: str) -> None:
    """The journal alone: about the holder when there is one, about the key while it is nobody's."""
    subject = account.key if account else key.subject
    journal.record(by, f"otp-key.{change}", subject, serial=key.serial, **details)

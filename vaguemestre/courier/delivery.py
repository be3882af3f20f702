"""Parcels go to the mail server, one at a time, by the clock."""

import logging
import smtplib
from datetime import datetime

from django.conf import settings

from vaguemestre.courier.mail import DELIVER
from vaguemestre.courier.message import message_of, sender
from vaguemestre.courier.models import Parcel

logger = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds: the clock has other acts to do
OTHER_KEY = "sealed under another key"
State = Parcel.State


class PostError(Exception):
    """The mail server did not take a mail. `permanent`: it never will. The words are its own, without addresses."""

    def __init__(self, words: str, *, permanent: bool) -> None:
        super().__init__(words)
        self.permanent = permanent


@DELIVER.register
def deliver(key: str, now: datetime) -> None:
    """The timed act of one parcel. Raises PostError while the server is away: the clock then tries again later."""
    parcel = Parcel.objects.filter(pk=key, state=State.WAITING).first()
    if parcel is None:
        return
    if parcel.until <= now:
        settle_parcel(parcel, State.LATE, now)
        return
    if not parcel.text:
        settle_parcel(parcel, State.REFUSED, now, refusal=OTHER_KEY)
        return
    try:
        _hand_over(message_of(parcel), parcel.to)
    except PostError as error:
        if not error.permanent:
            raise
        settle_parcel(parcel, State.REFUSED, now, refusal=str(error))
    else:
        settle_parcel(parcel, State.TAKEN, now)


def settle_parcel(parcel: Parcel, state: Parcel.State, now: datetime, *, refusal: str = "") -> None:
    parcel.state, parcel.settled_at, parcel.text, parcel.refusal = state, now, "", refusal[:300]
    parcel.save(update_fields=["state", "settled_at", "text", "refusal"])
    logger.info("parcel %s: %s", parcel.pk, state.value)


def _hand_over(message: bytes, to: str) -> None:
    host, port = settings.COURIER["door"]
    try:
        with smtplib.SMTP(host, port, timeout=PATIENCE, source_address=(settings.COURIER["address"], 0)) as server:
            server.sendmail(sender(), [to], message)
    except smtplib.SMTPRecipientsRefused as error:
        (code, words) = next(iter(error.recipients.values()))
        raise _trouble(code, words, to) from None
    except smtplib.SMTPResponseException as error:
        raise _trouble(error.smtp_code, error.smtp_error, to) from None
    except (smtplib.SMTPException, OSError) as error:
        raise PostError(type(error).__name__, permanent=False) from None


def _trouble(code: int, words: bytes | str, to: str) -> PostError:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    return PostError(f"{code} {said.replace(to, '…')}", permanent=code >= 500)

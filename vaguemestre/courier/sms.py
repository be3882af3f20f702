"""The door for text messages: a short one to a phone, asked for by an act. Only where a gateway is configured."""

import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Sum

from vaguemestre.clock import due
from vaguemestre.courier.models import TextMessage
from vaguemestre.courier.phone_numbers import international_number

DELIVER = due.Job("courier.text.deliver")
A_DAY = timedelta(days=1)
ENOUGH = 3
# The alphabet of phones: with one sign outside it a message holds 70 signs instead of 160, and costs more.
_GSM = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà")
_PLAINER = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...", "–": "-", "—": "-"})


State = TextMessage.State


class UnreachableNumberError(ValueError):
    """No gateway, or this number is not of a country that the authority pays for. Does not repeat it."""


class NoMessagesLeftError(Exception):
    """As many as the authority pays for left in the last 24 hours."""


def is_sms_offered() -> bool:
    return settings.SMS is not None


def is_reachable(phone: str) -> bool:
    """`phone` as the rescue contact keeps it."""
    number = international_number(phone)
    return is_sms_offered() and number is not None and number.startswith(tuple(settings.SMS["prefixes"]))


def has_messages_left(now: datetime) -> bool:
    """Tries are counted, not messages: a gateway that took one and did not say so wants its money too."""
    return count_spent(now) + TextMessage.objects.filter(state=State.WAITING, attempts=0).count() < daily_ceiling()


def count_spent(now: datetime) -> int:
    """How many were handed to the gateway in the last 24 hours."""
    tried = TextMessage.objects.filter(tried_at__gt=now - A_DAY)
    return int(tried.aggregate(count=Sum("attempts"))["count"] or 0)


def daily_ceiling() -> int:
    return int(settings.SMS["a_day"])


def is_leaving(now: datetime) -> bool:
    """By how the last ones of the day ended. One that the gateway refused may have had a wrong number; three are the
    gateway's doing."""
    settled = TextMessage.objects.exclude(state__in=[State.WAITING, State.LATE]).filter(settled_at__gt=now - A_DAY)
    states = list(settled.order_by("-settled_at", "-pk").values_list("state", flat=True)[:ENOUGH])
    if not states or states[0] == State.TAKEN:
        return True
    return states[0] == State.REFUSED and (State.TAKEN in states or len(states) < ENOUGH)


def has_failed(about: str, *, since: datetime) -> bool:
    """Whether the last one for this account, asked for since then, did not leave: its reader takes another way."""
    last = TextMessage.objects.filter(about=about, queued_at__gte=since).order_by("-pk").first()
    return last is not None and last.state not in {State.WAITING, State.TAKEN}


def send_sms(
    phone: str, text: str, *, now: datetime, until: datetime, about: str = "",
    instead: tuple[due.Job, str] | None = None,
) -> TextMessage:  # fmt: skip
    """Call it inside the act's transaction. `instead`: a job of the clock and its key, for when the message does not
    leave. Raises UnreachableNumberError, NoMessagesLeftError."""
    number = international_number(phone)
    if number is None or not is_reachable(phone):
        raise UnreachableNumberError("not a number that text messages are sent to")
    if not has_messages_left(now):
        raise NoMessagesLeftError
    job, key = (instead[0].name, instead[1]) if instead else ("", "")
    message = TextMessage.objects.create(
        to=number, text=gsm_text(text), about=about, queued_at=now, until=until, instead=job, instead_key=key
    )
    due.at(now, DELIVER, str(message.pk))
    return message


def gsm_text(text: str) -> str:
    """In the alphabet of phones, with the accents that it has."""
    return "".join(_plain_sign(sign) for sign in text.translate(_PLAINER))


def _plain_sign(sign: str) -> str:
    if sign in _GSM or (sign.isascii() and sign.isalnum()):
        return sign
    if sign.isspace():
        return " "
    bare = unicodedata.normalize("NFKD", sign)[0]
    return bare if bare.isascii() and bare.isalnum() else "?"

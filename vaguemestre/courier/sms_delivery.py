"""Text messages go to the gateway, one at a time, by the clock: soon, or not at all."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from vaguemestre.clock import due
from vaguemestre.courier import sms
from vaguemestre.courier.delivery import OTHER_KEY
from vaguemestre.courier.gateway import GatewayError, hand_over
from vaguemestre.courier.models import TextMessage
from vaguemestre.courier.phone_numbers import mask_number

logger = logging.getLogger(__name__)

State = TextMessage.State
AGAIN_AFTER = (timedelta(seconds=15), timedelta(seconds=45))  # somebody waits before a screen: three tries in a minute
REST = timedelta(seconds=10)  # after a failure the others wait, or each would hold the clock for its own patience


@sms.DELIVER.register
def deliver(key: str, now: datetime) -> None:
    """The timed act of one message. It plans its own next tries, which are sooner than the clock's."""
    message = TextMessage.objects.filter(pk=key, state=State.WAITING).first()
    if message is None:
        return
    if message.until <= now:
        settle(message, State.LATE, now)
    elif settings.SMS is None:
        settle(message, State.REFUSED, now, refusal="no gateway")
    elif not message.text:
        settle(message, State.REFUSED, now, refusal=OTHER_KEY)
    elif sms.count_spent(now) >= sms.daily_ceiling():
        settle(message, State.CEILING, now)
    elif _rests(message, now):
        due.at(now + REST, sms.DELIVER, key)
    else:
        _try(message, now)


def settle(message: TextMessage, state: TextMessage.State, now: datetime, *, refusal: str = "") -> None:
    """Neither text nor number is needed any more; what was to be done instead is."""
    message.state, message.settled_at, message.refusal = state, now, refusal
    message.text, message.to = "", mask_number(message.to)
    message.save(update_fields=["state", "settled_at", "refusal", "text", "to"])
    if state == State.TAKEN:
        logger.info("text message %s: taken", message.pk)
        return
    logger.warning("text message %s: %s %s", message.pk, state.value, refusal)
    if message.instead:
        due.at(now, due.job_named(message.instead), message.instead_key)


def _rests(message: TextMessage, now: datetime) -> bool:
    failed = TextMessage.objects.filter(state=State.WAITING, tried_at__gt=now - REST)
    return failed.exclude(pk=message.pk).exists()


def _try(message: TextMessage, now: datetime) -> None:
    """Counted before it is made: a crash in between costs money too."""
    message.attempts, message.tried_at = message.attempts + 1, now
    message.save(update_fields=["attempts", "tried_at"])
    try:
        hand_over(message.to, message.text)
    except GatewayError as error:
        if error.permanent:
            settle(message, State.REFUSED, now, refusal=str(error))
        elif message.attempts > len(AGAIN_AFTER):
            settle(message, State.GIVEN_UP, now, refusal=str(error))
        else:
            logger.info("text message %s: %s, tried again soon", message.pk, error)
            due.at(now + AGAIN_AFTER[message.attempts - 1], sms.DELIVER, str(message.pk))
    else:
        settle(message, State.TAKEN, now)

"""The door of the room: a mail of the service, asked for by an act."""

import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language

from vaguemestre.clock import due
from vaguemestre.courier.models import Parcel
from vaguemestre.courier.quoted_words import one_line
from vaguemestre.mailbox.mime.header_fields import wire_address
from vaguemestre.mailbox.values import InvalidValueError

DELIVER = due.Job("courier.mail.deliver")
WORTH = timedelta(days=1)


class AddressUnusableError(ValueError):
    """Not one plain address. Does not repeat it."""


def send_mail(
    to: str, subject: str, text: str, *, now: datetime, about: str = "", until: datetime | None = None
) -> Parcel:
    """Call it inside the act's transaction. Raises AddressUnusableError."""
    try:
        validate_email(to)
        wire_address(to)
    except (ValidationError, InvalidValueError):
        raise AddressUnusableError("not a plain address") from None
    parcel = Parcel.objects.create(
        to=to, subject=one_line(subject), text=text.strip(), language=get_language() or "fr", about=about,
        token=secrets.token_hex(16), queued_at=now, until=until or now + WORTH,
    )  # fmt: skip
    due.at(now, DELIVER, str(parcel.pk))
    return parcel

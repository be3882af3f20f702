"""A parcel as a mail."""

from email.utils import localtime

from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.courier.models import Parcel
from vaguemestre.mailbox.messages import Address
from vaguemestre.mailbox.mime.message_builder import build_message

SENDER = "ne-pas-repondre"  # reserved: nobody's address, and what comes back to it is dropped
# The second is what Exchange reads instead.
AUTOMATIC = b"Auto-Submitted: auto-generated\r\nX-Auto-Response-Suppress: All\r\n"


def sender() -> str:
    return f"{SENDER}@{academy().domain}"


def message_of(parcel: Parcel) -> bytes:
    with translation.override(parcel.language):
        name = _("Mail of the staff, %(academy)s") % {"academy": academy().title}
        return AUTOMATIC + build_message(
            sender=Address(name, sender()),
            to=[Address("", parcel.to)],
            subject=parcel.subject,
            text=f"{parcel.text}\n\n-- \n{_signature()}",
            date=localtime(parcel.queued_at),
            message_id=f"{parcel.token}@{academy().domain}",
        )


def _signature() -> str:
    place = academy().rectorat
    lines = (
        _("Automatic message of the service %(academy)s.") % {"academy": academy().title},
        _("Nobody reads the answers. Nobody will ever ask you for a password, by mail or on the telephone."),
        _("Help: %(name)s, %(phone)s") % {"name": place.name, "phone": place.phone},
    )
    return "\n".join(lines)

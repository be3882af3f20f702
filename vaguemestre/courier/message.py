"""A parcel as a mail."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime

from django.utils import translation
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.courier.models import Parcel

SENDER = "ne-pas-repondre"  # reserved: nobody's address, and what comes back to it is dropped


def sender() -> str:
    return f"{SENDER}@{academy().domain}"


def message_of(parcel: Parcel) -> EmailMessage:
    with translation.override(parcel.language):
        return _message(parcel)


def _message(parcel: Parcel) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    name = _("Mail of the staff, %(academy)s") % {"academy": academy().title}
    message["From"] = Address(name, SENDER, academy().domain)
    message["To"] = Address(addr_spec=parcel.to)
    message["Subject"] = parcel.subject
    message["Date"] = localtime(parcel.queued_at)
    message["Message-ID"] = f"<{parcel.token}@{academy().domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange reads instead
    message.set_content(f"{parcel.text}\n\n-- \n{_signature()}\n", cte="quoted-printable")
    return message


def _signature() -> str:
    place = academy().rectorat
    lines = (
        _("Automatic message of the service %(academy)s.") % {"academy": academy().title},
        _("Nobody reads the answers. Nobody will ever ask you for a password, by mail or on the telephone."),
        _("Help: %(name)s, %(phone)s") % {"name": place.name, "phone": place.phone},
    )
    return "\n".join(lines)

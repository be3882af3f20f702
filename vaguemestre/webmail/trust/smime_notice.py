"""A message that came signed (S/MIME), said calmly: whether the signature matches, and in whose name it is. Who gave
out a certificate is not judged here, so nothing is said to be proved."""

from django.utils.translation import gettext as _

from vaguemestre.mailbox.messages import Message
from vaguemestre.mailbox.signature_status import SignatureMatch, SignatureStatus
from vaguemestre.webmail.trust.notice import TrustNotice


def signature_notice(seal: SignatureStatus | None, sender: str = "") -> TrustNotice | None:
    """`sender`: the address that the message says it comes from; empty when there is nothing to compare with."""
    if seal is None:
        return None
    other = bool(sender and seal.addresses and sender.lower() not in seal.addresses)
    said = [_matching(seal.match), _named(seal), _("But this message comes from another address.") if other else ""]
    warns = other or seal.match is SignatureMatch.NO
    return TrustNotice(
        "warn" if warns else "plain",
        "shield-alert" if warns else "info",
        _("Signed message (S/MIME)."),
        " ".join(filter(None, said)),
    )


def message_signature_notice(message: Message) -> TrustNotice | None:
    return signature_notice(message.seal, message.row.sender.address if message.row.sender else "")


def _matching(match: SignatureMatch) -> str:
    match match:
        case SignatureMatch.YES:
            return _("The signature matches the message.")
        case SignatureMatch.NO:
            return _("The signature does not match the message: it may have been changed on its way.")
        case SignatureMatch.UNKNOWN:
            return _("The signature could not be checked.")


def _named(seal: SignatureStatus) -> str:
    address = seal.addresses[0] if seal.addresses else ""
    who = f"{seal.name} <{address}>" if seal.name and address and seal.name != address else seal.name or address
    if not who:
        return ""
    words = {"who": who, "issuer": seal.issuer}
    if not seal.issuer:
        return _("Its certificate names %(who)s; who issued it is not checked here.") % words
    return _("Its certificate names %(who)s and “%(issuer)s” as its issuer, which is not checked here.") % words

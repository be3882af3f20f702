"""Remote images: whose are shown without asking, and the addresses under which they come through our proxy.

An address of ours names one picture of one message for one account, for ten minutes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.signing import BadSignature, TimestampSigner
from django.utils.translation import gettext as _, ngettext

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import lookup
from vaguemestre.mailbox.values import MailboxId, Uid
from vaguemestre.web.compiled_query import CompiledRows
from vaguemestre.web.url_cache import reverse
from vaguemestre.webmail.models import ImageTrust
from vaguemestre.webmail.trust import fetch_policy

LIFE = timedelta(minutes=10)
MOST = 200  # pictures of one message; a newsletter has fifty
# A domain that everybody may have an address of says nothing about who writes.
_EVERYBODY_WORDS = """
aol.com bbox.fr free.fr gmail.com gmx.fr gmx.com googlemail.com hotmail.com hotmail.fr icloud.com laposte.net live.com
live.fr mail.com me.com msn.com neuf.fr numericable.fr orange.fr outlook.com outlook.fr proton.me protonmail.com sfr.fr
wanadoo.fr yahoo.com yahoo.fr ymail.com
"""
OF_EVERYBODY = frozenset(_EVERYBODY_WORDS.split())
_NAMED = CompiledRows(
    lambda key, *senders: ImageTrust.objects.filter(account=key, sender__in=senders).values_list("sender")
)


def image_proxy(access_key: str, folder: MailboxId, uid: Uid) -> Callable[[str], str]:
    """Gives each picture of a message its address; none to what comes after the first two hundred."""
    signer = _signer(access_key, folder, uid)
    place = reverse("webmail:remote-image", args=[folder, uid])
    given = 0

    def address(url: str) -> str:
        nonlocal given
        given += 1
        if given > MOST:
            return ""
        return f"{place}?u={signer.sign(urlsafe_b64encode(url.encode()).decode().rstrip('='))}"

    return address


def read_image_token(word: str, access_key: str, folder: MailboxId, uid: Uid) -> str | None:
    """None for a word that is forged, too old, another message's or somebody else's."""
    try:
        digits = _signer(access_key, folder, uid).unsign(word, max_age=LIFE)
    except BadSignature:
        return None
    return urlsafe_b64decode(digits + "=" * (-len(digits) % 4)).decode()


def are_trusted(account: Account, sender: str, *, contacts: bool) -> bool:
    """One query; one more with `contacts`, which are trusted then. `sender` is an address."""
    address, domain = normalise_sender(sender), domain_of(sender)
    if not domain or not fetch_policy.shows_images():
        return False
    named = _NAMED.all(account.key, address, f"@{domain}")
    return bool(named) or (contacts and lookup.has_address(account, address))


def trust(account: Account, sender: str, now: datetime) -> None:
    """`sender`: an address, or `@` and a domain."""
    ImageTrust.objects.get_or_create(account=account, sender=normalise_sender(sender), defaults={"since": now})


def trusted_senders(account: Account) -> list[ImageTrust]:
    """By name."""
    return list(ImageTrust.objects.filter(account=account).order_by("sender"))


def distrust(account: Account, trust_id: int) -> bool:
    """False when it is not there, or somebody else's."""
    return bool(ImageTrust.objects.filter(account=account, pk=trust_id).delete()[0])


def normalise_sender(sender: str) -> str:
    return sender.strip().lower()[:254]


def domain_of(sender: str) -> str:
    return normalise_sender(sender).rpartition("@")[2] if "@" in sender else ""


def domain_choice(sender: str) -> str:
    """The domain that may be trusted as a whole; empty where it says nothing about who writes."""
    domain = domain_of(sender)
    return "" if domain in OF_EVERYBODY else domain


def images_text(images: int, spies: int, *, shown: bool) -> str:
    """Of one message; empty when there is nothing to say."""
    pictures = images - spies
    said = []
    if shown and pictures:
        said.append(_("Images shown this time: the sender may know that you opened the message, not where you are."))
    elif pictures:
        said.append(ngettext("%s remote image blocked", "%s remote images blocked", pictures) % pictures)
    if spies and shown:
        said.append(ngettext("%s tracker stays blocked.", "%s trackers stay blocked.", spies) % spies)
    elif spies:
        said.append(ngettext("%s tracker blocked", "%s trackers blocked", spies) % spies)
    if not shown and said:
        return _("%s: the sender does not know that you opened this message.") % _(" and ").join(said)
    return " ".join(said)


def _signer(access_key: str, folder: MailboxId, uid: Uid) -> TimestampSigner:
    return TimestampSigner(salt=f"vaguemestre.webmail.picture {access_key} {folder} {uid}")

"""Addresses that an application is registered with. A doubt here would send somebody's code to somebody else."""

import re
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from vaguemestre.sso.cas.service_urls import registrable

LONGEST = 500
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_PATH = re.compile(r"/(?:[a-z0-9-]+/)*")
_SIGNS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=%-]+")


class AddressRefused(ValueError):
    """The sentence says what is wrong, to whoever registers."""


def strict(typed: str) -> str:
    """One https address, exactly as it will be compared. Raises AddressRefused."""
    address = typed.strip()
    parts = _parts(address)
    if not address.startswith("https://"):
        raise AddressRefused(_("The address begins with https://."))
    if "@" in parts.netloc:
        raise AddressRefused(_("No name and no password in the address."))
    if not _HOST.fullmatch(parts.netloc.rpartition(":")[0] if _port(parts) else parts.netloc):
        raise AddressRefused(_("The name of the server is written in small letters, without accents."))
    if "#" in address:
        raise AddressRefused(_("No “#” in the address."))
    if "*" in address:
        raise AddressRefused(_("No “*” in the address: each one is written in full."))
    if "//" in parts.path or {".", ".."} & set(parts.path.lower().replace("%2e", ".").split("/")):
        raise AddressRefused(_("No “..” and no “//” within the address."))
    return address


def strict_service(typed: str) -> str:
    """For CAS: an exact address, or all that begins with it when it ends by “/*”. Raises AddressRefused."""
    address = typed.strip()
    strict(address.removesuffix("*") if address.endswith("/*") else address)
    if not registrable(address):  # what CAS itself would take for nobody's
        raise AddressRefused(_wrong())
    return address


def strict_home(typed: str) -> str:
    """What ARENA opens: such an address, or the path of a page of ours. Raises AddressRefused."""
    path = typed.strip()
    if not path.startswith("/"):
        return strict(path)
    if not _PATH.fullmatch(path) or len(path) > LONGEST:
        raise AddressRefused(_("A page of ours is written /like/this/."))
    return path


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _port(parts)
    except ValueError as error:
        raise AddressRefused(_wrong()) from error
    if not address or len(address) > LONGEST or not parts.netloc:
        raise AddressRefused(_wrong())
    if not _SIGNS.fullmatch(address.replace("*", "")):
        raise AddressRefused(_wrong())
    return parts


def _port(parts: SplitResult) -> int | None:
    """Raises ValueError for one that is no number."""
    return parts.port


def _wrong() -> str:
    return _("This is no address. Write it in full, for example https://application.example/retour.")

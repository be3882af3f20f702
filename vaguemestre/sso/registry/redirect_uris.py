"""Addresses that an application is registered with. A doubt here would send somebody's code to somebody else."""

import re
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from vaguemestre.sso.cas.service_urls import is_registrable

LONGEST = 500
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*")
_PATH = re.compile(r"/(?:[a-z0-9-]+/)*")
_SIGNS = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()+,;=%-]+")


class AddressRefusedError(ValueError):
    """The sentence says what is wrong, to whoever registers."""


def parse_redirect_uri(typed: str) -> str:
    """One https address, exactly as it will be compared. Raises AddressRefusedError."""
    address = typed.strip()
    parts = _parts(address)
    if not address.startswith("https://"):
        raise AddressRefusedError(_("The address begins with https://."))
    if "@" in parts.netloc:
        raise AddressRefusedError(_("No name and no password in the address."))
    if not _HOST.fullmatch(parts.netloc.rpartition(":")[0] if _port(parts) else parts.netloc):
        raise AddressRefusedError(_("The name of the server is written in small letters, without accents."))
    if "#" in address:
        raise AddressRefusedError(_("No “#” in the address."))
    if "*" in address:
        raise AddressRefusedError(_("No “*” in the address: each one is written in full."))
    if "//" in parts.path or {".", ".."} & set(parts.path.lower().replace("%2e", ".").split("/")):
        raise AddressRefusedError(_("No “..” and no “//” within the address."))
    return address


def parse_service(typed: str) -> str:
    """For CAS: an exact address, or all that begins with it when it ends by “/*”. Raises AddressRefusedError."""
    address = typed.strip()
    parse_redirect_uri(address.removesuffix("*") if address.endswith("/*") else address)
    if not is_registrable(address):  # what CAS itself would take for nobody's
        raise AddressRefusedError(_wrong())
    return address


def parse_home(typed: str) -> str:
    """What ARENA opens: such an address, or the path of a page of ours. Raises AddressRefusedError."""
    path = typed.strip()
    if not path.startswith("/"):
        return parse_redirect_uri(path)
    if not _PATH.fullmatch(path) or len(path) > LONGEST:
        raise AddressRefusedError(_("A page of ours is written /like/this/."))
    return path


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _port(parts)
    except ValueError as error:
        raise AddressRefusedError(_wrong()) from error
    if not address or len(address) > LONGEST or not parts.netloc:
        raise AddressRefusedError(_wrong())
    if not _SIGNS.fullmatch(address.replace("*", "")):
        raise AddressRefusedError(_wrong())
    return parts


def _port(parts: SplitResult) -> int | None:
    """Raises ValueError for one that is no number."""
    return parts.port


def _wrong() -> str:
    return _("This is no address. Write it in full, for example https://application.example/retour.")

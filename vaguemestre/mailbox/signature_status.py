"""What a signed envelope says of who closed it; `signed` reads it."""

from dataclasses import dataclass
from enum import StrEnum


class SignatureMatch(StrEnum):
    """UNKNOWN: cut off, without its certificate, or made in a way that is not known here."""

    YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True, slots=True)
class SignatureStatus:
    """What the certificate of the first signer says of itself, made safe to show; `match`: of all signers."""

    match: SignatureMatch
    name: str = ""
    addresses: tuple[str, ...] = ()
    issuer: str = ""

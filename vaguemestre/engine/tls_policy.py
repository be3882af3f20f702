"""Which TLS every port speaks, said once for nginx, Dovecot and Postfix: Mozilla's "intermediate", version 5.8 (2026).

TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticated encryption, by elliptic curves only. The oldest who
get along: Windows 7, Android 4.4, Safari 9, Java 8. `docs/decisions/tls.md` says what that means on port 25.
"""

from pathlib import Path

CIPHERS = (
    "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
    "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
)  # fmt: skip
# The first is safe also from whoever records today and has a quantum computer later.
GROUPS = ("X25519MLKEM768", "X25519", "prime256v1", "secp384r1")


def certificates(data: Path) -> list[tuple[Path, Path]]:
    """Each with its key: the usual one and, if there is one, one of the other kind (EC, RSA)."""
    pairs = [(data / "tls" / f"{name}.pem", data / "tls" / f"{name}.key") for name in ("server", "server-alt")]
    return [pairs[0], *(pair for pair in pairs[1:] if pair[0].exists())]

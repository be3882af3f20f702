"""The key by which the web signs in at Dovecot's Unix socket: a secret of the installation, named for one machine.

Without Django: the launcher makes it, and gives Dovecot a copy."""

import platform

FILE = "mail-door.1.key"  # in DATA/secrets; 32 bytes in base64, as Dovecot reads it


def key_id() -> str:
    """Dovecot's copy bears it: a token of another machine finds no key. Without dots, which Dovecot writes as `%2e`
    before it looks for the file."""
    return f"{platform.node().replace('.', '-')}-1"

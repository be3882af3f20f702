"""OAUTHBEARER (RFC 7628): what is shown, and what a refusal means."""

import base64
import binascii

from vaguemestre.mailbox.errors import MailboxError, ServerAwayError, SignInRefusedError


def bearer_message(user: str, token: str) -> bytes:
    return base64.b64encode(f"n,a={user},\x01auth=Bearer {token}\x01\x01".encode())


def sign_in_error(challenge: bytes, text: str = "token refused") -> MailboxError:
    """`challenge`: what the server says before its verdict. There alone Dovecot tells a trouble of its own; the verdict
    is then that of a wrong token."""
    try:
        told = base64.b64decode(challenge)
    except binascii.Error:
        told = b""
    if b'"internal_failure"' in told:
        return ServerAwayError("sign-in: internal failure")
    return SignInRefusedError("AUTHENTICATIONFAILED", text)

"""The other kind of key: an application on the holder's phone, which takes its secret from a picture."""

import base64
import secrets
from datetime import datetime

import pyotp
from django.db import transaction

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, OtpHolding, OtpKey
from vaguemestre.accounts.otp import activation, code_use, key_lifecycle, otp_values
from vaguemestre.accounts.otp.pins import hash_pin
from vaguemestre.accounts.otp.requests import open_request
from vaguemestre.accounts.secret_sealing import Purpose, seal, unseal

SECRET_BYTES = 20  # RFC 4226, R6: 160 bits


def is_telephone_allowed(account: Account) -> bool:
    """Once the request for a phone is approved."""
    asked = open_request(account)
    return asked is not None and asked.state == asked.State.APPROVED and asked.carrier == OtpKey.Carrier.TELEPHONE


def waiting_key(account: Account, *, now: datetime) -> OtpKey:
    """The key to install, made once: the picture stays the same when the page is opened again."""
    mine = OtpKey.objects.filter(account=account, carrier=OtpKey.Carrier.TELEPHONE, state=OtpKey.State.ASSIGNED)
    return mine.select_related("account__person").first() or _made(account, now)


def secret_text(key: OtpKey) -> str:
    """Groups of four, to be typed where there is no camera."""
    text = _base32(key)
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def otpauth_url(key: OtpKey, account: Account) -> str:
    """`otpauth://totp/…`, the form that every application reads."""
    generator = pyotp.TOTP(_base32(key), digits=key.digits, interval=key.period)
    return generator.provisioning_uri(name=account.address, issuer_name=f"{academy().brand.name} {academy().name}")


def install_key(key: OtpKey, pin: str, typed: str, *, account: Account, now: datetime) -> bool:
    """PIN and first code together. The former key is withdrawn only when the code is right."""
    if otp_values.find_factor(key, activation.digits_of(typed), otp_values.near_factors(key, now)) is None:
        return False
    with transaction.atomic():
        key_lifecycle.take_in_use(key, by=account, now=now)
        until = now + code_use.NEXT_CODE_WITHIN
        OtpKey.objects.filter(pk=key.pk).update(next_pin=hash_pin(pin), awaited_until=until)
        if not activation.prove_key(key, typed, now=now):
            raise key_lifecycle.KeyStateError(key.serial)
    return True


def _made(account: Account, now: datetime) -> OtpKey:
    with transaction.atomic():
        key = OtpKey.objects.create(
            serial=f"T{secrets.randbelow(10**8):08}", kind=OtpKey.Kind.TOTP, carrier=OtpKey.Carrier.TELEPHONE,
            secret=seal(secrets.token_bytes(SECRET_BYTES), Purpose.FACTOR), department=account.person.department,
            state=OtpKey.State.ASSIGNED, account=account, imported_at=now,
        )  # fmt: skip
        OtpHolding.objects.create(key=key, account=account, assigned_at=now)
    return key


def _base32(key: OtpKey) -> str:
    return base64.b32encode(unseal(key.secret, Purpose.FACTOR)).decode()

"""Second factors by choice: an application on the phone, passkeys, codes on paper, codes sent to a phone."""

from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models.account import Account


class Totp(models.Model):
    """An application on a phone. Until its first code was typed it opens nothing, and the former one still does."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="totps")
    sealed_secret = models.TextField()
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    shown_in = models.CharField(
        max_length=16, default=""
    )  # the session that was shown the secret (`sessions.session_mark`)
    last_step = models.BigIntegerField(default=0)  # of the last code used: it and the earlier ones are worth nothing
    drift = models.SmallIntegerField(default=0)  # steps by which its clock was ahead at the last code

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(confirmed_at__isnull=False), name="one_telephone"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(confirmed_at__isnull=True), name="one_telephone_to_come"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.confirmed_at}"


class TextFactor(models.Model):
    """Codes sent to the confirmed number of the rescue contact, at each sign-in. Weaker than the others."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="text_factor")
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.account_id


class PasskeyHolder(models.Model):
    """What authenticators know a person by: a random word, so that a found key names nobody."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="passkey_holder")
    handle = models.CharField(max_length=64, unique=True)  # base64url of 32 bytes

    def __str__(self) -> str:
        return self.account_id


class Passkey(models.Model):
    """A key held by a phone, a computer or a small device. Only its public half is here."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url; at most 1023 bytes by the standard
    public_key = models.BinaryField()
    sign_count = models.PositiveBigIntegerField(default=0)
    transports = models.JSONField(default=list)
    name = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id} {self.name}"


class SpentChallenge(models.Model):
    """Challenges are signed and short-lived; what was answered is kept until then, and answers no more."""

    nonce = models.CharField(primary_key=True, max_length=32)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.nonce


class RecoveryCode(models.Model):
    """One of ten codes on paper. The used ones stay until the list is made again: "2 left of 10"."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.used_at}"

"""Browsers signed in to I-Prof, and nothing else: the portal's own sessions open no page here."""

from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class CareerSession(models.Model):
    """Opened by an ID token of the provider. The cookie's token is stored hashed.

    `subject` and `sid` are the provider's words for the person and for the sign-in that this one came from: by them it
    says that it is over.
    """

    token_hash = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="career_sessions")
    subject = models.CharField(max_length=255, db_index=True)
    sid = models.CharField(max_length=255, blank=True, default="", db_index=True)
    id_token = models.TextField(blank=True, default="")  # shown to the provider when one signs out; it names nobody
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.account_id} {self.created_at}"


class LogoutToken(models.Model):
    """A logout token that was obeyed: it serves once, and a sign-in of its session that ends later opens nothing."""

    jti = models.CharField(primary_key=True, max_length=255)
    subject = models.CharField(max_length=255, blank=True, default="")
    sid = models.CharField(max_length=255, blank=True, default="")
    at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["sid"], name="logout_tokens_by_sid")]

    def __str__(self) -> str:
        return self.jti

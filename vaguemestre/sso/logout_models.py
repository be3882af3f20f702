"""What a session leaves behind when it ends: an application to be told, and the CAS ticket that opened it."""

from datetime import datetime

from django.db import models

from vaguemestre.accounts.models import Account


class Farewell(models.Model):
    """One visit that has ended, until its application has heard so; the row stays as the trace of it.

    `next_at` is when it is tried, or tried again; none once it was told, or nobody continues trying.
    """

    visit = models.OneToOneField("sso.ApplicationSession", on_delete=models.CASCADE, related_name="farewell")
    asked_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, db_index=True)
    done_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, default="")

    def __str__(self) -> str:
        return f"{self.visit_id} tries {self.tries}"

    @property
    def is_late(self) -> bool:
        """It was tried, and not heard."""
        return self.done_at is None and bool(self.last_error)


class ServiceTicket(models.Model):
    """CAS: what the browser carries to one address, once, within seconds. Only its hash is kept until it is used; what
    single logout names afterwards is in the visit, and opens nothing any more."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="service_tickets")
    session = models.CharField(max_length=64)  # as in Visit
    application = models.ForeignKey("sso.Application", on_delete=models.CASCADE, related_name="service_tickets")
    service = models.CharField(max_length=2000)
    fresh = models.BooleanField()  # the password was typed for it
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    visit = models.OneToOneField(
        "sso.ApplicationSession", on_delete=models.CASCADE, null=True, related_name="service_ticket"
    )

    def __str__(self) -> str:
        return f"{self.application_id} {self.expires_at:%Y-%m-%d %H:%M}"

    def is_over(self, now: datetime) -> bool:
        return self.expires_at <= now

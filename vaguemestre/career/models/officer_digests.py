"""How an HR officer hears of new requests."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account


class DeskNews(models.Model):
    """Nobody who has no row has chosen: then it is SOON."""

    class Manner(models.TextChoices):
        SOON = "soon", _("As they come, gathered")
        MORNING = "morning", _("Each morning")
        NEVER = "never", _("Never")

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="+")
    manner = models.CharField(max_length=7, choices=Manner, default=Manner.SOON)
    told_until = models.DateTimeField()  # what came up to then is told, or needs no telling
    told_at = models.DateTimeField(null=True)  # the last mail

    def __str__(self) -> str:
        return f"{self.account_id} {self.manner}"

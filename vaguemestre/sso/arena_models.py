"""What ARENA keeps beside the registry: rights lent for a time, and what each person put within reach."""

from typing import ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class Delegation(models.Model):
    """A head lends the right to open an application to a colleague of the establishment (DELEG-CE). Whether it holds
    at a given second is `active_delegations.active_delegations`: nothing has to happen for it to end."""

    application = models.ForeignKey("sso.Application", on_delete=models.CASCADE, related_name="delegations")
    uai = models.CharField(max_length=8)
    giver = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="delegations_given")
    receiver = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="delegations_received")
    starts = models.DateTimeField()
    ends = models.DateTimeField()  # the first second without it
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(ends__gt=models.F("starts")), name="delegation_ends_after"),
            models.CheckConstraint(condition=~models.Q(giver=models.F("receiver")), name="delegation_to_somebody_else"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["receiver", "ends"], name="delegations_of_receiver"),
            models.Index(fields=["uai", "ends"], name="delegations_of_place"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.giver_id} {self.receiver_id}"


class Favourite(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="favourites")
    application = models.ForeignKey("sso.Application", on_delete=models.CASCADE, related_name="favourites")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "application"], name="favourite_once")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.application_id}"


class Opening(models.Model):
    """The last time somebody opened an application from ARENA; only the last: it is no log of what people do."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="openings")
    application = models.ForeignKey("sso.Application", on_delete=models.CASCADE, related_name="openings")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "application"], name="opening_last")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.application_id}"


class QuickLink(models.Model):
    """One line of somebody's quick access: an application, or a page of ours by the name that the portal gives it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="quick_links")
    application = models.ForeignKey("sso.Application", on_delete=models.CASCADE, null=True, related_name="quick_links")
    page = models.CharField(max_length=30, default="")
    place = models.PositiveSmallIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "application"], name="quick_application_once"),
            models.UniqueConstraint(fields=["account", "page"], condition=~models.Q(page=""), name="quick_page_once"),
            models.CheckConstraint(
                condition=models.Q(application__isnull=False, page="")
                | models.Q(application__isnull=True) & ~models.Q(page=""),
                name="quick_one_or_the_other",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.place}"

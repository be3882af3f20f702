"""What is known of somebody's departure beside its date, which is the account's `closes_on`."""

from django.db import models

from vaguemestre.accounts.models.account import Account


class Departure(models.Model):
    """One a person: told once, and the address of the next académie when the person agrees to its being given."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="departure")
    told_for = models.DateField(null=True)  # the `closes_on` that was announced
    new_address = models.EmailField(null=True)
    agreed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.account_id} {self.told_for}"

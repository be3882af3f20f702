from typing import Any, ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class ForwardTarget(models.Model):
    """An address that confirmed, by the code sent to it, that filters of this person may send mail on to it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="forward_targets")
    target = models.CharField(max_length=254)
    confirmed_at = models.DateTimeField()

    class Meta:
        app_label = "webmail"
        constraints: ClassVar = [models.UniqueConstraint(fields=["account", "target"], name="one_word_a_target")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.target}"


class Filter(models.Model):
    """One filter of a person, in their order. `rule`: `filters.rule.rule_data`. The script at Dovecot's is made from
    these rows."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="filters")
    position = models.PositiveSmallIntegerField()
    rule: Any = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "webmail"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return str(self.rule.get("name", ""))

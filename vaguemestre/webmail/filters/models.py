from typing import Any, ClassVar

from django.db import models

from vaguemestre.accounts.models import Account


class Filter(models.Model):
    """One filter of a person, in their order. `rule`: `rules.kept`. The script at Dovecot's is made from these rows."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="filters")
    position = models.PositiveSmallIntegerField()
    rule: Any = models.JSONField()
    changed_at = models.DateTimeField()

    class Meta:
        app_label = "webmail"
        ordering: ClassVar = ["position", "id"]

    def __str__(self) -> str:
        return str(self.rule.get("name", ""))

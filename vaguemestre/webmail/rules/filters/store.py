"""The filters of a person, in their order."""

from dataclasses import dataclass

from vaguemestre.webmail.models.filter import Filter
from vaguemestre.webmail.rules.filters import rule
from vaguemestre.webmail.rules.filters.rule import Rule


@dataclass(frozen=True, slots=True)
class StoredFilter:
    id: int
    rule: Rule


def of(account_key: str) -> list[StoredFilter]:
    return [StoredFilter(row.pk, rule.restored(row.rule)) for row in Filter.objects.filter(account_id=account_key)]


def one(account_key: str, filter_id: int) -> StoredFilter | None:
    row = Filter.objects.filter(account_id=account_key, pk=filter_id).first()
    return StoredFilter(row.pk, rule.restored(row.rule)) if row else None


def at_work(account_key: str) -> list[Rule]:
    return [kept.rule for kept in of(account_key) if kept.rule.on]

"""What the authority says of preferences (`[preferences]` of academy.toml): what holds for whoever has not chosen, and
what nobody changes. One way in for every page that keeps a choice."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account
from vaguemestre.webmail.models import Preferences


@dataclass(frozen=True, slots=True)
class AuthorityDefault:
    name: str  # the field of `Preferences`
    value: object
    locked: bool
    reason: str


def all_defaults() -> list[AuthorityDefault]:
    said = academy().preferences
    found = ((name, getattr(said, name)) for name in type(said).model_fields)
    return [AuthorityDefault(name, one.value, one.locked, one.reason) for name, one in found if one is not None]


def with_defaults(chosen: Preferences) -> Preferences:
    """With what the authority says laid over it. For reading: what is saved is another one."""
    for preset in all_defaults():
        if preset.locked or preset.name not in chosen.chosen:
            setattr(chosen, preset.name, preset.value)
    return chosen


def locks() -> dict[str, str]:
    return {
        one.name: one.reason or _("The academy has set this for everybody.") for one in all_defaults() if one.locked
    }


def are_all_fixed(*names: str) -> bool:
    """None of them is anybody's to change: there is nothing to save."""
    return set(names) <= locks().keys()


def save_choices(account: Account, now: datetime, **values: object) -> None:
    """Keeps what differs from what was in force: what somebody left as it was still follows the authority. What is
    locked is passed over."""
    with transaction.atomic():
        Preferences.objects.get_or_create(account=account, defaults={"changed_at": now})
        row = Preferences.objects.select_for_update().get(account=account)
        changed = own_choices(row, values)
        for name, value in changed.items():
            setattr(row, name, value)
        row.chosen, row.changed_at = sorted({*row.chosen, *changed}), now
        row.save(update_fields=[*changed, "chosen", "changed_at"])


def drop_choice(account: Account, now: datetime, name: str) -> None:
    """Nothing of one's own any more: what holds for everybody holds again."""
    with transaction.atomic():
        row = Preferences.objects.select_for_update().filter(account=account).first()
        if row is None or name in locks():
            return
        setattr(row, name, _at_first(name))
        row.chosen, row.changed_at = [one for one in row.chosen if one != name], now
        row.save(update_fields=[name, "chosen", "changed_at"])


def has_defaults(**values: object) -> bool:
    """One of them is not as it is at first, or the authority has locked it: it is not folded away."""
    return bool(values.keys() & locks().keys()) or any(value != _at_first(name) for name, value in values.items())


def own_choices(row: Preferences, values: dict[str, object]) -> dict[str, object]:
    """Those of the values that are their author's choice."""
    fixed = locks()
    said = {one.name: one.value for one in all_defaults() if one.name not in row.chosen}
    return {n: v for n, v in values.items() if n not in fixed and v != said.get(n, getattr(row, n))}


def _at_first(name: str) -> object:
    """What holds for whoever has not chosen, where the authority says nothing."""
    return getattr(Preferences(), name)

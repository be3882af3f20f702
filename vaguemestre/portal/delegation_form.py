"""To whom, what, until when."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account
from vaguemestre.people.namesakes import Traits, told_apart, traits
from vaguemestre.portal.forms import choose
from vaguemestre.sso.arena.delegations import LONGEST
from vaguemestre.sso.models import Application


class DelegationForm(forms.Form):
    """A colleague is named by identifier, an application by its word in addresses: neither key is on the page."""

    application = forms.ChoiceField(label=_("Application"), error_messages={"required": _("Choose an application.")})
    colleague = forms.ChoiceField(label=_("Colleague"), error_messages={"required": _("Choose a colleague.")})
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("The right ends by itself that evening at midnight. You can take it back before."),
        error_messages={"required": _("Choose the last day."), "invalid": _("This is no date.")},
    )  # fmt: skip

    def __init__(
        self, data: Any, *, applications: Sequence[Application], people: Sequence[Account], today: date
    ) -> None:
        self.applications = {one.slug: one for one in applications}
        self.people = {one.identifier: one for one in people}
        self.today = today
        super().__init__(data, initial={"last_day": today + timedelta(days=30)})
        choices = {"application": self._by_name(), "colleague": self._by_person()}
        for name, known in choices.items():
            choose(self, name, [("", "—"), *known])
        self.fields["last_day"].widget.attrs |= {"min": today.isoformat(), "max": (today + LONGEST).isoformat()}

    @property
    def possible(self) -> bool:
        return bool(self.applications and self.people)

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if not self.today <= day < self.today + LONGEST:
            raise forms.ValidationError(_("Choose a day to come, within a year."))
        return day

    def chosen(self) -> tuple[Account, Application, datetime]:
        """Its last day is whole: it ends with the first second of the next one."""
        after = self.cleaned_data["last_day"] + timedelta(days=1)
        ends = timezone.make_aware(datetime.combine(after, time()))
        facts = self.cleaned_data
        return self.people[facts["colleague"]], self.applications[facts["application"]], ends

    def _by_name(self) -> list[tuple[str, str]]:
        return [(slug, one.name) for slug, one in self.applications.items()]

    def _by_person(self) -> list[tuple[str, str]]:
        people = self.people.values()
        named = [(f"{one.person.full_name} ({one.person.function_label})", known_of(one)) for one in people]
        return list(zip(self.people, told_apart(named), strict=True))


def known_of(account: Account) -> Traits:
    """The address last: it alone is always another."""
    return [*traits(account.person), account.address]

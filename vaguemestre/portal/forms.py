"""What an administrator announces."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.maintenance.acts import Plan
from vaguemestre.maintenance.models import Part

TEXT_LIMIT = 400


class MaintenanceForm(forms.Form):
    starts_day = forms.DateField(
        label=_("Beginning: day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    starts_hour = forms.TimeField(
        label=_("Beginning: hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends_day = forms.DateField(
        label=_("Expected end: day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ends_hour = forms.TimeField(
        label=_("Expected end: hour"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes = forms.MultipleChoiceField(
        label=_("What is closed"), choices=Part.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    text = forms.CharField(
        label=_("A sentence for everybody, in French"), max_length=TEXT_LIMIT, required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Why, in plain words. The hours and what goes on are said already."),
    )  # fmt: skip
    ends_by_itself = forms.BooleanField(label=_("Open again at that hour without anybody"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = _moment(cleaned, "starts"), _moment(cleaned, "ends")
        if starts and ends and ends <= starts:
            self.add_error("ends_day", _("The end comes before the beginning."))
        elif ends and ends <= timezone.now():
            self.add_error("ends_day", _("The end is already past."))
        return cleaned

    def plan(self) -> Plan:
        """Once valid."""
        facts = self.cleaned_data
        starts, ends = _moment(facts, "starts"), _moment(facts, "ends")
        if starts is None or ends is None:
            raise ValueError("not a valid form")
        return Plan(starts, ends, facts["text"], [Part(part) for part in facts["closes"]], facts["ends_by_itself"])


def _moment(cleaned: dict[str, Any], name: str) -> datetime | None:
    day: date | None = cleaned.get(f"{name}_day")
    hour: time | None = cleaned.get(f"{name}_hour")
    return timezone.make_aware(datetime.combine(day, hour)) if day and hour is not None else None


def choose(form: forms.Form, name: str, choices: Iterable[tuple[Any, Any]]) -> None:
    field = cast(forms.ChoiceField, form.fields[name])
    field.choices = list(choices)

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.people.numen import InvalidNumenError, Numen

OLDEST = 110  # years
_BOX = {"class": "input", "inputmode": "numeric"}


class LostPasswordForm(forms.Form):
    """The page draws the NUMEN's box itself: what was typed there is never sent back."""

    numen = forms.CharField(label=_("NUMEN"), max_length=40, error_messages={"required": _("Your NUMEN is missing.")})
    jour = forms.IntegerField(
        label=_("Day"), min_value=1, max_value=31,
        widget=forms.TextInput(_BOX | {"maxlength": 2, "autocomplete": "bday-day"}),
    )  # fmt: skip
    mois = forms.IntegerField(
        label=_("Month"), min_value=1, max_value=12,
        widget=forms.TextInput(_BOX | {"maxlength": 2, "autocomplete": "bday-month"}),
    )  # fmt: skip
    annee = forms.IntegerField(
        label=_("Year"), min_value=1900, max_value=2100,
        widget=forms.TextInput(_BOX | {"maxlength": 4, "autocomplete": "bday-year"}),
    )  # fmt: skip

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.birth_date: date | None = None

    def clean_numen(self) -> Numen:
        try:
            return Numen(str(self.cleaned_data["numen"]))
        except InvalidNumenError:
            message = _("A NUMEN has 13 characters, for example 01E9501234ABC. Type it again.")
            raise forms.ValidationError(message) from None

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        self.birth_date = self._day(facts)
        return facts

    @property
    def date_error(self) -> str:
        if not self.is_bound or self.birth_date is not None:
            return ""
        typed = [str(self.data.get(name, "")).strip() for name in ("jour", "mois", "annee")]
        if all(typed):
            return str(_("This date does not exist. Example: 12, 3, 1984."))
        return str(_("Your date of birth is missing."))

    def _day(self, facts: dict[str, Any]) -> date | None:
        try:
            day = date(facts["annee"], facts["mois"], facts["jour"])
        except (KeyError, ValueError):
            return None
        return day if self.today.year - OLDEST <= day.year and day < self.today else None

    def is_valid(self) -> bool:
        return super().is_valid() and self.birth_date is not None

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.webmail.rules import absence_reply
from vaguemestre.webmail.rules.sieve_script import Absence

TEXT_LIMIT = 4000


class DatesForm(forms.Form):
    """Days as people say them: the last one is still an absence."""

    DAYS = ("debut", "debut_heure", "fin", "fin_heure")

    debut = forms.DateField(
        label=_("First day away"),
        error_messages={"required": _("Say from which day."), "invalid": _("This is not a date.")},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    debut_heure = forms.TimeField(
        label=_("from (hour, if need be)"),
        required=False,
        error_messages={"invalid": _("This is not an hour.")},
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )
    fin = forms.DateField(
        label=_("Last day away"),
        error_messages={"required": _("Say until which day."), "invalid": _("This is not a date.")},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    fin_heure = forms.TimeField(
        label=_("until (hour, if need be)"),
        required=False,
        error_messages={"invalid": _("This is not an hour.")},
        widget=forms.TimeInput({"type": "time"}, format="%H:%M"),
    )

    def __init__(self, now: datetime, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        if self.errors:
            return facts
        starts, ends = absence_reply.moments(*self.days())
        if ends <= starts:
            self.add_error("fin", _("The absence would end before it begins."))
        elif ends <= self.now:
            self.add_error("fin", _("This absence is over already."))
        elif ends - starts > absence_reply.LONGEST:
            self.add_error("fin", _("An absence lasts a year at most here."))
        return facts

    def days(self) -> tuple[date, time | None, date, time | None]:
        facts = self.cleaned_data
        return facts["debut"], facts.get("debut_heure"), facts["fin"], facts.get("fin_heure")


class AbsenceForm(DatesForm):
    """With the switch, and what is answered. Nothing is asked of it while the switch is off."""

    reponse = forms.BooleanField(label=_("Answer during the absence"), required=False)
    texte = forms.CharField(
        label=_("What I answer"),
        max_length=TEXT_LIMIT,
        error_messages={"required": _("Write what correspondents will read.")},
        widget=forms.Textarea({"rows": 6}),
    )
    ailleurs = forms.BooleanField(label=_("Another answer outside the authority"), required=False)
    texte_ailleurs = forms.CharField(
        label=_("What I answer outside"),
        help_text=_("For whoever writes from an address that is not of the authority."),
        max_length=TEXT_LIMIT,
        required=False,
        widget=forms.Textarea({"rows": 6}),
    )

    urgence = forms.CharField(
        label=_("Who to call in an emergency"),
        help_text=_("A name, a telephone number: added at the end of what you answer."),
        max_length=150,
        required=False,
    )

    def speak_for_several(self) -> None:
        """Of a shared mailbox: nobody says "I" there."""
        words = {
            "reponse": _("Answer from this mailbox while it is not read"), "texte": _("What is answered"),
            "texte_ailleurs": _("What is answered outside"),
        }  # fmt: skip
        for name, label in words.items():
            self.fields[name].label = label

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        if facts.get("ailleurs") and not facts.get("texte_ailleurs"):
            self.add_error("texte_ailleurs", _("Write what they will read, or untick the box above."))
        return facts

    @property
    def absence(self) -> Absence:
        """Once valid."""
        starts, ends = absence_reply.moments(*self.days())
        facts = self.cleaned_data
        text = absence_reply.with_contact(facts["texte"], facts["urgence"])
        return Absence(starts, ends, text, facts["texte_ailleurs"] if facts["ailleurs"] else "")

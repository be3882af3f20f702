"""What agents type. Every reason goes to the journal, and to the person concerned."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.backup.mailbox.mailbox_restorations import KnownRun
from vaguemestre.helpdesk.caller.caller_identification import Answers
from vaguemestre.web.date_text import full_date_text

MOST_HELD = 500  # messages shown and decided at once
SILENT = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class Reason(forms.Form):
    reason = forms.CharField(
        label=_("Motive"),
        max_length=300,
        help_text=_("One sentence, for the journal. The person reads it too."),
        error_messages={"required": _("A reason is missing: one sentence.")},
        widget=forms.TextInput(attrs=SILENT),
    )


class HeldMessages(Reason):
    """Which of the messages held of a stolen account, by their numbers in the mail server's queue."""

    @property
    def numbers(self) -> list[str]:
        typed = self.data.getlist("messages") if isinstance(self.data, QueryDict) else []
        return [number for number in typed if number.isalnum()][:MOST_HELD]

    def clean(self) -> dict[str, object]:
        if not self.numbers:
            raise forms.ValidationError(_("Tick at least one message."))
        return self.cleaned_data


class BackupChoice(Reason):
    """Which backup is looked into; the newest first. None: they are still being read, and what was chosen stands."""

    run = forms.ChoiceField(
        label=_("Day of the backup"),
        help_text=_("Choose one from before the messages went missing."),
        error_messages={
            "required": _("Choose a day."),
            "invalid_choice": _("This backup is no longer kept. Choose another day."),
        },
    )
    field_order = ("run", "reason")

    def __init__(self, *args: object, runs: Sequence[KnownRun] | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        self._runs = {run.name: run for run in runs or ()}
        days = [(run.name, full_date_text(run.at)) for run in runs or ()]
        if runs is None and (chosen := self.data.get("run")):
            days = [(chosen, chosen)]
        cast(forms.ChoiceField, self.fields["run"]).choices = days

    @property
    def chosen(self) -> KnownRun:
        return self._runs[self.cleaned_data["run"]]


class Restoration(Reason):
    """For somebody whom the HR feed does not bring back: until a day, so that nobody is forgotten."""

    until = forms.DateField(label=_("It closes again on"), error_messages={"required": _("A last day is missing.")})

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day after today."))
        return until


class Declaration(forms.Form):
    reason = forms.CharField(
        label=_("How did you learn of it?"),
        max_length=300,
        help_text=_("One sentence, for the journal. For example: call of the head, alarm of the mail server."),
        error_messages={"required": _("Say in one sentence how you learnt of it.")},
        widget=forms.TextInput(attrs=SILENT),
    )
    confirmation = forms.CharField(
        label=_("Type the person’s identifier"),
        max_length=64,
        error_messages={"required": _("Type the identifier, so that no other account is shut by mistake.")},
        widget=forms.TextInput(attrs=SILENT),
    )

    def __init__(self, *args: object, identifier: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # the arguments of any form
        self.identifier = identifier
        label = _("Type the person’s identifier: %(identifier)s")
        self.fields["confirmation"].label = str(label) % {"identifier": identifier}

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed.strip().lower() != self.identifier:
            raise forms.ValidationError(_("This is not this person’s identifier."))
        return typed


class Questions(forms.Form):
    """What the caller answers. Nothing of it is shown before, nor kept after."""

    day = forms.IntegerField(label=_("Day"), min_value=1, max_value=31, required=False)
    month = forms.IntegerField(label=_("Month"), min_value=1, max_value=12, required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2100, required=False)
    town = forms.CharField(
        label=_("Where do you live? Town or postcode"), max_length=80, required=False,
        widget=forms.TextInput(attrs=SILENT),
    )  # fmt: skip
    subject = forms.CharField(
        label=_("What do you teach, or what is your grade?"), max_length=80, required=False,
        widget=forms.TextInput(attrs=SILENT),
    )  # fmt: skip
    entered = forms.CharField(
        label=_("Which year did you start your present duty?"), max_length=4, required=False,
        widget=forms.TextInput(attrs={**SILENT, "inputmode": "numeric"}),
    )  # fmt: skip

    def answers(self) -> Answers:
        data = self.cleaned_data
        return Answers(_day(data), data["town"], data["subject"], data["entered"])


class Email(forms.Form):
    email = forms.EmailField(
        label=_("Private address"),
        help_text=_("The caller spells it. A code goes there at once."),
        widget=forms.EmailInput(attrs=SILENT),
    )


class Code(forms.Form):
    code = forms.CharField(
        label=_("Code that the caller reads to you"), max_length=12,
        widget=forms.TextInput(attrs={**SILENT, "inputmode": "numeric"}),
    )  # fmt: skip


def _day(data: dict[str, int | None]) -> date | None:
    try:
        return date(data.get("year") or 0, data.get("month") or 0, data.get("day") or 0)
    except ValueError:
        return None

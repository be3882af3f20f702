"""The dates and the conditions of a campaign, as an officer writes them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.career.hr_officers import HrOfficer
from vaguemestre.career.models import Campaign
from vaguemestre.career.requests.kinds import DOCUMENTS, OTHER, SERVICES
from vaguemestre.people.models import Person

_MINUTES = ["%Y-%m-%dT%H:%M", "%d/%m/%Y %H:%M"]


def _moment(label: object, missing: object) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label, input_formats=_MINUTES,  # type: ignore[arg-type]
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": missing, "invalid": _("Write a day and an hour.")},  # type: ignore[dict-item]
    )  # fmt: skip


class CampaignForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of request"))
    title = forms.CharField(
        label=_("Title"), max_length=120, error_messages={"required": _("A title is missing.")},
        help_text=_("As people read it, with its year."),
    )  # fmt: skip
    opens_at = _moment(_("Opening"), _("Say when it opens."))
    closes_at = _moment(_("Closing"), _("Say until when requests are sent."))
    department = forms.ChoiceField(label=_("Department"), required=False)
    corps = forms.ChoiceField(label=_("Corps"), required=False)
    documents = forms.MultipleChoiceField(
        label=_("Required documents"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(slot, label) for slot, label in DOCUMENTS.items() if slot != OTHER],
    )  # fmt: skip
    most_wishes = forms.IntegerField(label=_("Wishes at most (transfer)"), min_value=1, max_value=60, initial=30)

    def __init__(self, *args: Any, officer: HrOfficer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places: list[tuple[str, Any]] = list(officer.places)
        whole = [("", _("the whole authority"))] if officer.departments is None else []
        self.fields["department"].choices = whole + places  # type: ignore[attr-defined]
        self.fields["department"].required = officer.departments is not None
        told = Person.objects.exclude(corps=None).order_by().values_list("corps", flat=True).distinct()
        chosen: str = self.initial.get("corps") or ""
        names = {name for name in (*told, chosen) if name}  # one that nobody has any more stays chosen
        self.fields["corps"].choices = [("", _("all")), *((name, name) for name in sorted(names))]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [(k, s.label) for k, s in SERVICES.items() if s.by_campaign]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        opens, closes = said.get("opens_at"), said.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("It would close before it opens."))
        return said


def first_values(campaign: Campaign) -> dict[str, Any]:
    names = ("kind", "title", "opens_at", "closes_at", "department", "corps", "documents", "most_wishes")
    return {name: getattr(campaign, name) for name in names}

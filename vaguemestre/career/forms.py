"""What people and officers type."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.career.models import CvLine

LONGEST = 5000
EARLIEST = 1940


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


def _text(label: object, required: object) -> forms.CharField:
    return forms.CharField(
        label=label,  # type: ignore[arg-type]  # lazy
        max_length=LONGEST,
        strip=True,
        error_messages={"required": required, "max_length": _("5,000 characters at most: send the rest apart.")},  # type: ignore[dict-item]
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class Words(forms.Form):
    """A message. Its files are judged apart (`attached_files.judge_files`)."""

    text = _text(_("Your message"), _("The message is empty: write it before it is sent."))


class Subject(Words):
    subject = forms.CharField(
        label=_("Subject"),
        max_length=120,
        error_messages={"required": _("A subject is missing: a few words are enough.")},
    )
    field_order = ["subject", "text"]


class Report(forms.Form):
    text = _text(_("What is wrong, and what should be read?"), _("Say what should be read instead."))


class CvForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120, error_messages={"required": _("A title is missing.")})
    place = forms.CharField(label=_("Where"), max_length=120, required=False)
    starts = forms.IntegerField(label=_("First year"), min_value=EARLIEST, required=False)
    ends = forms.IntegerField(label=_("Last year"), min_value=EARLIEST, required=False)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("not said")), *CvLine.Level.choices])
    text = forms.CharField(
        label=_("In a few words"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: object, part: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for name in ("starts", "ends"):
            self.fields[name].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
        if part == CvLine.Part.LANGUAGE:
            self.fields["title"].label = _("Language")
            for name in ("place", "starts", "ends"):
                del self.fields[name]
        else:
            del self.fields["level"]

    def clean(self) -> dict[str, object]:
        said = self.cleaned_data
        starts, ends = said.get("starts"), said.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("The last year comes before the first one."))
        for name in ("starts", "ends"):
            if (year := said.get(name)) and year > timezone.localdate().year + 10:
                self.add_error(name, _("This year is far away: check it."))
        return said


class GuideForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120, error_messages={"required": _("A title is missing.")})
    summary = forms.CharField(label=_("What it is about, in one sentence"), max_length=200, required=False)
    text = forms.CharField(
        label=_("Text, in Markdown"), max_length=60_000, strip=True,
        error_messages={"required": _("The page is empty.")}, widget=forms.Textarea(attrs={"rows": 20}),
        help_text=_("## for a heading, - for a list, **bold words**, [words](https://…) for a link. HTML is not read."),
    )  # fmt: skip

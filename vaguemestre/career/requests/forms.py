"""What a person says in each kind of request, and what an officer answers. Facts are kept as JSON and read back."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vaguemestre.career.file import durations
from vaguemestre.career.models import Kind, ServiceRequest
from vaguemestre.career.requests.iban import Iban, InvalidIbanError

LONGEST = 3000
FAR = timedelta(days=1100)
_DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


def _line(label: object, *, missing: object = None, most: int = 38, fills: str = "") -> forms.CharField:
    """38 signs: a line of an envelope. `fills`: what a browser may put there of its owner's own (`autocomplete`)."""
    return forms.CharField(
        label=label, max_length=most, required=bool(missing), error_messages={"required": missing} if missing else {},  # type: ignore[arg-type, dict-item]
        widget=forms.TextInput(attrs={"autocomplete": fills} if fills else {}),
    )  # fmt: skip


def _day(label: object, *, missing: object = None, help_text: object = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=bool(missing), help_text=help_text, input_formats=_DAYS,  # type: ignore[arg-type]
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing or "", "invalid": _("Write a day, as 1/9/2027.")},  # type: ignore[dict-item]
    )  # fmt: skip


def _choice(label: object, missing: object, choices: list[tuple[str, object]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=[("", "–"), *choices], error_messages={"required": missing},  # type: ignore[arg-type, dict-item]
    )  # fmt: skip


def _words(label: object, *, missing: object = None) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, required=bool(missing), strip=True, widget=forms.Textarea(attrs={"rows": 5}),  # type: ignore[arg-type]
        error_messages={"required": missing or "", "max_length": _("3,000 characters at most.")},  # type: ignore[dict-item]
    )  # fmt: skip


class Situation(forms.Form):
    """One request's form. `facts` is all that is kept of it."""

    SECRET: ClassVar[frozenset[str]] = frozenset()

    def facts(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if name not in self.SECRET}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in said.items()}

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> dict[str, Any]:
        """As the form's first values."""
        found = {}
        for name, field in cls.base_fields.items():
            value = facts.get(name)
            found[name] = date.fromisoformat(value) if value and isinstance(field, forms.DateField) else value
        return found

    @classmethod
    def lines(cls, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """In the words of the page. What was left empty is not a line."""
        told = []
        for name, value in cls.read(facts).items():
            if value in (None, "") or name in cls.SECRET:
                continue
            field = cls.base_fields[name]
            if isinstance(field, forms.ChoiceField):
                value = dict(field.choices).get(value, value)  # type: ignore[arg-type]
            told.append((str(field.label), durations.day_text(value) if isinstance(value, date) else str(value)))
        return told


class _Period(Situation):
    """From a day to a day, neither far away."""

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        starts, ends, today = said.get("starts"), said.get("ends"), timezone.localdate()
        if starts and ends and ends < starts:
            self.add_error("ends", _("The last day comes before the first one."))
        for name in ("starts", "ends"):
            if (day := said.get(name)) and abs(day - today) > FAR:
                self.add_error(name, _("This day is far away: check the year."))
        return said


class Address(_Period):
    complement = _line(_("Flat, building, place"), fills="address-line2")
    street = _line(_("Number and street"), missing=_("The street is missing."), fills="address-line1")
    postal_code = forms.RegexField(
        r"^\d{5}$", label=_("Postal code"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
        error_messages={"required": _("The postal code is missing."), "invalid": _("A postal code is five digits.")},
    )  # fmt: skip
    city = _line(_("Town"), missing=_("The town is missing."), most=32, fills="address-level2")
    starts = _day(_("From which day?"), missing=_("Say from which day this address holds."))


class Bank(Situation):
    SECRET = frozenset({"iban"})

    holder = _line(_("Holder of the account"), missing=_("Say in whose name the account is."), most=70, fills="name")
    iban = forms.CharField(
        label="IBAN", max_length=60, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("As on the RIB: FR and 25 digits or letters. Spaces do not matter."),
    )  # fmt: skip

    def __init__(self, *args: Any, known: bool = False, **kwargs: Any) -> None:
        """`known`: an IBAN is kept already, and an empty field leaves it as it is."""
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_iban(self) -> Iban | None:
        typed = self.cleaned_data["iban"]
        if not typed:
            if self.known:
                return None
            raise forms.ValidationError(_("The IBAN is missing: it is on your RIB."))
        try:
            return Iban(typed)
        except InvalidIbanError:
            raise forms.ValidationError(_("This IBAN has a mistake: its key does not fit. Copy it again.")) from None


class Transfer(Situation):
    ground = _choice(
        _("Ground"), _("Choose a ground: « personal wish » is one."),
        [
            ("convenance", _("personal wish")), ("conjoint", _("to be nearer to a spouse")),
            ("parente", _("to be nearer to a child, the other parent living elsewhere")),
            ("handicap", _("disability or serious illness")), ("reintegration", _("return after a leave")),
            ("carte", _("post closed by the school map")),
        ],
    )  # fmt: skip
    text = _words(_("What the office should know"))


class PartTime(_Period):
    quota = _choice(
        _("Share of full time"), _("Choose a share."), [(str(share), f"{share} %") for share in (50, 60, 70, 80, 90)]
    )
    ground = _choice(
        _("Ground"), _("Choose a ground."),
        [("droit", _("of right (child under three, care, disability)")), ("autorisation", _("on authorisation"))],
    )  # fmt: skip
    starts = _day(_("First day"), missing=_("Say from which day."))
    ends = _day(_("Last day"), missing=_("Say until which day."))
    text = _words(_("What the office should know"))


class Leave(_Period):
    sort = _choice(
        _("Which leave?"), _("Choose a leave."),
        [
            ("formation", _("training")), ("parental", _("parental leave")), ("proche", _("to care for a relative")),
            ("disponibilite", _("unpaid leave")), ("autre", _("another leave")),
        ],
    )  # fmt: skip
    starts = _day(_("First day"), missing=_("Say from which day."))
    ends = _day(_("Last day"), missing=_("Say until which day."))
    text = _words(_("What the office should know"))


class Allowance(Situation):
    sort = _choice(
        _("Which allowance?"), _("Choose an allowance."),
        [
            ("sft", _("family supplement (SFT)")), ("residence", _("costs of a change of residence")),
            ("installation", _("settling-in allowance")), ("transport", _("share of the travel pass")),
            ("autre", _("another allowance")),
        ],
    )  # fmt: skip
    text = _words(_("What gives you a right to it"), missing=_("Say in a few words what gives you a right to it."))


FORMS: dict[str, type[Situation]] = {
    Kind.ADDRESS: Address,
    Kind.BANK: Bank,
    Kind.TRANSFER: Transfer,
    Kind.PART_TIME: PartTime,
    Kind.LEAVE: Leave,
    Kind.ALLOWANCE: Allowance,
}


def lines(request: ServiceRequest) -> list[tuple[str, str]]:
    found = FORMS[request.kind].lines(request.facts)
    if request.iban_sealed:
        found.append(("IBAN", Iban.unsealed(request.iban_sealed).masked))
    return found


class Decision(forms.Form):
    """`version`: of the request as the officer saw it."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[("", "–"), ("accepted", _("accept")), ("refused", _("refuse")), ("asked", _("ask for documents"))],
        error_messages={"required": _("Choose a decision."), "invalid_choice": _("Choose a decision.")},
    )
    reason = forms.CharField(
        label=_("Reason, or documents asked for"), max_length=2000, required=False, strip=True,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads it in I-Prof. Needed unless you accept."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("decision") in {"refused", "asked"} and not said.get("reason"):
            self.add_error("reason", _("Say why, or which documents are missing: the person reads it."))
        return said

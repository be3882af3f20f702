"""What people type about their OTP key. PINs and codes are never sent back to the page."""

import re
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account, OtpKey, OtpRequest
from vaguemestre.accounts.otp import pins

LONGEST_TYPED = 20  # with the spaces that people put between
_DIGITS = {"inputmode": "numeric", "pattern": "[0-9\\s]*", "autocomplete": "off"}


class CodeField(forms.CharField):
    """The digits of the key, with or without spaces."""

    def __init__(self, label: Any, **options: Any) -> None:
        widget = forms.TextInput({**_DIGITS, "autocomplete": "one-time-code"})
        super().__init__(
            label=label, max_length=LONGEST_TYPED, widget=widget,
            error_messages={"required": _("The six digits are missing.")}, **options,
        )  # fmt: skip

    def clean(self, value: Any) -> str:
        return re.sub(r"\s", "", super().clean(value))


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("PIN"),
        help_text=_("4 to 8 digits. Not your date of birth, not 1234: nothing that can be guessed of you."),
        max_length=LONGEST_TYPED,
        error_messages={"required": _("The PIN is missing.")},
        widget=forms.PasswordInput({**_DIGITS}),
    )
    encore = forms.CharField(
        label=_("The same PIN, a second time"),
        max_length=LONGEST_TYPED,
        error_messages={"required": _("Type the PIN a second time.")},
        widget=forms.PasswordInput({**_DIGITS}),
    )

    def __init__(self, account: Account, key: OtpKey, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.key = account, key

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        pin, again = facts.get("pin"), facts.get("encore")
        if pin and (refusal := pins.refusal_text(pin, key=self.key, born=self.account.person.birth_date)):
            self.add_error("pin", refusal)
        if pin and again and pin != again:
            self.add_error("encore", _("The two PINs are different."))
        return facts


class NextCodeForm(forms.Form):
    code = CodeField(_("The next 6 digits, alone"))


class ActivationForm(PinForm):
    """From the account: what the key shows, and a PIN. The next code follows on another page."""

    code = CodeField(_("The 6 digits that the key shows"))
    field_order = ("code", "pin", "encore")


class InstallationForm(PinForm):
    """On a phone: a PIN, then the application's first code."""

    code = CodeField(_("The 6 digits that the application shows"))


class PairForm(forms.Form):
    premier = CodeField(_("The 6 digits that the key shows"))
    second = CodeField(_("The next 6 digits"))


def _motives() -> list[tuple[str, str]]:
    return [(motive.value, str(capfirst(motive.label))) for motive in OtpRequest.Motive]


class RequestForm(forms.Form):
    support = forms.ChoiceField(
        label=_("Which key?"), choices=OtpKey.Carrier, initial=OtpKey.Carrier.FOB, widget=forms.RadioSelect
    )
    motif = forms.ChoiceField(label=_("Why?"), choices=_motives, initial=OtpRequest.Motive.FIRST, widget=forms.Select)
    raison = forms.CharField(
        label=_("What do you need it for?"),
        help_text=_("One or two sentences for your head of establishment, who decides."),
        max_length=500,
        error_messages={"required": _("Say in one sentence what you need it for.")},
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_raison(self) -> str:
        return " ".join(str(self.cleaned_data["raison"]).split())


class DecisionForm(forms.Form):
    mot = forms.CharField(label=_("A word for the person"), max_length=300, required=False, widget=forms.TextInput())
    accord = forms.ChoiceField(choices=[("oui", ""), ("non", "")])

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        facts["mot"] = " ".join(str(facts.get("mot") or "").split())
        if facts.get("accord") == "non" and not facts["mot"]:
            self.add_error("mot", _("Say in one sentence why you refuse."))
        return facts

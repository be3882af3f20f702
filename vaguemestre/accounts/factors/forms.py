from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import AppPassword

LONGEST_TYPED_CODE = 20  # with the spaces that people put between
LONGEST_NAME = 60


class TelephoneForm(forms.Form):
    code = forms.CharField(
        label=_("The code that the application shows"),
        max_length=LONGEST_TYPED_CODE,
        error_messages={"required": _("The code is missing.")},
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PasskeyForm(forms.Form):
    nom = forms.CharField(
        label=_("Its name in your list"),
        help_text=_("To know it again: the computer of the office, my telephone."),
        max_length=LONGEST_NAME,
        error_messages={"required": _("The name is missing.")},
    )
    cle = forms.CharField(required=False, widget=forms.HiddenInput)


class AppPasswordForm(forms.Form):
    nom = forms.CharField(
        label=_("Which program is it for?"),
        help_text=_("One for each program and each device: Thunderbird of the office, my telephone."),
        max_length=LONGEST_NAME,
        error_messages={"required": _("The name is missing.")},
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    portee = forms.ChoiceField(
        label=_("What it opens"), choices=AppPassword.Scope, initial=AppPassword.Scope.BOTH, widget=forms.RadioSelect
    )

    def refuse(self, why: Any) -> None:
        self.add_error("nom", why)

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.rescue_change import french_phone, is_ours

LONGEST_TYPED_CODE = 20  # with the spaces that people put between


class RescueForm(forms.Form):
    """Either is enough; an address is proved by a code afterwards."""

    adresse = forms.CharField(
        label=_("Private address"),
        help_text=_("One that you open without this account, on your telephone for example."),
        max_length=254,
        required=False,
        widget=forms.EmailInput({"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )
    telephone = forms.CharField(
        label=_("Telephone (may be left empty)"),
        help_text=_("Only the help desk uses it, to be sure that it is you."),
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel"}),
    )

    def clean_adresse(self) -> str:
        typed = str(self.cleaned_data["adresse"]).strip()
        if not typed:
            return ""
        address = forms.EmailField(
            error_messages={"invalid": _("This address is not complete. Example: anne.martin@exemple.fr")}
        ).clean(_in_ascii(typed))
        if is_ours(address):
            raise forms.ValidationError(
                _("This address is closed together with your account: it would rescue nothing. Give a private one.")
            )
        return str(address)

    def clean_telephone(self) -> str:
        typed = str(self.cleaned_data["telephone"]).strip()
        if not typed:
            return ""
        phone = french_phone(typed)
        if phone is None:
            raise forms.ValidationError(_("This number is not complete. Example: 06 12 34 56 78"))
        return phone


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=LONGEST_TYPED_CODE,
        error_messages={"required": _("The code is missing.")},
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "pattern": "[0-9\\s]*"}),
    )

    def refuse(self, why: Any) -> None:
        self.add_error("code", why)


def _in_ascii(typed: str) -> str:
    """`anne@école.example` travels as `anne@xn--cole-9oa.example`; what cannot be written so is refused as typed."""
    local, at, domain = typed.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode().lower()}"
    except UnicodeError:
        return typed

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.rescue_change.contact_change import french_phone, is_ours
from vaguemestre.courier import sms

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

    par_sms = forms.BooleanField(
        label=_("If I lose my password: a code to this telephone, rather than a link by mail"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if sms.is_sms_offered():
            self.fields["telephone"].help_text = _(
                "The help desk uses it, to be sure that it is you. A mobile that a code confirms gives access back too."
            )
        else:
            del self.fields["par_sms"]

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


class ResetCodeForm(forms.Form):
    """Both are typed as they were read: capitals, dashes and spaces do not matter."""

    demande = forms.CharField(
        label=_("Number of your request"),
        help_text=_("The page on which you asked shows it."),
        max_length=LONGEST_TYPED_CODE,
        error_messages={"required": _("The number of your request is missing.")},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code received by text message"),
        help_text=_("8 digits, for 10 minutes."),
        max_length=LONGEST_TYPED_CODE,
        error_messages={"required": _("The code is missing.")},
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_demande(self) -> str:
        signs = re.sub(r"[^0-9A-Z]", "", str(self.cleaned_data["demande"]).upper())
        return f"{signs[:4]}-{signs[4:]}"[:12]


def _in_ascii(typed: str) -> str:
    """`anne@école.example` travels as `anne@xn--cole-9oa.example`; what cannot be written so is refused as typed."""
    local, at, domain = typed.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode().lower()}"
    except UnicodeError:
        return typed

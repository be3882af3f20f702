from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.signin.signin_form import LONGEST, SigninForm


class LockoutForm(SigninForm):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The 6 digits of your telephone, a recovery code, or the code sent to your rescue contact."),
        max_length=100,
        error_messages={"required": _("The code is missing.")},
        widget=forms.TextInput({"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def mark_refused(self) -> None:
        super().mark_refused()
        self.fields["code"].widget.attrs |= {"aria-invalid": "true", "aria-describedby": "erreur"}


class LockoutCodeForm(forms.Form):
    identifiant = forms.CharField(
        label=_("Identifier"),
        max_length=LONGEST,
        error_messages={"required": _("Your identifier is missing.")},
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

from django import forms
from django.utils.translation import gettext_lazy as _

LONGEST = 320  # of an address, by RFC 5321; a longer text is nobody's


class SigninForm(forms.Form):
    identifiant = forms.CharField(
        label=_("Identifier"),
        help_text=_("Your work address works too."),
        max_length=LONGEST,
        error_messages={"required": _("Your identifier is missing.")},
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        label=_("Password or OTP code"),
        max_length=1000,
        strip=False,
        error_messages={"required": _("Your password is missing.")},
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    partage = forms.BooleanField(label=_("Shared computer"), required=False)

    def ask_for_letter(self) -> None:
        """Whoever comes with the letter has no OTP key yet."""
        self["secret"].label = _("Provisional password")
        self["secret"].help_text = ""

    def mark_refused(self) -> None:
        """Neither field is named as the wrong one; both are tied to the notice above them."""
        for name in ("identifiant", "secret"):
            self.fields[name].widget.attrs |= {"aria-invalid": "true", "aria-describedby": "erreur"}
        self.fields["secret"].widget.attrs["autofocus"] = True  # it is empty again
        self["secret"].help_text = _("With an OTP key: your PIN, then the 6 digits it shows.")

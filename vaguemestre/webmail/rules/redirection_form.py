from django import forms
from django.utils.translation import gettext_lazy as _


class RedirectionForm(forms.Form):
    """Where to, and whether a copy stays. The rest is judged by `forward_targets.parse_target`."""

    COPY = (("1", _("Keep a copy in this mailbox")), ("0", _("Redirect without keeping a copy")))

    adresse = forms.CharField(
        label=_("Redirect to"),
        max_length=254,
        error_messages={"required": _("Give the address that receives your mail.")},
        widget=forms.EmailInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    copie = forms.ChoiceField(label=_("Copy"), choices=COPY, initial="1", widget=forms.RadioSelect)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code received at this address"),
        max_length=20,
        error_messages={"required": _("Type the six digits of the mail.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )

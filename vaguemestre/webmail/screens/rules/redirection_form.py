from django import forms
from django.utils.translation import gettext_lazy as _


class RedirectionForm(forms.Form):
    """Where to, and whether a copy stays. The rest is judged by `forward_targets.parse_target`."""

    KEEP_COPY, NO_COPY = "1", "0"
    COPY = ((KEEP_COPY, _("Keep a copy in this mailbox")), (NO_COPY, _("Redirect without keeping a copy")))

    adresse = forms.CharField(
        label=_("Redirect to"),
        max_length=254,
        error_messages={"required": _("Give the address that receives the mail.")},
        widget=forms.EmailInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    copie = forms.ChoiceField(label=_("Copy"), choices=COPY, initial=KEEP_COPY, widget=forms.RadioSelect)

    @classmethod
    def copy_of(cls, typed: str | None) -> str:
        """What travels to the page of the code and back. A copy is kept unless its owner chose that none is."""
        return cls.NO_COPY if typed == cls.NO_COPY else cls.KEEP_COPY


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code received at this address"),
        max_length=20,
        error_messages={"required": _("Type the six digits of the mail.")},
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}),
    )

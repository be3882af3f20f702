from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.lifecycle import transfer

REASON = 200


class NewAddressForm(forms.Form):
    """Where the person can be written to next, when they agree to its being given."""

    new_address = forms.EmailField(
        label=_("Your address in the next authority"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_new_address(self) -> str:
        address: str = self.cleaned_data["new_address"]
        if not transfer.is_transfer_allowed(address):
            raise forms.ValidationError(_("Give an address of an authority or of the ministry."))
        return address.lower()


class AccessRequestForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason of the request"), max_length=REASON,
        help_text=_("It is written in the journal, and the person reads it."),
    )  # fmt: skip

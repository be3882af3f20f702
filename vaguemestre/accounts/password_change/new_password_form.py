from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.passwords.passwords import LONGEST
from vaguemestre.accounts.passwords.policy import policy_failures


class NewPasswordForm(forms.Form):
    """Typed twice, judged by the policy. What was typed is never sent back."""

    neuf = forms.CharField(
        label=_("New password"),
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("The new password is missing.")},
        widget=forms.PasswordInput({"autocomplete": "new-password", "aria-describedby": "regles"}),
    )
    encore = forms.CharField(
        label=_("The same, a second time"),
        max_length=LONGEST,
        strip=False,
        error_messages={"required": _("Type the new password a second time.")},
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        new, again = facts.get("neuf"), facts.get("encore")
        if new:
            # Two different ones change nothing: they must not tell what the former passwords were either.
            for failure in policy_failures(self.account, new, former=new == again):
                self.add_error("neuf", failure.advice)
        if new and again and new != again:
            self.add_error("encore", _("The two passwords are different."))
        return facts

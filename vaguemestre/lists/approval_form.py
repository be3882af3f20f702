"""The form with which an administrator lets somebody approve mailings."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.lists.approval_rights import ApprovalRefusal


def _day(**more: Any) -> forms.DateField:
    return forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more,
    )  # fmt: skip


class ApprovalForm(forms.Form):
    holder = forms.CharField(
        label=gettext_lazy("Who"), max_length=254, help_text=gettext_lazy("Identifier or address."),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    starts = _day(label=gettext_lazy("First day"))
    ends = _day(label=gettext_lazy("Last day"), help_text=gettext_lazy("Within a year."))

    def clean_holder(self) -> Account:
        typed: str = self.cleaned_data["holder"]
        account = account_named(typed)
        if account is None:
            raise ValidationError(_("Nobody is called %s.") % typed)
        return account

    @property
    def period(self) -> tuple[date, date]:
        return self.cleaned_data["starts"], self.cleaned_data["ends"]


FIELDS = {
    ApprovalRefusal.OWN: "holder", ApprovalRefusal.NOT_IN_POST: "holder", ApprovalRefusal.OVERLAP: "holder",
    ApprovalRefusal.PAST: "starts", ApprovalRefusal.ORDER: "ends", ApprovalRefusal.TOO_LONG: "ends",
}  # fmt: skip


def refusal_text(reason: ApprovalRefusal) -> str:
    return {
        ApprovalRefusal.OWN: _("Nobody gives or confirms a right of their own: ask another administrator."),
        ApprovalRefusal.NOT_IN_POST: _("This person is not in post, or their account is not open."),
        ApprovalRefusal.PAST: _("This day is over: choose today or later."),
        ApprovalRefusal.ORDER: _("The last day comes before the first."),
        ApprovalRefusal.TOO_LONG: _("A year at most: choose an earlier day."),
        ApprovalRefusal.OVERLAP: _("This person has this right in these days already, or it waits to be confirmed."),
        ApprovalRefusal.SAME_GIVER: _("You gave this right yourself: another administrator confirms it."),
        ApprovalRefusal.DONE: _("This right is confirmed already, or it has ended."),
    }[reason]

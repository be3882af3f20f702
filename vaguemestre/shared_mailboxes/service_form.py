"""What is typed, on a screen or on a command line, to make the mailbox of a service."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.identity.access import account_named
from vaguemestre.accounts.models import Account
from vaguemestre.people.functions import Function
from vaguemestre.people.models import School
from vaguemestre.shared_mailboxes.service_mailboxes import Owners, ServiceRefusal

FUNCTIONS = {
    Function.OFFICE: gettext_lazy("administration"), Function.HR_OFFICER: gettext_lazy("management of staff"),
    Function.HELP_DESK: gettext_lazy("help desk"), Function.ADMINISTRATOR: gettext_lazy("administrator of the service"),
    Function.INSPECTION: gettext_lazy("inspection"),
}  # fmt: skip


class ServiceForm(forms.Form):
    local_part = forms.CharField(
        label=gettext_lazy("Address, before the @"), max_length=64,
        help_text=gettext_lazy("Small letters, digits, dots and hyphens: dpe3, rssi. It does not change afterwards."),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=200, help_text=gettext_lazy("As families and colleagues read it.")
    )
    owners = forms.CharField(
        label=gettext_lazy("Owners (optional)"), required=False, max_length=4000,
        help_text=gettext_lazy("Identifiers or addresses, one a line."),
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
    )  # fmt: skip
    function = forms.ChoiceField(label=gettext_lazy("Or whoever holds this function"), required=False)
    place = forms.CharField(
        label=gettext_lazy("At this place (UAI, optional)"), required=False, max_length=8,
        help_text=gettext_lazy("Without one: wherever it is held."),
    )  # fmt: skip

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's
        self.fields["function"].choices = [("", _("Nobody by function")), *FUNCTIONS.items()]  # type: ignore[attr-defined]  # a choice field

    def clean_owners(self) -> list[Account]:
        return named_accounts(self.cleaned_data["owners"].split())

    def clean_place(self) -> School | None:
        return place_named(self.cleaned_data["place"])

    @property
    def wanted(self) -> Owners:
        data = self.cleaned_data
        return Owners(data["owners"], data["function"], data["place"])


def named_accounts(typed: Iterable[str]) -> list[Account]:
    """Raises ValidationError with the first that nobody has."""
    found = []
    for name in typed:
        account = account_named(name.strip(",;"))
        if account is None:
            raise ValidationError(_("Nobody is called %s.") % name)
        found.append(account)
    return found


def place_named(uai: str) -> School | None:
    """Raises ValidationError for one that is not known."""
    if not uai.strip():
        return None
    found = School.objects.filter(uai=uai.strip().upper()).first()
    if found is None:
        raise ValidationError(_("No place has the number %s.") % uai)
    return found


def refusal_text(reason: ServiceRefusal) -> str:
    return {
        ServiceRefusal.FORM: _("This is not the beginning of an address, or the name is missing."),
        ServiceRefusal.KEPT: _("This address is kept for the service itself or for a place of the HR feed."),
        ServiceRefusal.TAKEN: _("Somebody has this address at %s, or had it: addresses are never given again.")
        % academy().domain,
        ServiceRefusal.NOBODY: _("Say who owns it: somebody, or a function."),
    }[reason]

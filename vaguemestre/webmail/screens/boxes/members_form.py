"""What an owner fills in to let somebody into the box."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from vaguemestre.accounts.models import Account
from vaguemestre.people.namesakes import told_apart, traits
from vaguemestre.shared_mailboxes.models import MailboxRights
from vaguemestre.webmail.people.correspondents import colleague_named


class MemberForm(forms.Form):
    personne = forms.ChoiceField(
        label=gettext_lazy("Person"), error_messages={"required": gettext_lazy("Choose somebody.")}
    )
    droit = forms.ChoiceField(
        label=gettext_lazy("What they may do"), widget=forms.RadioSelect, initial=MailboxRights.MEMBER,
        choices=[
            (MailboxRights.MEMBER, gettext_lazy("Read, file and answer")),
            (MailboxRights.READER, gettext_lazy("Read only")),
        ],
    )  # fmt: skip
    fin = forms.DateField(
        label=gettext_lazy("Last day (optional)"), required=False, widget=forms.DateInput(attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )  # fmt: skip

    def __init__(self, *args: object, staff: Sequence[Account], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # as Django's
        choices = [("", _("Choose…")), *zip((one.key for one in staff), names_of(staff), strict=True)]
        self.fields["personne"] = forms.ChoiceField(
            label=_("Person"), choices=choices, error_messages={"required": _("Choose somebody.")}
        )


def names_of(people: Sequence[Account]) -> list[str]:
    """With what each does; those of one name by what tells them apart."""
    apart = told_apart([(one.display_name, traits(one.person)) for one in people])
    functions = [colleague_named(one.person).function for one in people]
    return [
        name if name != one.display_name else f"{name}, {function}"
        for one, name, function in zip(people, apart, functions, strict=True)
    ]

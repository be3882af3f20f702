"""What agents type about OTP keys."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.academy.facts import academy
from vaguemestre.accounts.models import Account, OtpKey
from vaguemestre.accounts.otp.forms import CodeField
from vaguemestre.accounts.otp.pskc_file import LARGEST, parse_preshared_key
from vaguemestre.accounts.roles.agent_scope import Agent
from vaguemestre.helpdesk.forms import SILENT


class ImportForm(forms.Form):
    """A manufacturer's file, and what opens it."""

    file = forms.FileField(
        label=_("PSKC file"),
        help_text=_("What the manufacturer delivers with the keys (RFC 6030), 5 MB at most."),
        error_messages={"required": _("The file is missing.")},
        widget=forms.FileInput({"accept": ".xml,.pskc,.pskcxml"}),
    )
    department = forms.ChoiceField(label=_("Stock of"))
    preshared = forms.CharField(
        label=_("Pre-shared key (may be left empty)"),
        help_text=_("Hexadecimal, as the manufacturer sent it apart."),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs=SILENT),
    )
    passphrase = forms.CharField(
        label=_("Passphrase (may be left empty)"),
        max_length=200,
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs=SILENT),
    )
    without_bad = forms.BooleanField(label=_("Take the good keys, leave out those that cannot be used"), required=False)

    def __init__(self, agent: Agent, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        served = [d for d in academy().departments if agent.departments is None or d.code in agent.departments]
        self.fields["department"] = forms.ChoiceField(
            label=_("Stock of"), choices=[(department.code, department.office.name) for department in served]
        )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("This file is larger than 5 MB."))
        return file

    def clean_preshared(self) -> bytes | None:
        typed = str(self.cleaned_data["preshared"]).strip()
        key = parse_preshared_key(typed) if typed else None
        if typed and key is None:
            raise forms.ValidationError(_("This is no AES key: 32, 48 or 64 hexadecimal digits."))
        return key


class AssignForm(forms.Form):
    serial = forms.CharField(
        label=_("Number of the key"),
        help_text=_("It is written on its back."),
        max_length=40,
        error_messages={"required": _("Type the number of the key that you have in hand.")},
        widget=forms.TextInput(attrs={**SILENT, "list": "stock"}),
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account = account
        self.key: OtpKey | None = None

    def clean_serial(self) -> str:
        """Of the stock of the person's own department."""
        serial = str(self.cleaned_data["serial"]).strip()
        mine = OtpKey.objects.filter(state=OtpKey.State.STOCK, department=self.account.person.department)
        self.key = mine.filter(serial=serial).first()
        if self.key is None:
            raise forms.ValidationError(_("No key of this number is in stock here."))
        return serial


class HandOverForm(forms.Form):
    signed = forms.BooleanField(
        label=_("I saw an identity document, and the slip is signed."),
        error_messages={"required": _("A key is handed over in person, against a signed slip.")},
    )


class PairForm(forms.Form):
    first = CodeField(_("The 6 digits that the key shows"))
    second = CodeField(_("The next 6 digits"))


class DecisionForm(forms.Form):
    word = forms.CharField(
        label=_("A word for the person"), max_length=300, required=False, widget=forms.TextInput(attrs=SILENT)
    )
    approved = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    needs_word = False  # in the place of a head, or to refuse

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        facts["word"] = " ".join(str(facts.get("word") or "").split())
        if not facts["word"] and (self.needs_word or facts.get("approved") == "no"):
            self.add_error("word", _("Say why in one sentence: the person reads it."))
        return facts

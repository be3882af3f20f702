"""Which message is looked for: from its file, or typed."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vaguemestre.mailbox.messages import Headers
from vaguemestre.mailbox.mime.header_text import header_text, message_ids, parse_block
from vaguemestre.withdrawals.models import LONGEST_ID, LONGEST_SENDER, LONGEST_SUBJECT
from vaguemestre.withdrawals.reports import ReportedMessage
from vaguemestre.withdrawals.withdrawal_jobs import Criteria

ONE, ALIKE = "one", "alike"
HEAD = 256 * 1024  # bytes of a file that are read: its header fields come first
DAYS = {1: _("the last day"), 3: _("the last three days"), 7: _("the last week"), 31: _("the last month"),
        92: _("the last three months")}  # fmt: skip
USUAL = 7
_IN_BRACKETS = re.compile(r"<([^<>\s]+)>\s*$")


class SearchForm(forms.Form):
    file = forms.FileField(
        label=_("The message, saved as a file (.eml)"), required=False,
        help_text=_("It fills in what follows. The message itself is not kept."),
    )  # fmt: skip
    message_id = forms.CharField(
        label=_("Its Message-ID"), required=False, max_length=LONGEST_ID,
        help_text=_("It stands in the source of the message."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    sender = forms.CharField(
        label=_("Address of the sender"), required=False, max_length=LONGEST_SENDER,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "inputmode": "email"}),
    )  # fmt: skip
    subject = forms.CharField(
        label=_("Subject, to the letter"), required=False, max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    scope = forms.ChoiceField(
        label=_("What is looked for"), initial=ONE, widget=forms.RadioSelect,
        choices={
            ONE: _("this message alone (the same Message-ID)"),
            ALIKE: _("all of this sender with this subject: each copy of a campaign has a Message-ID of its own"),
        },
    )  # fmt: skip
    days = forms.TypedChoiceField(label=_("Came in during"), coerce=int, initial=USUAL, choices=DAYS)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, help_text=_("For the journal: what is dangerous, who decided."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("file"):
            _fill_in(cleaned, parse_block(_head(cleaned["file"])))
        cleaned["message_id"] = _bracketed(cleaned.get("message_id") or "")
        cleaned["sender"] = _address(cleaned.get("sender") or "")
        if cleaned.get("scope") == ONE and not cleaned["message_id"]:
            self.add_error("message_id", _("Without it, this message alone cannot be found."))
        if cleaned.get("scope") == ALIKE and "@" not in cleaned["sender"]:
            self.add_error("sender", _("Give the whole address of the sender."))
        if cleaned.get("scope") == ALIKE and not cleaned.get("subject"):
            self.add_error("subject", _("Give the subject: everything that this sender ever wrote would be too much."))
        return cleaned

    def criteria(self, now: datetime) -> Criteria:
        found = self.cleaned_data
        since = now - timedelta(days=found["days"])
        return Criteria(
            found["message_id"], found["sender"], found["subject"], alike=found["scope"] == ALIKE, since=since
        )


def criteria_of_report(report: ReportedMessage, now: datetime) -> dict[str, Any]:
    """What a report says already; a day more, for those whom it reached first."""
    age = (now - report.received_at).days + 2
    return {
        "message_id": report.message_id, "sender": report.sender, "subject": report.subject,
        "scope": ONE if report.message_id else ALIKE,
        "days": next((days for days in DAYS if days >= age), max(DAYS)),
    }  # fmt: skip


def _head(file: Any) -> bytes:
    data: bytes = file.read(HEAD)
    return data.replace(b"\r\n", b"\n").lstrip(b"\n").partition(b"\n\n")[0]


def _fill_in(cleaned: dict[str, Any], headers: Headers) -> None:
    cleaned["message_id"] = headers.get("Message-ID")[:LONGEST_ID]
    cleaned["sender"] = headers.get("From")
    cleaned["subject"] = header_text(headers.get("Subject").encode())[:LONGEST_SUBJECT]


def _bracketed(typed: str) -> str:
    """With the brackets that it has in the message; empty when it is none."""
    typed = typed.strip()
    found = message_ids(typed if typed.startswith("<") or not typed else f"<{typed}>")
    return found[0] if len(found) == 1 else ""


def _address(typed: str) -> str:
    """Of a whole From field, the address: a name may hold anything, even another one."""
    found = _IN_BRACKETS.search(typed)
    return (found[1] if found else typed).strip()

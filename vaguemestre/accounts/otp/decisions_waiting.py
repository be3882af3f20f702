"""Requests for an OTP key that wait for a head's word, as the home page says them."""

from collections.abc import Iterator
from typing import cast

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, ngettext

from vaguemestre.accounts.otp import requests
from vaguemestre.accounts.request import StaffRequest
from vaguemestre.accounts.roles.role_lookup import heads_a_place
from vaguemestre.web.navigation import PendingDecision


def otp_keys_to_decide(request: HttpRequest) -> Iterator[PendingDecision]:
    """No query for those who head no place."""
    account = cast(StaffRequest, request).account
    if not heads_a_place(account):
        return
    if count := len(requests.to_decide_by(account, today=timezone.localdate())):
        words = ngettext("%d OTP key waits for your agreement.", "%d OTP keys wait for your agreement.", count) % count
        yield PendingDecision(words, _("Decide"), reverse("accounts:otp-decisions"))

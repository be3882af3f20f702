"""The demo's people receive their letter and do their first sign-in. Runs as the product's user, with Django set up.

Reads who and with which password, answers who they are now. The newcomer's letter stays sealed, and tells the password:
the first sign-in is theirs to do.
"""

import json
import sys
import time
from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from vaguemestre.accounts.attempts import attempt_log
from vaguemestre.accounts.charter import acceptance
from vaguemestre.accounts.models import Account, SignIn
from vaguemestre.accounts.passwords import passwords, policy
from vaguemestre.instance import read_instance
from vaguemestre.launcher.errors import LauncherError
from vaguemestre.letters import printing
from vaguemestre.letters.models import Letter
from vaguemestre.letters.sealed_passwords import unseal

PATIENCE = 120


def run() -> int:
    if read_instance().mode == "production":
        raise LauncherError("The demo's people are not for production.")
    wanted = json.load(sys.stdin)
    found = Account.objects.filter(identifier__in=[one["identifier"] for one in wanted]).select_related("person")
    accounts = {account.identifier: account for account in found}
    wait_for_letters(accounts.values())
    for account in accounts.values():
        account.refresh_from_db()
    now = timezone.now()
    answer = [{**one, **settle(accounts[one["identifier"]], one["role"], one["password"], now)} for one in wanted]
    json.dump(answer, sys.stdout)
    return 0


def wait_for_letters(accounts: Collection[Account]) -> None:
    """Background work seals them. Once it has, nothing replaces the passwords set here."""
    deadline = time.monotonic() + PATIENCE
    while Letter.objects.filter(account__in=accounts, state=Letter.State.PREPARED).exists():
        if time.monotonic() > deadline:
            raise LauncherError("The letters of the demo's people are not sealed: see log/tasks.log.")
        time.sleep(0.1)


def settle(account: Account, role: str, password: str, now: datetime) -> dict[str, str]:
    if role == "newcomer":
        letter = Letter.objects.get(account=account, state=Letter.State.SEALED)
        return {"address": account.address, "password": unseal(letter.sealed or "")}
    for batch in printing.assemble_batch(now=now, account=account).batches:
        printing.print_batch(batch, actor="system", now=now)
    if failures := policy.policy_failures(account, password):
        raise LauncherError(f"{account.identifier}: {', '.join(failure.rule for failure in failures)}")
    if account.first_signin_due:
        passwords.set_password(account, password, now=now)
        acceptance.accept_charter(account, now=now)
        Account.objects.filter(pk=account.pk).update(welcomed_at=now)
        # The demo itself reads their mail next, from this machine: no news to tell them of.
        imap, good = SignIn.Channel.IMAP, SignIn.Result.GOOD
        attempt_log.note_attempt(account, good, channel=imap, address="127.0.0.1", agent="", now=now)
    return {"address": account.address}

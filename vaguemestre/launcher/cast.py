"""The demo's people do their first sign-in. Runs as the product's user: reads who and with which password, answers who
they are now. The newcomer keeps the provisional password of a letter: the first sign-in is theirs to do."""

import json
import sys

import django
from django.utils import timezone


def main() -> None:
    django.setup()
    from vaguemestre.accounts import passwords
    from vaguemestre.accounts.models import Account

    answer = []
    for wanted in json.load(sys.stdin):
        account = Account.objects.get(identifier=wanted["identifier"])
        if wanted["role"] == "newcomer":
            passwords.set_provisional(account, passwords.hasher().hash(wanted["password"]), now=timezone.now())
        else:
            passwords.set_password(account, wanted["password"], now=timezone.now())
        answer.append({**wanted, "address": account.address})
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()

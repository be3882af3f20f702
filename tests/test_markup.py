"""The code of pages, as RGAA 8.2 asks: elements nested and ended, no attribute and no `id` twice.

Those of a mailbox are looked at in its room (`webmail/tests/test_markup.py`)."""

import pytest
from django.test import Client

from tests.addresses import addresses
from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import Cast, make_account, make_person, make_school, markup_faults

LEAST = {"stranger": 15, "teacher": 30, "administrator": 40}


@pytest.mark.django_db
@pytest.mark.parametrize("who", LEAST)
def test_no_page_has_a_fault_of_markup(client: Client, cast: Cast, who: str) -> None:
    if who == "teacher":
        sign_in(client, cast.teacher)
    elif who == "administrator":
        school = make_school("0809001Z", kind="rectorat")
        person = make_person("Anne", "Rectorat", category="ADMD", function="ADMIN", school=school)
        sign_in(client, make_account(person))
    seen, faults = 0, {}
    for path in {address.path for address in addresses() if not address.name.startswith(("webmail:", "moving:"))}:
        answer = client.get(path)
        if "text/html" not in answer.get("Content-Type", "") or answer.streaming or answer.status_code >= 400:
            continue
        seen += 1
        html = answer.content.decode()
        if html.lstrip().startswith("<!doctype") and (found := markup_faults(html)):
            faults[path] = found
    assert not faults
    assert seen >= LEAST[who]

"""The code of the webmail's pages: elements nested and ended, no attribute and no `id` twice (RGAA 8.2)."""

import pytest
from django.http import HttpResponse
from django.urls import reverse

from vaguemestre.testing import letter, markup_faults
from vaguemestre.webmail.testing.browser import MailBrowser

PAGES = (
    "signature", "absence", "identities", "sending", "receipts", "redirection", "display", "labels", "images", "space",
    "arrival", "ready", "ready-new", "filters", "filter-new", "settings", "folders", "folder-new", "recovery",
    "keyboard", "search", "waiting", "compose-new",
)  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_webmail_has_a_fault_of_markup(desk: MailBrowser, name: str) -> None:
    page = desk.client.get(reverse(f"webmail:{name}"), follow=True)
    assert isinstance(page, HttpResponse)
    assert page.status_code == 200
    assert markup_faults(page.content.decode()) == []


def test_nor_the_list_nor_what_is_open_beside_it(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address))
    for path in ("/webmail/", desk.url(), desk.url(tail=f"{uid}/"), f"/webmail/ecrire/?repondre={uid}"):
        page = desk.client.get(path, follow=True)
        assert isinstance(page, HttpResponse)
        assert page.status_code == 200, path
        assert markup_faults(page.content.decode()) == [], path

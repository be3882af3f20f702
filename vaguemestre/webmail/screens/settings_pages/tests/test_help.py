"""The help beside the mail: asked of another room by its address, and it leads to what is really there."""

import re
from html import unescape

import pytest

from vaguemestre.portal.guidance import article_places
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


@pytest.mark.parametrize("slug", sorted(article_places.LEADS_TO))
def test_each_article_leads_to_its_page_and_its_line(desk: MailBrowser, slug: str) -> None:
    [address] = re.findall(r'class="button button-line" href="([^"]+)"', body(desk.get(f"/bv/aide/{slug}/")))
    path, _, anchor = unescape(address).partition("#")
    answer = desk.get(path)
    assert answer.status_code == 200, path
    if anchor:
        assert body(answer).count(f'id="{anchor}"') == 1, address


def test_each_place_says_where_one_is(desk: MailBrowser) -> None:
    inbox = body(desk.get(desk.url()))
    assert '<section class="list" id="liste" data-help="liste"' in inbox
    assert 'hx-get="/bv/aide/" hx-trigger="ask" hx-target="#aide"' in inbox
    assert 'data-help="corbeille"' in body(desk.get(desk.url("trash")))
    assert 'data-help="recherche"' in body(desk.get("/webmail/recherche/?q=rien"))
    assert 'data-help="attente"' in body(desk.get("/webmail/en-attente/"))
    assert 'tabindex="-1" data-help="absence">' in body(desk.get("/webmail/reglages/absence/"))

"""The start page of the settings: all of them at one press, by groups, with what is in force."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.webmail.models import Filter, ImageTrust, Label, ReadyMade
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body

S = "/webmail/reglages/"


def lines(html: str) -> dict[str, str]:
    """What is in force, by the name of its line."""
    found = re.findall(r'<a class="set-line" href="[^"]*"><b>(.*?)</b>\s+<span class="hint">(.*?)</span>', html)
    return dict(found)


def column(html: str) -> list[tuple[str, str]]:
    """The lines of the column, each with what `aria-current` says of it."""
    side = html[html.index('id="boites"') : html.index('class="folders-foot"')]
    found = re.findall(r'class="folder" href="[^"]*"(?: aria-current="(\w+)")?\s+title="([^"]*)"', side)
    return [(name, current) for current, name in found]


def test_each_page_is_one_press_away_with_what_is_in_force(desk: MailBrowser) -> None:
    html = body(desk.get(S))
    groups = re.findall(r'<h2 id="groupe-\w+">(.*?)</h2>', html)
    assert groups == ["Ce que j’écris", "Ce que je reçois", "Ce que je garde", "Mon écran"]
    for address in re.findall(r'class="set-line" href="([^"]*)"', html):
        assert desk.get(address).status_code == 200, address
    said = lines(html)
    assert len(said) > 18
    assert all(said.values())
    assert said["Signature"] == "remplie depuis votre poste"
    assert said["Réponse d’absence"] == "aucune prévue"
    assert said["Étiquettes"] == "5"
    assert Client().get(S).status_code == 302


def test_what_a_person_has_made_is_counted(desk: MailBrowser, neighbour: MailBrowser) -> None:
    now = timezone.now()
    for who, number in ((desk, 2), (neighbour, 3)):
        account = who.mail.account
        for place in range(number):
            Filter.objects.create(account=account, position=place, rule={}, changed_at=now)
            ReadyMade.objects.create(account=account, name=f"M{place}", changed_at=now)
            ImageTrust.objects.create(account=account, sender=f"{place}@exemple.test", since=now)
            Label.objects.create(
                account=account, keyword=f"k{place}", name=f"E{place}", colour="slate", position=place,
                removed_at=now - timedelta(days=1) if place else None,
            )  # fmt: skip
    said = lines(body(desk.get(S)))
    assert (said["Rangement automatique"], said["Étiquettes"]) == ("2 filtres", "1")
    assert said["Images venues d’ailleurs"] == "sur demande, sauf pour 2 expéditeurs"


def test_the_column_has_its_groups_and_says_where_one_is(desk: MailBrowser) -> None:
    names = ["Tous les réglages", "Ce que j’écris", "Ce que je reçois", "Ce que je garde", "Mon écran"]
    found = column(body(desk.get(S)))
    assert [name for name, _current in found] == names
    assert dict(found)["Tous les réglages"] == "page"
    for page, group in (("signature/", names[1]), ("absence/", names[2]), ("place/", names[3]), ("liste/", names[4])):
        assert [one for one in column(body(desk.get(S + page))) if one[1]] == [(group, "true")]
    assert [one for one in column(body(desk.get("/import/"))) if one[1]] == [(names[3], "true")]


@pytest.mark.parametrize("group", ["ecrire", "recevoir", "garder", "ecran"])
def test_a_group_alone_has_its_pages_and_no_other(desk: MailBrowser, group: str) -> None:
    html = body(desk.get(f"{S}?groupe={group}"))
    alone, everything = lines(html), lines(body(desk.get(S)))
    assert alone
    assert alone.items() < everything.items()
    assert [current for _name, current in column(html) if current] == ["page"]
    assert "souvent" not in html


def test_a_group_that_is_none_shows_them_all(desk: MailBrowser) -> None:
    assert lines(body(desk.get(f"{S}?groupe=<b>"))) == lines(body(desk.get(S)))


def test_it_asks_our_tables_alone_and_twice(
    desk: MailBrowser, trips: list[int], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk.get(S)
    trips.clear()
    with django_assert_num_queries(3):  # the session with its account, what is in force, how many there are
        desk.get(S)
    assert not trips

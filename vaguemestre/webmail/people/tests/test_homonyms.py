"""Colleagues of one name: said before the message leaves, the other one in one press; and hidden copies alone."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.utils import timezone

from vaguemestre.academy.facts import Directory, academy
from vaguemestre.accounts.models import Account
from vaguemestre.testing import MailAccount, letter, make_mail_account
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.people import homonyms
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.sending import received

SAID = "n’est pas la seule personne de ce nom"


@pytest.fixture
def two(desk: MailBrowser) -> tuple[MailAccount, MailAccount]:
    first, second = make_mail_account("Océane", "Duponchel"), make_mail_account("Océane", "Duponchel")
    assert (first.account.local_part, second.account.local_part) == ("oceane.duponchel", "oceane.duponchel2")
    return first, second


def test_who_the_other_is_and_one_press(desk: MailBrowser, two: tuple[MailAccount, MailAccount]) -> None:
    first, second = two
    key = new_key()
    sheet = body(desk.write(key, a=f"Océane Duponchel <{first.address}>", cc="elle@x.example"))
    assert f", Collège des Tilleuls {SAID}" in sheet
    assert f"Écrire plutôt à {second.address} (" in sheet
    assert desk.uids("sent") == []
    press = re.search(r'name="plutot" value="([^"]+)" formaction="([^"]+)"', sheet)
    assert press
    assert press[1] == f"{first.address} {second.address}"
    people = {"a": f"Océane Duponchel <{first.address}>", "cc": "elle@x.example"}
    sheet = body(desk.write(key, "homonyme/", **people, revision="1", plutot=press[1]))
    outgoing = Outgoing.objects.get(key=key)
    assert (outgoing.to, outgoing.cc) == (f"Océane Duponchel <{second.address}>", "elle@x.example")
    assert "Il partira à Océane Duponchel" in sheet
    assert 'name="malgre" value="homonyme"' in sheet
    sent = {"a": outgoing.to, "cc": outgoing.cc, "revision": str(outgoing.revision), "malgre": "homonyme"}
    assert desk.write(key, **sent).status_code == 302
    assert len(received(MailBrowser(second, desk.client))) == 1


def test_passed_once_it_is_not_said_again(desk: MailBrowser, two: tuple[MailAccount, MailAccount]) -> None:
    first, _second = two
    assert SAID in body(desk.write(key := new_key(), a=first.address))
    assert desk.write(key, a=first.address, malgre="homonyme", revision="1").status_code == 302
    assert desk.write(new_key(), a=first.address).status_code == 302  # they are known from now on


def test_whom_one_answers_is_known(desk: MailBrowser, two: tuple[MailAccount, MailAccount]) -> None:
    first, second = two
    uid = desk.put(letter(desk.mail.address, sender=first.address))
    html = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    assert desk.write(key_of(html), **{**fields(html), "texte": "Oui."}).status_code == 302
    uid = desk.put(letter(desk.mail.address, sender=first.address))
    html = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    assert SAID in body(desk.write(key_of(html), **{**fields(html), "texte": "Oui.", "cc": second.address}))


@pytest.mark.parametrize("why", ["locked", "left", "hidden"])
def test_who_is_not_in_the_directory_is_not_named(
    desk: MailBrowser, two: tuple[MailAccount, MailAccount], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = two
    mine = Account.objects.filter(pk=second.key)
    if why == "locked":
        mine.update(locked_at=timezone.now())
    elif why == "left":
        mine.update(closes_on=timezone.localdate() - timedelta(days=1))
    else:
        shown = Directory(hidden_people=[second.account.identifier])
        monkeypatch.setattr(
            "vaguemestre.webmail.people.homonyms.academy", lambda: academy().model_copy(update={"directory": shown})
        )
    key = new_key()
    desk.write(key, "homonyme/", a=first.address, plutot=f"{first.address} {second.address}")
    assert second.address not in Outgoing.objects.get(key=key).to
    assert desk.write(key, a=first.address, revision="1").status_code == 302


def test_names_that_only_begin_alike_are_others(desk: MailBrowser) -> None:
    one = make_mail_account("Océane", "Duponcheau")
    make_mail_account("Océane", "Duponcheaux")
    assert desk.write(new_key(), a=one.address).status_code == 302


def test_the_family_name_first_and_a_number_in_the_middle(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = academy().names.model_copy(update={"address_pattern": "{last}.{first}"})
    monkeypatch.setattr(
        "vaguemestre.accounts.identity.name_rules.academy", lambda: academy().model_copy(update={"names": rule})
    )
    first, second = make_mail_account("Océane", "Duponchel"), make_mail_account("Océane", "Duponchel")
    assert second.account.local_part == "duponchel2.oceane"
    undotted = second.address.replace(".", "", 1)
    for typed, other in ((first.address, second), (second.address, first), (undotted, first)):
        (found,) = homonyms.find_homonyms(desk.mail.account, [typed], timezone.localdate())
        assert [one.value for one in found.others] == [f"{typed} {other.address}"]


def test_hidden_copies_alone_are_said_and_hold_nothing_up(desk: MailBrowser, neighbour: MailBrowser) -> None:
    said = "Copies cachées seulement"
    key = new_key()
    assert said in body(desk.write(key, "", cci=neighbour.mail.address))
    assert said not in body(desk.write(key, "", cci=neighbour.mail.address, a="elle@x.example", revision="1"))
    assert desk.write(new_key(), cci=neighbour.mail.address).status_code == 302


def test_an_ordinary_message_costs_little(
    desk: MailBrowser,
    neighbour: MailBrowser,
    django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]],
) -> None:
    """Nobody of ours: no query; names that differ: one."""
    today = timezone.localdate()
    with django_assert_max_num_queries(0):
        assert homonyms.find_homonyms(desk.mail.account, ["a@x.example"], today) == []
    desk.write(new_key(), a=neighbour.mail.address)
    with django_assert_max_num_queries(1):
        assert homonyms.find_homonyms(desk.mail.account, [neighbour.mail.address], today) == []

"""The chips of the writing sheet: what their buttons do, with a script or without."""

import re

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from vaguemestre.contacts import collected_addresses
from vaguemestre.contacts.models import Contact
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import make_account, make_person, make_school
from vaguemestre.webmail.compose import recipient_chips
from vaguemestre.webmail.compose.draft_content import DraftContent
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.chips import people
from vaguemestre.webmail.testing.pages import body


def field_of(html: str, name: str) -> str:
    return re.split(r'data-field="', html[html.index(f'data-field="{name}"') + 5 :], maxsplit=1)[0]


def test_a_chip_goes_to_another_field(desk: MailBrowser) -> None:
    sent = {"a": "Jean <jean@x.example>, zoe@x.example", "cc": "paul@x.example"}
    html = body(desk.write(new_key(), "", **sent, deplacer="a:cc:jean@x.example"))
    assert people(html, "a") == ["zoe@x.example"]
    assert people(html, "cc") == ["paul@x.example", "Jean <jean@x.example>"]
    assert Outgoing.objects.get().cc == "paul@x.example\nJean <jean@x.example>"


@pytest.mark.parametrize(
    "pressed",
    ["a:a:jean@x.example", "a:xx:jean@x.example", "cc:a:jean@x.example", "a:cc:nobody@x.example", "a", "::", "a:cc:*"],
)
def test_a_move_that_means_nothing_moves_nobody(desk: MailBrowser, pressed: str) -> None:
    html = body(desk.write(new_key(), "", a="jean@x.example", deplacer=pressed))
    assert (people(html, "a"), people(html, "cc")) == (["jean@x.example"], [])


def test_what_is_to_be_mended_goes_back_into_its_box(desk: MailBrowser) -> None:
    html = body(desk.write(new_key(), "", a="Jean <jean@x.example>; pas une adresse", modifier="a:pas une adresse"))
    assert people(html, "a") == ["Jean <jean@x.example>"]
    assert re.search(r'id="ajout-a-[0-9a-f]{32}" name="a" value="pas une adresse"', html)
    html = body(desk.write(new_key(), "", cc="Jean <jean@x.example>", modifier="cc:jean@x.example"))
    assert people(html, "cc") == []
    assert 'value="Jean &lt;jean@x.example&gt;"' in field_of(html, "cc")


def test_nobody_stands_twice(desk: MailBrowser) -> None:
    html = body(
        desk.write(new_key(), "", a="Jean <jean@x.example>", cc="JEAN@x.example, zoe@x.example", cci="zoe@X.example")
    )
    assert (people(html, "a"), people(html, "cc"), people(html, "cci")) == (
        ["Jean <jean@x.example>"], ["zoe@x.example"], []
    )  # fmt: skip


def test_twenty_at_once_of_every_form(desk: MailBrowser) -> None:
    pasted = 'Nom <a0@x.example>, a1@x.example; a2@x.example\r\na3@x.example\t"Nom, Prénom" <a4@x.example>\n'
    pasted += "\n".join(f"Personne {number} <a{number}@x.example>" for number in range(5, 20))
    html = body(desk.write(new_key(), "", **HTMX, a=pasted))
    assert re.findall(r'id="p-a-([^"]*)-[0-9a-f]{32}"', html) == [f"a{number}@x.example" for number in range(20)]


def test_a_wrong_one_is_always_in_sight(desk: MailBrowser) -> None:
    crowd = "\n".join(f"p{number}@x.example" for number in range(100))
    html = body(desk.write(new_key(), "", a=f"{crowd}\npas une adresse"))
    assert 'id="p-a-pas une adresse-' in html
    assert "et 71 autres" in html


def test_those_that_are_not_shown_can_be_taken_away(desk: MailBrowser) -> None:
    crowd = "\n".join(f"p{number}@x.example" for number in range(2000))
    html = body(desk.write(new_key(), "", a=crowd, retirer="a:*"))
    assert len(people(html, "a")) == recipient_chips.SHOWN
    assert 'value="a:*"' not in field_of(html, "a")


@pytest.mark.parametrize(
    ("people", "few"),
    [
        ("Anne Lefèvre <a@x.example>\nPaul Martin <p@x.example>", ""),
        ("Anne Lefèvre <a@x.example>\nPaul Martin <p@x.example>\nLéo Roy <l@x.example>\nLou Roy <m@x.example>", ""),
        (
            "Anne Lefèvre <a@x.example>\nPaul Martin <b@x.example>\n"
            + "\n".join(f"Louis Roy {i} <c{i}@x.example>" for i in range(12)),
            "Anne Lefèvre, Paul Martin et 12 autres",
        ),
        ("\n".join(f"Marie-Antoinette de La Tour d’Auvergne <c{i}@x.example>" for i in range(40)),
         "Marie-Antoinette de La Tour d’Auvergne et 39 autres"),
        ("\n".join(f"p{i}@x.example" for i in range(12)) + "\npas une adresse", ""),
    ],
)  # fmt: skip
def test_many_are_a_sentence_on_a_telephone_and_each_stays_in_reach(desk: MailBrowser, people: str, few: str) -> None:
    field = field_of(body(desk.write(new_key(), "", a=people)), "a")
    said = re.search(r'<label class="people-few" for="ajout-a-[0-9a-f]{32}" aria-hidden="true">(.*?)</label>', field)
    assert (html_words(said[1]) if said else "") == few
    assert field.count('id="p-a-') == min(recipient_chips.SHOWN, people.count("\n") + 1)


def html_words(markup: str) -> str:
    return re.sub("<[^>]*>", "", markup)


def test_two_thousand_are_kept_by_one_chip_and_one_save(desk: MailBrowser) -> None:
    crowd = "\n".join(f"Personne {number} <p{number}@x.example>" for number in range(2000))
    html = body(desk.write(new_key(), "", a=crowd))
    again = body(desk.write(new_key(), "", a="\n".join(people(html, "a"))))
    assert "et 1\u202f970 autres" in again
    assert Outgoing.objects.latest("created_at").to.count("\n") == 1999


def test_a_colleague_s_chip_says_function_and_school(
    desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    schools = [make_school("0801234A"), make_school("0609999B", department="60")]
    twins = [make_account(make_person("Marie", "Martin", school=school)) for school in schools]
    letter = DraftContent(
        to="\n".join(one.address for one in twins), cc="marie.martin@ailleurs.example", bcc="ce.x@ac-amiens.fr"
    )
    with django_assert_num_queries(3 + 2):
        to, cc, bcc = recipient_chips.recipient_fields(desk.mail.account, letter, {})
    assert [one.role for one in to.people] == ["professeure certifiée, Collège des Tilleuls"] * 2
    assert [one.role for one in (*cc.people, *bcc.people)] == ["", ""]
    with django_assert_num_queries(0):
        recipient_chips.recipient_fields(desk.mail.account, DraftContent(to="Jean <jean@x.example>"), {})


def test_an_address_typed_alone_shows_whose_it_is(
    desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Whatever its capitals, a colleague, a card, somebody written to before; what is sent stays what was typed."""
    me, now, address = desk.mail.account, timezone.now(), make_account(make_person("Marie", "Martin")).address
    collected_addresses.collect_addresses(
        me, [Address("Paul Écrit", "paul@x.example"), Address("", "zoe@x.example")], now
    )
    card = Contact.objects.create(account=me, uid="1", display="Jean Carte", changed_at=now)
    card.addresses.create(address="jean@x.example")
    typed = f"{address.upper()}, Paul@X.example, jean@x.example, zoe@x.example"
    html = body(desk.write(new_key(), "", a=typed))
    shown = re.findall(r'<span class="person-name cut">([^<]*)</span>', field_of(html, "a"))
    assert shown == ["Marie Martin", "Paul Écrit", "Jean Carte", "zoe@x.example"]
    assert people(html, "a") == typed.split(", ")
    with django_assert_num_queries(2):
        recipient_chips.recipient_fields(me, DraftContent(to="jean@x.example\npaul@x.example"), {})


def test_without_a_script_the_box_sends_what_is_typed(desk: MailBrowser) -> None:
    html = body(desk.get("/webmail/ecrire/"))
    for name in ("a", "cc", "cci"):
        assert re.search(rf'id="ajout-{name}-[0-9a-f]{{32}}" name="{name}"', html)


def test_a_name_is_shown_never_obeyed(desk: MailBrowser) -> None:
    html = body(desk.write(new_key(), "", a='"<img src=x onerror=alert(1)>" <jean@x.example>'))
    assert "<img src=x" not in html
    assert people(html, "a") == ['"<img src=x onerror=alert(1)>" <jean@x.example>']


@pytest.mark.parametrize(("count", "said"), [(1999, False), (2001, True)])
def test_an_answer_to_more_people_than_are_read_says_so(desk: MailBrowser, count: int, said: bool) -> None:
    crowd = ",\r\n ".join(f"p{number}@x.example" for number in range(count))
    uid = desk.put(f"From: anne@x.example\r\nTo: {crowd}\r\nSubject: Tous\r\n\r\nBonjour.\r\n".encode())
    html = body(desk.get(desk.url(tail=f"{uid}/reponse-a-tous/")))
    assert ("seuls les 2\u202f000 premiers sont ici" in html) == said
    alone = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    assert "premiers sont ici" not in alone


def offered(html: str) -> list[str]:
    return re.findall(r'name="ajouter" value="([^"]*)"', html)


def test_who_took_part_is_one_press_away_and_nobody_is_added_unasked(desk: MailBrowser) -> None:
    to = f"{desk.mail.address}, Karim <karim@x.example>"
    uid = desk.put(f"From: anne@x.example\r\nTo: {to}\r\nCc: zoe@x.example\r\nSubject: A\r\n\r\nB.\r\n".encode())
    html = body(desk.get(desk.url(tail=f"{uid}/reponse/")))
    assert people(html, "a") == ["anne@x.example"]
    assert offered(html) == ["Karim &lt;karim@x.example&gt;", "zoe@x.example"]
    assert "(hors de l’académie)" in html[html.index('name="ajouter"') :]
    key, sent = new_key(), {"a": "anne@x.example", "autres": "anne@x.example\nKarim <karim@x.example>\nzoe@x.example"}
    html = body(desk.write(key, "", **sent, ajouter="Karim <karim@x.example>"))
    assert people(html, "a") == ["anne@x.example", "Karim <karim@x.example>"]
    assert offered(html) == ["zoe@x.example"]
    html = body(desk.write(key, "", **sent, retirer="a:anne@x.example", revision="1"))
    assert offered(html)[0] == "anne@x.example"  # who was taken away is offered again


def test_an_answer_to_everybody_leaves_each_in_their_field(desk: MailBrowser) -> None:
    to = f"{desk.mail.address}, karim@x.example"
    uid = desk.put(f"From: anne@x.example\r\nTo: {to}\r\nCc: zoe@x.example\r\nSubject: A\r\n\r\nB.\r\n".encode())
    html = body(desk.get(desk.url(tail=f"{uid}/reponse-a-tous/")))
    assert (people(html, "a"), people(html, "cc")) == (["anne@x.example", "karim@x.example"], ["zoe@x.example"])
    assert offered(html) == []
    assert "Répondre à tous (3)" in body(desk.get(desk.url(tail=f"{uid}/")))


def test_many_who_took_part_are_added_by_one_press(desk: MailBrowser) -> None:
    crowd = "\n".join(f"p{number}@x.example" for number in range(40))
    html = body(desk.write(new_key(), "", a="anne@x.example", autres=crowd))
    assert len(offered(html)) == recipient_chips.OFFERED
    assert "35 autres personnes" in html
    added = body(desk.write(new_key(), "", a="anne@x.example", autres=crowd, ajouter="*"))
    assert Outgoing.objects.filter(to__contains="p39@x.example").exists()
    assert offered(added) == []

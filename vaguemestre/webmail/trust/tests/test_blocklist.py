"""The list of addresses that trap people: kept by administrators, known wherever a message is read."""

import re
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from vaguemestre.accounts.models import Session
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.testing import letter, make_account, make_person, make_school
from vaguemestre.webmail.models import BlocklistEntry
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.messages import html_letter
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.trust.blocklist import edits, lookup
from vaguemestre.webmail.trust.blocklist.lookup import Lookup
from vaguemestre.webmail.trust.link_checks import LinkRewriter

PAGE = "/webmail/adresses-suspectes/"
TRAP = "https://ac-amiens.fr@PIEGE.example:8443/a"
SAID = "Un lien de ce message est connu pour être un piège."


@pytest.fixture
def listed(db: None, now: datetime) -> None:
    edits.add_entries(["piege.example", "partage.example/depot"], by="operator", now=now)


@pytest.fixture
def administrator(db: None, client: Client) -> Client:
    desk = make_school("0809001Z", kind="rectorat")
    sign_in(
        client,
        make_account(make_person("Ada", "Ministre", function="ADMIN", category="ADMR", school=desk)),
        strong=True,
    )
    return client


def asked(html: str) -> list[str]:
    return [unescape(url) for url in re.findall(r'href="(/webmail/lien/[^"]*)"', html)]


# Reading.


def test_in_plain_words(desk: MailBrowser, listed: None) -> None:
    uid = desk.put(letter("x", text=f"Voir {TRAP} et https://honnete.example/."))
    page = unescape(body(desk.get(desk.url(tail=f"{uid}/"))))
    assert SAID in page
    assert len(asked(page)) == 1
    assert f'class="listed">{TRAP}</a>' in page
    assert '<a href="https://honnete.example/" target="_blank" rel="noopener noreferrer nofollow">' in page


def test_in_a_formatted_text(desk: MailBrowser, listed: None, cleaner: Path) -> None:
    uid = desk.put(
        html_letter(f'<a href="{TRAP}">Votre dossier</a> <a href="https://honnete.example/?a=1&amp;b=2">Lire</a>')
    )
    frame = body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert SAID in unescape(frame)
    assert frame.count(' class="listed"') == 1
    assert 'href="https://honnete.example/?a=1&amp;b=2"' in frame
    [url] = asked(frame)
    page = unescape(body(desk.get(url)))
    assert "piege.example est connu pour être un piège" in page
    assert "N’y allez pas" in page
    assert f'href="{TRAP}"' in page


LINKS = sorted({name for name in BY_NAME if name.startswith("link_")} - {"link_of_our_class"})


def test_under_every_disguise_of_the_museum(
    desk: MailBrowser, cleaner: Path, now: datetime, subtests: pytest.Subtests
) -> None:
    traps = ["evil.example", "xn--rctorat-bya.example", "216.58.214.206", "partage.example/depot"]
    uids = {name: desk.put_as_it_is(BY_NAME[name].make()) for name in LINKS}
    edits.add_entries(traps, by="operator", now=now)
    for name, uid in uids.items():
        with subtests.test(name):
            tail = f"{uid}/" if name == "link_in_plain_words" else f"{uid}/corps/"
            page = body(desk.get(desk.url(tail=tail)))
            assert page.count(' class="listed"') == 1
            assert SAID in unescape(page)
            assert "connu pour être un piège" in body(desk.get(asked(page)[0]))


def test_an_honest_message_says_nothing(desk: MailBrowser, listed: None, cleaner: Path) -> None:
    plain = desk.put(letter("x", text="https://partage.example/autre"))
    formatted = desk.put(html_letter('<a href="https://partage.example/">Lire</a>'))
    for tail in (f"{plain}/", f"{formatted}/corps/", f"{formatted}/"):
        page = unescape(body(desk.get(desk.url(tail=tail))))
        assert SAID not in page
        assert asked(page) == []


def test_in_a_conversation_and_on_paper(desk: MailBrowser, listed: None, cleaner: Path) -> None:
    desk.put(letter("x", subject="Dossier", text=TRAP, Message_Id="<un@x>"))
    last = desk.put(
        letter("x", subject="Re: Dossier", text="Vu.", Message_Id="<deux@x>", In_Reply_To="<un@x>", References="<un@x>")
    )
    page = unescape(body(desk.get(desk.url(tail=f"{last}/?deplier=tout"))))
    assert page.count(SAID) == 1
    assert 'class="listed"' in page
    assert 'class="listed"' in body(desk.get(desk.url(tail=f"{last}/impression/?ensemble=1")))


@pytest.mark.parametrize("formatted", [False, True])
def test_in_a_message_that_is_attached(desk: MailBrowser, listed: None, cleaner: Path, formatted: bool) -> None:
    inner = html_letter(f'<a href="{TRAP}">Lire</a>') if formatted else letter("x", text=TRAP)
    outer: EmailMessage = letter("x", subject="Signalé")
    outer.add_attachment(inner)
    uid = desk.put(outer)
    page = body(desk.get(desk.url(tail=f"{uid}/pieces/2/{'corps/' if formatted else 'vue/'}")))
    assert SAID in unescape(page)
    assert page.count(' class="listed"') == 1
    assert "piege.example est connu" in body(desk.get(asked(page)[0]))


def test_known_from_the_next_look_on_and_no_longer_once_taken_off(
    desk: MailBrowser, cleaner: Path, now: datetime
) -> None:
    """Also of a text that the cleaner has on its shelf."""
    tail = f"{desk.put(html_letter('<a href=https://piege.example/>Lire</a>'))}/corps/"
    seen = []
    acts: list[Callable[[], object]] = [
        lambda: None,
        lambda: edits.add_entries(["*.piege.example"], by="operator", now=now),
        lambda: edits.remove_entry(BlocklistEntry.objects.get().pk, by="operator"),
    ]
    for act in acts:
        act()
        seen.append(SAID in unescape(body(desk.get(desk.url(tail=tail)))))
    assert seen == [False, True, False]


@pytest.mark.parametrize(
    ("link", "trap"),
    [
        ("https://search.example/url?q=https://piege.example/a", "piege.example"),
        ("https://partage.example/depot/a?b", "partage.example/depot"),
        ("https://www.google.com/url?q=https://a.example/%3Fu=https://piege.example", "piege.example"),
        (
            "https://www.google.com/url?q=https%3A%2F%2Fslack-redir.net%2Flink%3Furl%3Dhttps%253A%252F%252Fpiege.example",
            "piege.example",
        ),
    ],
)
def test_the_question_names_the_trap_not_who_leads_there(desk: MailBrowser, listed: None, link: str, trap: str) -> None:
    page = body(desk.get(LinkRewriter(desk.mail.key, Lookup()).question(link)))
    assert "Son texte dit autre chose" not in page
    assert f"<h1>{trap} est connu pour être un piège</h1>" in page


@pytest.mark.parametrize("listed_as", ["piege.example", "t.umblr.com/redirect"])
def test_who_sends_on_and_where_it_ends_are_both_judged(db: None, now: datetime, listed_as: str) -> None:
    edits.add_entries([listed_as], by="operator", now=now)
    way = LinkRewriter("a1", Lookup())("https://t.umblr.com/redirect?z=https://r.example/%3Fu=https://piege.example")
    assert way.listed


def test_too_many_links_are_not_judged_but_asked_about(
    desk: MailBrowser, listed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "MOST", 2)
    uid = desk.put(letter("x", text="https://a.example https://b.example https://c.example https://a.example"))
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert len(asked(page)) == 1
    assert SAID not in unescape(page)


# What it costs.


def test_one_query_for_all_links_none_without(listed: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        Lookup()
    found = Lookup()
    with django_assert_num_queries(1):
        assert [found.names(f"https://s{n}.example/") for n in range(50)] == [False] * 50
        assert found.names(TRAP)
    with django_assert_num_queries(1):
        assert Lookup().names("https://partage.example/depot/x")


def test_what_was_brought_is_fetched_once(listed: None, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = lookup.latest_traces()
    assert lookup.latest_traces() is traces
    edits.add_entries(["autre.example"], by="operator", now=now)
    assert lookup.latest_traces() is not traces
    assert len(lookup.latest_traces()) == 3


# Files of the operator.


def bring(tmp_path: Path, text: str, *options: str, name: str = "liste.txt") -> str:
    file, out = tmp_path / name, StringIO()
    file.write_text(text, encoding="utf-8")
    call_command("suspects", "import", str(file), *options, stdout=out)
    return out.getvalue().replace("\u202f", " ").replace("\u00a0", " ").strip()


def test_a_file_is_brought_once(db: None, tmp_path: Path) -> None:
    text = "# remarque\nhttp://piege.example/\n*.reseau.example\npiege.example\n"
    assert bring(tmp_path, text, "--dry-run") == "liste : ajoutées 2, retirées 0, déjà connues 0."
    assert BlocklistEntry.objects.count() == 0
    bring(tmp_path, text)
    assert set(BlocklistEntry.objects.values_list("address", "source")) == {
        ("piege.example", "liste"),
        ("*.reseau.example", "liste"),
    }
    before = lookup.latest_traces()
    bring(tmp_path, text)
    assert lookup.latest_traces() is before
    [line] = Entry.objects.filter(act="suspects.brought")
    assert (line.details["source"], line.details["added"], line.details["removed"]) == ("liste", 2, 0)
    assert line.actor.startswith("operator:")


def test_a_newer_file_replaces_what_its_source_gave_and_nothing_else(listed: None, tmp_path: Path) -> None:
    bring(tmp_path, "a.example\nb.example\n", "--source", "veille")
    bring(tmp_path, "url\nhttps://c.example/\nhttp://b.example/\n", "--source", "veille", "--replace", name="jour.csv")
    assert set(BlocklistEntry.objects.values_list("address", flat=True)) == {
        "piege.example", "partage.example/depot", "b.example", "c.example",
    }  # fmt: skip
    assert not Lookup().names("https://a.example/")
    assert Lookup().names("https://c.example/")


@pytest.mark.parametrize(
    ("text", "said"), [("piege.example\nfr\ndeux mots\n", ["ligne 2", "ligne 3"]), ("# rien\n", ["aucune adresse"])]
)
def test_a_file_with_a_fault_changes_nothing(db: None, tmp_path: Path, text: str, said: list[str]) -> None:
    with pytest.raises(CommandError) as refused:
        bring(tmp_path, text, "--replace")
    assert [words for words in said if words not in str(refused.value)] == []
    assert not BlocklistEntry.objects.exists()
    assert not Entry.objects.filter(act="suspects.brought").exists()


def test_two_hundred_thousand_are_found_in_a_few_steps(db: None, now: datetime) -> None:
    """A tenth of them here: the steps grow with the logarithm."""
    edits.import_entries((f"n{n}.example" for n in range(20_000)), "foule", replace=False, by="operator", now=now)
    assert Lookup().names("https://n19999.example/x")
    assert not Lookup().names("https://n20000.example/x")
    assert len(lookup.latest_traces()) * lookup.latest_traces().itemsize == 160_000


# The screen.


def test_only_administrators_with_a_second_factor(desk: MailBrowser, administrator: Client) -> None:
    ordinary = Client()
    sign_in(ordinary, desk.mail.account, strong=True)
    acts = ((PAGE, "get"), (f"{PAGE}ajout/", "post"), (f"{PAGE}retrait/", "post"))
    assert [getattr(ordinary, verb)(url).status_code for url, verb in acts] == [404] * 3
    Session.objects.update(strong=False)
    assert [getattr(administrator, verb)(url).status_code for url, verb in acts] == [403] * 3


def test_added_found_and_taken_off(administrator: Client) -> None:
    assert "La liste est vide." in administrator.get(PAGE).content.decode()
    done = administrator.post(
        f"{PAGE}ajout/", {"adresses": "hxxps://Piege[.]example/\n\n*.reseau.example\n"}, follow=True
    )
    assert "2 adresses ajoutées" in done.content.decode()
    assert Lookup().names("https://a.reseau.example/")
    page = administrator.get(f"{PAGE}?q=PIEGE").content.decode()
    assert "piege.example" in page
    assert "*.reseau.example" not in page
    row = BlocklistEntry.objects.get(address="piege.example")
    assert f'name="trace" value="{row.pk}"' in page
    page = administrator.post(f"{PAGE}retrait/", {"trace": row.pk}, follow=True).content.decode()
    assert "piege.example n’est plus dans la liste" in page
    assert not Lookup().names("https://piege.example/")
    lines = Entry.objects.filter(act__startswith="suspect").order_by("id")
    assert list(lines.values_list("act", "details__address")) == [
        ("suspect.added", "piege.example"), ("suspect.added", "*.reseau.example"), ("suspect.removed", "piege.example"),
    ]  # fmt: skip
    assert administrator.post(f"{PAGE}retrait/", {"trace": row.pk}).status_code == 302
    assert administrator.post(f"{PAGE}retrait/", {"trace": "x"}).status_code == 404


def test_what_is_typed_wrong_is_named_and_stays(administrator: Client) -> None:
    page = administrator.post(f"{PAGE}ajout/", {"adresses": "piege.example\n*.fr"})
    assert page.status_code == 422
    said = unescape(page.content.decode())
    assert "trop large" in said
    assert "piege.example\n*.fr</textarea>" in said
    assert not BlocklistEntry.objects.exists()
    assert administrator.post(f"{PAGE}ajout/", {"adresses": " "}).status_code == 422


def test_what_is_on_the_list_is_not_added_twice(administrator: Client, listed: None) -> None:
    page = administrator.post(f"{PAGE}ajout/", {"adresses": "PIEGE.example"}, follow=True).content.decode()
    assert "Déjà dans la liste" in page
    assert Entry.objects.filter(act="suspect.added").count() == 2


def test_an_administrator_lists_a_site_from_the_question_before_its_link(
    administrator: Client, desk: MailBrowser
) -> None:
    """As of a message that was reported, and lies in the junk."""
    uid = desk.put(letter("x", text="https://neuf.example/a"), "junk")
    theirs = body(desk.get(asked(body(desk.get(desk.url("junk", f"{uid}/"))))[0]))
    assert "neuf.example" in theirs
    assert PAGE not in theirs
    account = Session.objects.get(strong=True).account
    sign_in(administrator, account, strong=True)  # the same browser was the other person's
    page = administrator.get(
        LinkRewriter(account.key, Lookup(), junk=True).question("https://neuf.example/a")
    ).content.decode()
    assert f'action="{PAGE}ajout/"' in page
    assert 'name="adresses" value="neuf.example"' in page
    assert administrator.post(f"{PAGE}ajout/", {"adresses": "neuf.example"}).status_code == 302
    assert Lookup().names("https://neuf.example/b")

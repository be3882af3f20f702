"""One notice about who wrote, the most serious; and what hangs on it: links, lists, reports, addresses that last."""

import re
from email import message_from_bytes
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import cast

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from vaguemestre.audit.models import Entry
from vaguemestre.clock import due
from vaguemestre.contacts.models import Collected
from vaguemestre.shared_mailboxes.testing import make_box
from vaguemestre.strangers import say, trapped
from vaguemestre.testing import letter, make_account, make_person, make_school, wait_for_mail
from vaguemestre.webmail.models import Outgoing, Unsubscription
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.messages import html_letter
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.trust import notices, read
from vaguemestre.webmail.trust import list_unsubscription
from vaguemestre.withdrawals.models import Report

OURS = "messagerie.ac-amiens.fr"
SHOP = "boutique.example"
OUTSIDE, INSIDE = "b@evil.example", "a@ac-amiens.fr"


def judged(result: str, sender: str = f"Boutique <news@{SHOP}>", **headers: str) -> EmailMessage:
    return letter("x@ac-amiens.fr", sender=sender, Authentication_Results=f"{OURS}; {result}", **headers)


@pytest.mark.parametrize(
    ("message", "tone", "said"),
    [
        (judged(f"dmarc=pass header.from={SHOP}"), "warn", f"le message vient bien du domaine {SHOP}."),
        (judged("dmarc=none; dkim=none"), "warn", f"Rien ne prouve que ce message vient du domaine {SHOP}."),
        (judged(f"dmarc=fail header.from={SHOP} (policy=reject)"), "bad", f"Ce message se fait passer pour {SHOP}."),
        (judged("dmarc=none; spf=none", "Recteur <recteur@ac-amiens.fr>"), "bad", "se fait passer pour ac-amiens.fr."),
        (judged("dmarc=none; spf=none", "Recteur <recteur@ac-amiens.fr>", List_Id="<l.example>"), "warn",
         "Rien ne prouve que ce message vient du domaine ac-amiens.fr."),
        (letter("x", sender="a@ac-amlens.fr"), "bad", "ac-amlens.fr n’est pas ac-amiens.fr"),
        (letter("x", sender='"chef@ac-amiens.fr" <a@evil.example>'), "bad", "Le nom affiche chef@ac-amiens.fr"),
        (letter("x", sender="Rectorat <a@evil.example>"), "bad", "écrit d’une adresse étrangère à l’administration"),
        (letter("x", Reply_To="autre@evil.example"), "warn", "Les réponses vont à autre@evil.example."),
        (letter("x", sender=INSIDE, Reply_To="b@ac-amiens.fr"), "plain", "Les réponses vont à b@ac-amiens.fr."),
        (letter("x", sender=INSIDE, Reply_To=OUTSIDE), "warn", f"Les réponses vont à {OUTSIDE}."),
        (letter("x"), "warn", "Expéditeur extérieur"),
        (letter("x", sender=INSIDE, Received=f"from copier [10.1.2.3] by {OURS} (Postfix) with ESMTP id 1"), "plain",
         "L’origine de ce message n’a pas été contrôlée à l’arrivée."),
    ],
)  # fmt: skip
def test_one_notice(desk: MailBrowser, message: EmailMessage, tone: str, said: str) -> None:
    html = read(desk, message)
    assert notices(html) == [tone]
    assert said in html


def test_a_colleague_s_message_has_none_and_says_so_in_its_facts(desk: MailBrowser, neighbour: MailBrowser) -> None:
    html = read(desk, letter("x", sender=f"Karim <{neighbour.mail.address}>"))
    assert notices(html) == []
    assert "Ce message vient d’un compte de l’académie." in html


def test_who_pretends_is_not_shown_as_the_colleague(desk: MailBrowser, neighbour: MailBrowser) -> None:
    html = read(desk, judged("dmarc=none; spf=none", f"Karim <{neighbour.mail.address}>"))
    assert notices(html) == ["bad"]
    assert "Collège des Tilleuls" not in html
    html = read(desk, judged("dmarc=none; spf=none", f"Karim <{neighbour.mail.address}>", List_Id="<l.example>"))
    assert notices(html) == ["warn"]
    assert "Collège des Tilleuls" not in html


def test_a_colleague_s_name_from_elsewhere(desk: MailBrowser, neighbour: MailBrowser) -> None:
    html = read(desk, letter("x", sender="BELKACEM Karim <karim80@gmail.example>"))
    assert notices(html) == ["warn"]
    assert "porte le nom « Karim Belkacem »" in html


PASSES = "dmarc=pass header.from=orange.example"


def from_parent(result: str = PASSES, sender: str = "Céline Vasseur <celine@orange.example>") -> EmailMessage:
    return judged(result, sender)


def write_to(desk: MailBrowser, address: str) -> None:
    Collected.objects.create(account=desk.mail.account, address=address, last_at=timezone.now())


def test_an_outsider_to_whom_one_has_written_is_said_in_a_word(desk: MailBrowser) -> None:
    html = read(desk, from_parent())
    assert (notices(html), "Hors académie" in html) == (["warn"], False)
    write_to(desk, "celine@orange.example")
    html = read(desk, from_parent())
    assert (notices(html), "Hors académie" in html) == ([], True)


@pytest.mark.parametrize(
    "message",
    [
        from_parent("dmarc=none; spf=pass smtp.mailfrom=celine@orange.example"),
        from_parent("dmarc=pass header.from=autre.example; spf=pass smtp.mailfrom=celine@orange.example"),
        from_parent(sender="Céline Vasseur <c.vasseur@orange.example>"),
        from_parent(sender="Mathieu LEROUX <celine@orange.example>"),  # of another school, whom nobody obeys
        from_parent(sender="Vie scolaire - Collège des TILLEULS <celine@orange.example>"),
        letter("x", sender="Céline Vasseur <celine@orange.example>"),
    ],
)
def test_the_notice_stays_but_for_that_address_with_dmarc_and_no_name_of_ours(
    desk: MailBrowser, message: EmailMessage
) -> None:
    write_to(desk, "celine@orange.example")
    make_account(make_person("Mathieu", "Leroux", school=make_school("0021111B", department="02")))
    make_box()
    assert notices(read(desk, message)) == ["warn"]


def test_what_an_outsider_s_message_costs(desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Names, and where DMARC passes whether one has written there; two more for who is known."""
    uids = [desk.put(letter("x", sender="Céline Vasseur <celine@orange.example>")), desk.put(from_parent())]
    desk.get(desk.url())
    for uid, count in zip(uids, (6, 7), strict=True):
        with django_assert_num_queries(count):
            desk.get(desk.url(tail=f"{uid}/"))
    write_to(desk, "celine@orange.example")
    with django_assert_num_queries(9):
        desk.get(desk.url(tail=f"{uids[1]}/"))


def test_the_worst_comes_alone(desk: MailBrowser) -> None:
    message = letter(
        "x", sender="Rectorat <a@ac-amlens.fr>", Reply_To="b@evil.example", List_Unsubscribe="<mailto:c@d.fr>"
    )
    html = read(desk, message)
    assert notices(html) == ["bad"]
    assert "ac-amlens.fr n’est pas ac-amiens.fr" in html
    assert "Se désabonner" not in html
    assert "Signaler" in html


# Links.


def test_a_link_that_misleads_asks_first(desk: MailBrowser, neighbour: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(html_letter('<a href="https://evil.example/é?a=1&amp;b=2">www.ac-amiens.fr</a>'))
    [url] = re.findall(r'href="(/webmail/lien/[^"]*)"', body(desk.get(desk.url(tail=f"{uid}/corps/"))))
    page = body(desk.get(unescape(url)))
    assert "Ce lien mène à evil.example" in page
    assert "Son texte dit autre chose" in page
    assert 'href="https://evil.example/é?a=1&amp;b=2" rel="noopener noreferrer nofollow"' in page
    assert neighbour.get(unescape(url)).status_code == 404
    assert desk.get(unescape(url).replace("&de=", "x&de=")).status_code == 404
    assert desk.get("/webmail/lien/?vers=https://evil.example/").status_code == 404
    assert desk.get("/webmail/lien/").status_code == 404


def test_the_page_knows_a_site_that_imitates_ours(desk: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(html_letter('<a href="https://ac-amlens.fr/">www.ac-amiens.fr</a>'))
    [url] = re.findall(r'href="(/webmail/lien/[^"]*)"', body(desk.get(desk.url(tail=f"{uid}/corps/"))))
    assert "ac-amlens.fr n’est pas ac-amiens.fr" in body(desk.get(unescape(url)))


def test_an_address_to_write_to_opens_our_own_sheet(desk: MailBrowser, cleaner: Path) -> None:
    uid = desk.put(
        html_letter('<a href="mailto:a%40b@c.fr?subject=Bonjour%20%C3%A0%20vous&amp;body=Texte&amp;bcc=x@y.fr">x</a>')
    )
    [url] = re.findall(r'href="(/webmail/ecrire/[^"]*)"', body(desk.get(desk.url(tail=f"{uid}/corps/"))))
    page = body(desk.get(unescape(url)))
    assert "Bonjour à vous" in page
    assert 'id="p-cci-x@y.fr-' in page
    assert "Ce lien met quelqu’un en copie cachée" in page


def test_an_address_to_write_to_may_say_anything(desk: MailBrowser, cleaner: Path) -> None:
    address = "mailto:a@b.fr?subject=Bonjour&" + "&".join(f"x{number}=1" for number in range(50))
    message = html_letter(f'<a href="{address}">x</a>')
    message["List-Unsubscribe"] = f"<{address}>"
    uid = desk.put(message)
    assert "objet=Bonjour" in body(desk.get(desk.url(tail=f"{uid}/corps/")))
    assert "objet=Bonjour" in body(desk.get(desk.url(tail=f"{uid}/")))


# Lists.


def newsletter(
    trap_url: str, *, covered: str = "From:List-Unsubscribe:List-Unsubscribe-Post", **headers: str
) -> EmailMessage:
    fields = {
        "List_Id": "Nouvelles <nouvelles.boutique.example>",
        "List_Unsubscribe": f"<mailto:out@{SHOP}>, <{trap_url}/out?u=1>",
        "List_Unsubscribe_Post": "List-Unsubscribe=One-Click",
        "DKIM_Signature": f"v=1; a=rsa-sha256; d={SHOP}; s=x; h={covered}; b=AAAA", **headers,
    }  # fmt: skip
    return judged(f"dkim=pass header.d={SHOP}; dmarc=pass header.from={SHOP}", **fields)


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What is asked of lists; they agree."""
    asked: list[tuple[str, bytes]] = []

    def press(url: str, form: bytes, _guard: object) -> int:
        asked.append((url, form))
        return 200

    monkeypatch.setattr("vaguemestre.webmail.trust.list_unsubscription.post_form", press)
    return asked


def test_one_press_leaves_a_list(desk: MailBrowser, pressed: list[tuple[str, bytes]]) -> None:
    uid = desk.put(newsletter("https://boutique.example"))
    assert "Se désabonner</button>" in body(desk.get(desk.url(tail=f"{uid}/")))
    for _ in range(2):
        response = desk.post(desk.url(tail=f"{uid}/desinscription/"), {"retour": desk.url(tail=f"{uid}/")})
        assert response["Location"] == desk.url(tail=f"{uid}/")
    assert "la liste n’a pas encore répondu" in body(desk.get(desk.url(tail=f"{uid}/")))
    due.run(timezone.now())
    due.run(timezone.now())
    assert pressed == [("https://boutique.example/out?u=1", b"List-Unsubscribe=One-Click")]
    html = read(desk, newsletter("https://boutique.example"))  # the next one of that list
    assert "Cette liste a été quittée" in html
    assert "Se désabonner</button>" not in html
    assert Unsubscription.objects.get().address == ""


@pytest.mark.parametrize(
    "message",
    [
        newsletter("https://boutique.example", covered="From:List-Unsubscribe"),
        newsletter("https://boutique.example", DKIM_Signature="v=1; d=evil.example; h=from"),
        newsletter("http://boutique.example"), newsletter("https://a:b@boutique.example"),
        newsletter("https://boutique.example", List_Unsubscribe_Post="autre"),
        letter("x", List_Unsubscribe="<https://x.example/>", List_Unsubscribe_Post="List-Unsubscribe=One-Click"),
    ],
)  # fmt: skip
def test_without_proof_nobody_presses_for_the_person(desk: MailBrowser, message: EmailMessage) -> None:
    uid = desk.put(message)
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "Se désabonner</button>" not in html
    assert re.search(r'href="/webmail/(?:ecrire|lien)/[^"]*"[^>]*>Se désabonner…', html)
    assert desk.post(desk.url(tail=f"{uid}/desinscription/")).status_code == 404
    assert not Unsubscription.objects.exists()


def test_a_list_that_refuses_or_does_not_answer(desk: MailBrowser, settings: Settings) -> None:
    settings.OUTSIDE = {**settings.OUTSIDE, "permitted": "127.0.0.1"}
    now = timezone.now()
    with trapped() as trap:
        row = Unsubscription.objects.create(
            account=desk.mail.account, list="l", address=f"{trap.url}/out", asked_at=now
        )
        trap.answers["/out"] = lambda request: say(request, 503)
        due.at(now, list_unsubscription.ASK, str(row.pk))
        assert due.run(now) == 0  # tried again later
        row.refresh_from_db()
        assert row.state == Unsubscription.State.ASKED
        trap.answers["/out"] = lambda request: say(request, 404)
        due.at(now, list_unsubscription.ASK, str(row.pk))
        assert due.run(now) == 1
    row.refresh_from_db()
    assert (row.state, row.address) == (Unsubscription.State.REFUSED, "")


def test_what_a_list_costs(desk: MailBrowser, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """One query more than an outsider's message whose name has one word."""
    uid = desk.put(newsletter("https://boutique.example"))
    desk.get(desk.url())
    with django_assert_num_queries(6):
        desk.get(desk.url(tail=f"{uid}/"))


# Reports.


def test_a_trap_is_reported_whole_set_aside_and_can_come_back(
    desk: MailBrowser, neighbour: MailBrowser, settings: Settings
) -> None:
    bait = letter(
        desk.mail.address, sender="Faux <x@evil.example>", subject="Compte bloqué", text="Été : cliquez\n" + "x" * 3000
    )
    uid = desk.put(bait.as_bytes() + b"\r\n.\r\nfin\x00")
    response = desk.post(desk.url(tail=f"{uid}/signalement/"), {"retour": desk.url()})
    assert response["Location"] == desk.url()
    html = body(desk.get(desk.url()))
    assert "Merci" in html
    assert desk.uids() == []
    assert len(desk.uids("junk")) == 1
    [entry] = Entry.objects.filter(act="phishing.reported")
    assert (entry.actor, entry.details) == (desk.mail.key, {"domain": "evil.example"})
    [sent] = Outgoing.objects.all()
    assert sent.recipients in ([], ["abuse@ac-amiens.fr"])
    [told] = Report.objects.all()  # the list of whoever takes it out of all mailboxes
    assert (told.account_id, told.sender, told.subject) == (desk.mail.key, "x@evil.example", "Compte bloqué")
    [undo] = re.findall(r'name="fait" value="([^"]*)"', html)
    desk.post("/webmail/annulation/", {"fait": unescape(undo)})
    assert len(desk.uids()) == 1


def test_the_report_arrives_as_it_came(
    desk: MailBrowser, neighbour: MailBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    help_desk = type("HelpDesk", (), {"phishing_to": neighbour.mail.address})
    monkeypatch.setattr(
        "vaguemestre.webmail.trust.phishing_reports.academy",
        lambda: type("A", (), {"help_desk": help_desk, "domain": "ac-amiens.fr"}),
    )
    uid = desk.put(letter(desk.mail.address, subject="Piège à clics", text="Ne pas suivre : http://evil.example/é"))
    for _ in range(2):
        assert desk.post(desk.url(tail=f"{uid}/signalement/")).status_code in {302, 404}
    [raw] = wait_for_mail(neighbour.mail)
    words, attached, original = list(message_from_bytes(raw).walk())[1:4]
    assert attached.get_content_type() == "message/rfc822"
    assert b"http://evil.example/\xc3\xa9" in cast(bytes, original.get_payload(decode=True))
    assert b"signale ce message comme suspect" in cast(bytes, words.get_payload(decode=True))
    assert desk.uids("sent") == []


def test_each_trap_is_reported_once_whatever_it_calls_itself(desk: MailBrowser, settings: Settings) -> None:
    """One Message-ID for several; and the same message again, once it was put back."""
    for sender, text in (("a@evil.example", "Un"), ("b@evil.example", "Un"), ("a@evil.example", "Deux piège")):
        uid = desk.put(letter(desk.mail.address, sender=sender, text=text, Message_ID="<un@evil.example>"))
        response = desk.post(desk.url(tail=f"{uid}/signalement/"), {"retour": desk.url()})
    assert Outgoing.objects.count() == 3
    [undo] = re.findall(r'name="fait" value="([^"]*)"', body(desk.get(response["Location"])))
    desk.post("/webmail/annulation/", {"fait": unescape(undo)})
    [back] = desk.uids()
    desk.post(desk.url(tail=f"{back}/signalement/"))
    assert Outgoing.objects.count() == 3


def test_in_junk_it_is_reported_where_it_is(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), "junk")
    desk.post(desk.url("junk", f"{uid}/signalement/"))
    assert desk.uids("junk") == [uid]


# Addresses that last.


def link_of(html: str) -> str:
    [url] = re.findall(r'href="(/webmail/message/[^"]*)"', html)
    return unescape(url)


def test_a_link_finds_the_message_after_a_move(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address, Message_ID="<ici+là/7@librairie.example>".replace("à", "a")))
    link = link_of(body(desk.get(desk.url(tail=f"{uid}/"))))
    assert desk.get(link)["Location"] == desk.url(tail=f"{uid}/")
    desk.post(desk.url(tail="archivage/"), {"choix": str(uid)})
    [there] = desk.uids("archive")
    assert desk.get(link)["Location"] == desk.url("archive", f"{there}/")
    elsewhere = neighbour.get(link)
    assert elsewhere.status_code == 404
    assert "Il n’est dans aucun des dossiers" in body(elsewhere)
    assert 'id="liste"' in body(elsewhere)


@pytest.mark.parametrize("word", ["x", "PDE-", "Ij4", "PCI-", "_" * 600])
def test_a_word_that_names_nothing(desk: MailBrowser, word: str) -> None:
    assert desk.get(f"/webmail/message/{word}/").status_code == 404
    assert desk.get(f"/webmail/message/{word}/?dans=../x").status_code == 404


def test_a_message_without_a_name_has_no_lasting_address(desk: MailBrowser) -> None:
    assert "/webmail/message/" not in read(desk, b"From: a@b.fr\r\nSubject: x\r\n\r\nx\r\n")


def test_another_person_s_message_is_nobody_s(desk: MailBrowser, neighbour: MailBrowser) -> None:
    uid = desk.put(newsletter("https://boutique.example"))
    for tail in ("images/", "desinscription/", "signalement/"):
        assert neighbour.post(desk.url(tail=f"{uid}/{tail}")).status_code == 404


@pytest.mark.parametrize("tail", ["images/", "desinscription/", "signalement/"])
def test_without_dovecot_nothing_is_done(desk: MailBrowser, no_dovecot: object, tail: str) -> None:
    url = desk.url(tail=f"1/{tail}")
    assert callable(no_dovecot)
    no_dovecot()
    assert desk.post(url).status_code == 503


# Answering a trap.


@pytest.mark.parametrize("way", ["reponse", "reponse-a-tous", "transfert", "transfert-entier"])
def test_a_trap_is_answered_only_once_the_way_out_was_shown(desk: MailBrowser, way: str) -> None:
    trap = judged(f"dmarc=fail header.from={SHOP} (policy=reject)", Reply_To="voleur@evil.example")
    url = desk.url(tail=f"{desk.put(trap)}/")
    for headers in ({}, HTMX):
        asked = unescape(body(desk.get(f"{url}{way}/", **headers)))
        assert f"Ce message se fait passer pour {SHOP}." in asked
        assert ("Votre réponse irait à voleur@evil.example" in asked) == way.startswith("reponse")
        assert f'action="{url}signalement/"' in asked
        assert 'name="objet"' not in asked  # no sheet
        main = re.search(r'<button class="button button-primary" autofocus>([^<]*)<', asked)
        assert main
        assert main[1] in {"Ne pas répondre", "Ne pas transférer"}
    key = re.search(r'id="feuille-([0-9a-f]{32})"', asked)
    assert key
    begun = re.search(r'name="debut" value="([^"]*)"', asked)
    assert begun
    closed = desk.post(f"/webmail/ecrire/{key[1]}/fermeture/", {"debut": begun[1], "retour": url})
    assert (closed.status_code, closed["Location"]) == (302, url)
    assert not Outgoing.objects.exists()
    sheet = unescape(body(desk.get(f"{url}{way}/?malgre=1", **HTMX)))
    assert 'name="objet"' in sheet
    assert (f"Ce message se fait passer pour {SHOP}." in sheet) == way.startswith("reponse")


@pytest.mark.parametrize("found", [False, True])
def test_among_several_a_trap_is_forwarded_only_then_too(desk: MailBrowser, found: bool) -> None:
    trap = judged(f"dmarc=fail header.from={SHOP} (policy=reject)", subject="Colis bloqué")
    uids = [desk.put(letter("x")), desk.put(trap)]
    url = "/webmail/dossiers/recherche/transfert/" if found else desk.url(tail="transfert/")
    chosen = [f"{desk.id()}-{uid}" if found else str(uid) for uid in uids]
    assert 'name="objet"' in body(desk.post(url, {"choix": chosen[:1]}))
    for headers in ({}, HTMX):
        asked = unescape(body(desk.post(url, {"choix": chosen}, **headers)))
        assert f"Ce message se fait passer pour {SHOP}." in asked
        assert "Message concerné : Colis bloqué" in asked.replace("\N{NO-BREAK SPACE}", " ")
        assert f'action="{desk.url(tail=f"{uids[1]}/")}signalement/"' in asked
        assert 'name="objet"' not in asked
    again = re.search(r'<form hidden id="malgre-[^>]* action="([^"]*)".*?</form>', asked, re.DOTALL)
    assert again
    assert re.findall(r'name="choix" value="([^"]*)"', again[0]) == chosen
    sheet = body(desk.post(again[1], {"choix": chosen}, **HTMX))
    assert len(re.findall(r'name="message" value="[^"]+" checked', sheet)) == 2


@pytest.mark.parametrize("way", ["reponse", "reponse-a-tous", "transfert", "transfert-entier"])
def test_other_mail_is_answered_at_once(desk: MailBrowser, way: str) -> None:
    for message in (letter("x"), letter("x", sender=INSIDE), letter("x", Reply_To="autre@evil.example")):
        assert 'name="objet"' in body(desk.get(f"{desk.url(tail=f'{desk.put(message)}/')}{way}/"))

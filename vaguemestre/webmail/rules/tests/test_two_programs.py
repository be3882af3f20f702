"""With other programs, as a person goes from one to the other: Thunderbird's draft, an answer from the console, two
absences, a filter seen by a ManageSieve client."""

import re
from datetime import timedelta
from email.message import EmailMessage, Message
from email.policy import SMTP

import pytest
from django.conf import settings
from django.utils import timezone
from sievelib.commands import Command
from sievelib.managesieve import Client as SieveClient
from sievelib.parser import Parser

from vaguemestre.accounts.mail_access import app_passwords
from vaguemestre.accounts.mail_access.app_passwords import Scope
from vaguemestre.engine.projection import project
from vaguemestre.testing import imap_connection, submission
from vaguemestre.webmail.models import Outgoing, new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.compose import key_of
from vaguemestre.webmail.testing.filters import make
from vaguemestre.webmail.testing.formatted import form
from vaguemestre.webmail.testing.pages import body

# As Thunderbird 140 leaves it in Drafts, an answer begun and not ended.
THUNDERBIRD = """\
Message-ID: <6f1b2a9c-7d3e-4c58-9a10-b1f6f0d2c3e4@ac-amiens.fr>
Date: Thu, 26 Nov 2026 09:12:44 +0100
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Subject: =?UTF-8?Q?Re=3A_Sortie_au_mus=C3=A9e=2C_compl=C3=A9ment?=
To: =?UTF-8?B?S2FyaW0gQsOpbGthY2Vt?= <{to}>
Cc: "Vie scolaire, secr=?UTF-8?Q?=C3=A9?=tariat" <{me}>
Bcc: {blind}
References: <question-1@librairie.example> <question-2@librairie.example>
Content-Language: fr
From: =?UTF-8?Q?Mathilde_Lef=C3=A8vre?= <{me}>
Autocrypt: addr={me}; keydata=xsFNBF
X-Mozilla-Draft-Info: internal/draft; vcard=0; receipt=1; DSN=0; uuencode=0;
 attachmentreminder=0; deliveryformat=4
X-Identity-Key: id1
X-Account-Key: account1
Fcc: imap://mathilde%2Elefevre@ac-amiens.fr/Sent
In-Reply-To: <question-2@librairie.example>
Disposition-Notification-To: =?UTF-8?Q?Mathilde_Lef=C3=A8vre?= <{me}>
Content-Type: multipart/alternative;
 boundary="------------0rXkQy7c3oJm0c8Vq5zQ9w1E"

This is a multi-part message in MIME format.
--------------0rXkQy7c3oJm0c8Vq5zQ9w1E
Content-Type: text/plain; charset=UTF-8; format=flowed
Content-Transfer-Encoding: 8bit

Bonjour Karim,

L’autobus est *réservé*, le déjeuner aussi. Il reste à recueillir les{sp}
autorisations.

Le 25/11/2026 à 17:40, Anne Auteur a écrit :
> Combien serez-vous ?

--{sp}
Mathilde

--------------0rXkQy7c3oJm0c8Vq5zQ9w1E
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: 8bit

<!DOCTYPE html>
<html>
  <head>
    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
  </head>
  <body>
    <p>Bonjour Karim,</p>
    <p>L’autobus est <b>réservé</b>, le déjeuner aussi. Il reste à recueillir les autorisations.</p>
    <div class="moz-cite-prefix">Le 25/11/2026 à 17:40, Anne Auteur a écrit :<br></div>
    <blockquote type="cite" cite="mid:question-2@librairie.example"><p>Combien serez-vous ?</p></blockquote>
    <div class="moz-signature">-- <br>Mathilde</div>
  </body>
</html>

--------------0rXkQy7c3oJm0c8Vq5zQ9w1E--
"""


def put_by_imap(desk: MailBrowser, raw: str) -> None:
    box = imap_connection(desk.mail)
    box.append(str(desk.folder("drafts").name), r"(\Draft \Seen)", None, raw.replace("\n", "\r\n").encode())
    box.logout()


def text_of(message: Message, kind: str) -> str:
    [part] = [part for part in message.walk() if part.get_content_type() == kind]
    octets = part.get_payload(decode=True)
    assert isinstance(octets, bytes)
    return octets.decode()


def test_a_draft_begun_in_thunderbird_goes_on_here_and_leaves(
    desk: MailBrowser, neighbour: MailBrowser, cleaner: object
) -> None:
    mine, theirs = desk.mail.address, neighbour.mail.address
    put_by_imap(desk, THUNDERBIRD.format(to=theirs, me=mine, blind="secret@x.example", sp=" "))
    [uid] = desk.uids("drafts")
    page = body(desk.get(desk.url("drafts", f"{uid}/reprise/")))
    sheet = {name: str(value) for name, value in form(page).items()}
    assert "<b>réservé</b>" in sheet["html"]
    assert "Combien serez-vous" in sheet["html"]
    for address in (theirs, mine, "secret@x.example"):
        assert address in page
    assert re.search(r'name="accuse" value="1" checked', page)
    people = {"a": theirs, "cc": mine, "cci": "secret@x.example", "accuse": "1"}
    sheet["html"] = sheet["html"].replace("Bonjour Karim,", "Bonjour Karim, et merci.")
    assert desk.post(f"/webmail/ecrire/{key_of(page)}/", {**sheet, **people}).status_code == 200
    assert len(desk.uids("drafts")) == 1  # ours in the place of Thunderbird's
    outgoing = Outgoing.objects.get(key=key_of(page))
    sheet["revision"] = str(outgoing.revision)
    assert desk.post(f"/webmail/ecrire/{key_of(page)}/envoi/", {**sheet, **people}).status_code == 302
    [received] = neighbour.stored("inbox")
    assert "et merci" in text_of(received, "text/plain")
    assert "<b>réservé</b>" in text_of(received, "text/html")
    assert received["In-Reply-To"] == "<question-2@librairie.example>"
    assert "<question-1@librairie.example>" in received["References"]
    left = {"Fcc", "X-Mozilla-Draft-Info", "X-Identity-Key", "X-Account-Key", "Bcc", "Autocrypt"}
    assert not left & set(received.keys())
    assert "secret@x.example" not in received.as_string()
    assert desk.uids("drafts") == []
    assert len(desk.uids("sent")) == 1


def test_an_answer_by_smtp_with_an_app_password_joins_the_conversation(
    desk: MailBrowser, neighbour: MailBrowser
) -> None:
    desk.write(new_key(), a=neighbour.mail.address, objet="Conseil", texte="À quelle heure ?")
    [question] = neighbour.stored("inbox")
    made, clear = app_passwords.make_app_password(neighbour.mail.account, "neomutt", Scope.SMTP, timezone.now())
    project([neighbour.mail.key])
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"] = f"Karim Belkacem <{neighbour.mail.address}>", desk.mail.address
    answer["Subject"], answer["User-Agent"] = "Re: Conseil", "NeoMutt/20250510"
    answer["In-Reply-To"] = answer["References"] = question["Message-ID"]
    answer["Message-ID"] = f"<aZ3mutt-{neighbour.mail.key}@poste.example>"
    answer.set_content("On Thu, Nov 26, 2026, Mathilde wrote:\n> À quelle heure ?\n\nÀ dix-sept heures.\n")
    with submission(neighbour.mail, password=clear) as connection:
        connection.send_message(answer)
    desk.stored("inbox")
    [uid], [sent] = desk.uids(), desk.uids("sent")
    page = body(desk.get(desk.url(tail=f"{uid}/")))
    assert "dix-sept heures" in page
    assert f"/webmail/dossiers/{desk.id('sent')}/{sent}/" in page  # one's own question, above it
    made.refresh_from_db()
    assert made.withdrawn_at is None


def test_an_absence_answers_once_and_says_what_was_written(desk: MailBrowser, neighbour: MailBrowser) -> None:
    today = timezone.localdate()
    dates = {"reponse": "1", "debut": today.isoformat(), "fin": (today + timedelta(days=3)).isoformat()}
    assert (
        desk.post("/webmail/reglages/absence/", {**dates, "texte": "De retour lundi, à l’accueil."}).status_code == 302
    )
    for subject in ("Première", "Deuxième"):
        neighbour.write(new_key(), a=desk.mail.address, objet=subject)
    desk.stored("inbox", 2)
    [reply] = neighbour.stored("inbox")
    assert "De retour lundi" in text_of(reply, "text/plain")
    assert reply["Auto-Submitted"].startswith("auto-replied")
    [uid] = neighbour.uids()
    page = body(neighbour.get(neighbour.url(tail=f"{uid}/")))
    assert "à l’accueil" in page
    desk.post("/webmail/reglages/absence/fin/")
    # Answered by its own absence, the other one's answers nothing: no circle.
    assert neighbour.post("/webmail/reglages/absence/", {**dates, "texte": "Absent aussi."}).status_code == 302
    neighbour.write(new_key(), a=desk.mail.address, objet="Troisième")
    desk.stored("inbox", 3)
    assert len(neighbour.uids()) == 1


def test_a_filter_made_here_is_read_by_a_sieve_client(desk: MailBrowser, monkeypatch: pytest.MonkeyPatch) -> None:
    make(desk, "Librairie « du coin »", valeur=['librairie" ; discard; #', ""])
    monkeypatch.setenv("SSL_CERT_FILE", str(settings.MAIL["ca"]))
    client = SieveClient("localhost", settings.MAIL["sieve"][1])
    assert client.connect(desk.mail.address, desk.mail.password, starttls=True, authmech="PLAIN")
    active, others = client.listscripts()
    assert (active, others) == ("vaguemestre", [])
    script = client.getscript(active)
    assert client.checkscript(script)
    client.logout()
    parser = Parser()
    assert parser.parse(script), parser.error
    commands = _names(parser.result)
    assert "discard" not in commands
    assert "if" in commands
    assert "librairie" in script


def _names(commands: list[Command]) -> list[str]:
    return [name for command in commands for name in (command.name, *_names(command.children))]

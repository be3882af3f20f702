"""What the service is for, done once, on the machine where it runs: `python -P -m proofs.mail_path ACT DATA`.

Runs as the product's user with Django set up, in production mode: `people` gives two of the imported staff a password,
`address` prints the address of one of them, `walk` takes a message from a stranger's server to a browser, through every
program.
"""

import email.policy
import imaplib
import io
import os
import re
import smtplib
import ssl
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from secrets import token_hex
from typing import Any

READER, WRITER = "mlefevre", "kbelkacem"
PASSWORD = "Falaise-Hortillon-2947"  # noqa: S105 - of a machine that is thrown away
PATIENCE = 60
DOCUMENT = rb"{\rtf1\ansi Un document.\par}"
WORD = "chrysobéryl"  # said nowhere but in the PDF of the message


def main(act: str, data: Path) -> None:
    set_up(data)
    if act == "people":
        people()
    elif act == "address":
        print(address())
    else:
        walk(data)


def set_up(data: Path) -> None:
    os.environ.update(VAGUEMESTRE_DATA=str(data), DJANGO_SETTINGS_MODULE="vaguemestre.settings")
    import django

    django.setup()


def people() -> None:
    from django.utils import timezone

    from seeds import signins
    from vaguemestre.accounts.models import Account

    accounts = list(Account.objects.filter(identifier__in=(READER, WRITER)).select_related("person"))
    assert len(accounts) == 2, "the import has made no accounts"
    signins.wait_for_letters(accounts)  # the process `tasks` seals them
    for account in accounts:
        account.refresh_from_db()
        signins.settle(account, "teacher", PASSWORD, timezone.now())


def address() -> str:
    """The reader's."""
    from vaguemestre.accounts.models import Account

    return Account.objects.get(identifier=READER).address


def walk(data: Path) -> None:
    from vaguemestre.accounts.models import Account

    addresses = {
        account.identifier: account.address for account in Account.objects.filter(identifier__in=(READER, WRITER))
    }
    subject = f"Preuve {token_hex(4)}"
    _receive(data, addresses[READER], subject)
    uid = _in_the_mailbox(data, subject)
    print("received and delivered")
    browser = open_browser(data)
    assert browser.sign_in(READER, PASSWORD) == 302, "not signed in"
    folder = _read(browser, uid, subject)
    _converted(browser, folder, uid)
    _write(browser, data, addresses[WRITER])
    _indexed(data)


def _receive(data: Path, to: str, subject: str) -> None:
    """As a stranger's server would."""
    from PIL import Image

    from vaguemestre.engine.tests.documents import pdf

    message = EmailMessage(policy=email.policy.SMTP)
    message["From"], message["To"], message["Subject"] = "anne@librairie.example", to, subject
    message["Message-ID"] = f"<{token_hex(8)}@librairie.example>"
    message.set_content("Bonjour,\n\nVoici trois pièces.\n")
    message.add_alternative("<p>Bonjour,</p><p>Voici <b>trois</b> pièces.</p>", subtype="html")
    drawing = io.BytesIO()
    Image.new("RGB", (900, 600), "darkred").save(drawing, "PNG")
    message.add_attachment(pdf(f"Un {WORD} par jour."), "application", "pdf", filename="essai.pdf")
    message.add_attachment(DOCUMENT, "application", "rtf", filename="essai.rtf")
    message.add_attachment(drawing.getvalue(), "image", "png", filename="essai.png")
    with smtplib.SMTP("127.0.0.1", place(data)[1].smtp, timeout=PATIENCE) as server:
        server.sendmail("anne@librairie.example", [to], message.as_bytes())


def _in_the_mailbox(data: Path, subject: str) -> str:
    """Its number, as a mail program reads it."""
    with _program(data, READER) as server:
        return str(_waited(lambda: _search(server, "SUBJECT", subject), f"{subject} in the mailbox"))


def _indexed(data: Path) -> None:
    with _program(data, READER) as server:
        _waited(lambda: _search(server, "BODY", WORD), f"{WORD} in the index")
    print("a PDF is indexed")


def _search(server: imaplib.IMAP4_SSL, key: str, text: str) -> str:
    server.noop()
    server.literal = text.encode()  # type: ignore[assignment]  # what no quotation marks may hold
    _status, found = server.uid("SEARCH", "CHARSET", "UTF-8", key)
    return (found[0] or b"").split()[-1].decode() if found and found[0] else ""


def _read(browser: Any, uid: str, subject: str) -> str:
    """The permanent name of the folder that the webmail opens with."""
    status, page = browser.ask("GET", "/webmail/")
    assert subject.encode() in page, f"the list: {status}"
    address = re.search(rf"/webmail/dossiers/([^/\"]+)/{uid}/".encode(), page)
    assert address, "no link to the message"
    folder = address[1].decode()
    status, page = browser.ask("GET", f"/webmail/dossiers/{folder}/{uid}/")
    assert subject.encode() in page, f"the message: {status}"
    assert "Voici <b>trois</b> pièces" in page.decode() or _framed(browser, folder, uid), "the text is not shown"
    print("read in the browser")
    return folder


def _framed(browser: Any, folder: str, uid: str) -> bool:
    """Where a text has a frame of its own."""
    status, body = browser.ask("GET", f"/webmail/dossiers/{folder}/{uid}/corps/")
    return status == 200 and "trois" in body.decode()


def _converted(browser: Any, folder: str, uid: str) -> None:
    parts = f"/webmail/dossiers/{folder}/{uid}/pieces"
    document = _waited(
        lambda: browser.ask("GET", f"{parts}/3/pdf/") if browser.ask("GET", f"{parts}/3/vue/")[0] == 200 else None,
        "the document made a PDF", good=lambda answer: answer[0] == 200,
    )  # fmt: skip
    assert document[1].startswith(b"%PDF"), document[1][:80]
    print("a document is converted")
    small = f"/webmail/miniatures/{folder}/{uid}/?piece=4"
    _waited(lambda: browser.ask("GET", small), "a thumbnail", good=lambda answer: answer[1].startswith(b"\xff\xd8"))
    print("a thumbnail is made")


def _write(browser: Any, data: Path, to: str) -> None:
    from bench.storm import TOKEN

    subject = f"Réponse {token_hex(4)}"
    found = TOKEN.search(browser.ask("GET", "/webmail/ecrire/")[1])
    assert found, "no form to write in"
    form = {
        "csrfmiddlewaretoken": found[1].decode(), "a": to, "objet": subject, "texte": "Bonjour.",
        "html": "<p>Bonjour.</p>", "fenetre": "w1", "revision": "0",
    }  # fmt: skip
    status, page = browser.ask("POST", f"/webmail/ecrire/{token_hex(16)}/envoi/", form)
    assert status == 302, f"the message written: {status} {page[-400:]!r}"
    with _program(data, WRITER) as server:
        _waited(lambda: _search(server, "SUBJECT", subject), "what was sent")
    print("sent, and delivered to a colleague")


def open_browser(data: Path) -> Any:
    from bench.storm import Browser
    from vaguemestre.instance import read_instance

    return Browser({"web": read_instance().origin, "ca": str(data / "tls" / "ca.pem")})


def _program(data: Path, identifier: str) -> imaplib.IMAP4_SSL:
    host, ports, context = place(data)
    server = imaplib.IMAP4_SSL(host, ports.imaps, ssl_context=context, timeout=PATIENCE)
    server.login(identifier, PASSWORD)
    server.select("INBOX", readonly=True)
    return server


def place(data: Path) -> tuple[str, Any, ssl.SSLContext]:
    """Host, ports, and whom a mail program believes."""
    from vaguemestre.instance import read_instance

    instance = read_instance()
    return instance.host, instance.ports, ssl.create_default_context(cafile=str(data / "tls" / "ca.pem"))


def _waited(ask: Callable[[], Any], what: str, good: Callable[[Any], bool] = bool) -> Any:
    """The first good answer."""
    deadline = time.monotonic() + PATIENCE
    while True:
        answer = ask()
        if answer is not None and good(answer):
            return answer
        assert time.monotonic() < deadline, f"{what}: {str(answer)[:300]}"
        time.sleep(0.3)


if __name__ == "__main__":
    try:
        main(sys.argv[1], Path(sys.argv[2]))
    except AssertionError as error:
        sys.exit(str(error))

"""Sheets on which nothing was written leave no draft, in whatever way they were kept."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from vaguemestre.mailbox.testing.images import photo
from vaguemestre.testing import letter
from vaguemestre.webmail.compose import drafts
from vaguemestre.webmail.models import Outgoing, Preferences
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.compose import fields, key_of
from vaguemestre.webmail.testing.messages import with_file
from vaguemestre.webmail.testing.pages import body

KINDS = ["ecrire", "reponse", "transfert"]


def begun(desk: MailBrowser, kind: str = "reponse") -> tuple[str, dict[str, object]]:
    """A new letter, an answer, a forward with its file: the key, and what the form sends."""
    url = "/webmail/ecrire/" if kind == "ecrire" else f"{desk.url(tail=f'{desk.put(with_file("Plan.pdf"))}/')}{kind}/"
    html = unescape(body(desk.get(url)))
    form: dict[str, object] = {**fields(html), **({"piece": "2"} if 'name="piece" value="2"' in html else {})}
    return key_of(html), form


def pause(desk: MailBrowser, key: str, form: dict[str, object], **typed: object) -> dict[str, object]:
    """What the form sends after a save by itself."""
    desk.post(f"/webmail/ecrire/{key}/", {**form, "pause": "1", **typed}, **HTMX)
    revision = Outgoing.objects.get(key=key).revision
    return {**{name: value for name, value in form.items() if name != "piece"}, "revision": str(revision)}


def close(desk: MailBrowser, key: str, form: dict[str, object], **typed: object) -> None:
    desk.post(f"/webmail/ecrire/{key}/fermeture/", {**form, **typed}, **HTMX)


def left(desk: MailBrowser) -> tuple[int, int]:
    """Drafts in the mailbox, letters here."""
    return len(desk.uids("drafts")), Outgoing.objects.count()


def again(desk: MailBrowser, key: str, form: dict[str, object]) -> dict[str, object]:
    """Signed in again: every open sheet is kept."""
    return pause(desk, key, form)


def typed_and_taken_out(desk: MailBrowser, key: str, form: dict[str, object]) -> dict[str, object]:
    kept = pause(desk, key, form, texte=f"Bonjour\n{form['texte']}", a="quelqu.un@x.example")
    assert left(desk) == (1, 1)
    return pause(desk, key, kept)


def not_sent(desk: MailBrowser, key: str, form: dict[str, object]) -> dict[str, object]:
    """ "Send" keeps before it looks: without a recipient, nothing leaves."""
    desk.post(f"/webmail/ecrire/{key}/envoi/", {**form, "a": "", "cc": ""}, **HTMX)
    return pause(desk, key, form, revision=str(Outgoing.objects.get(key=key).revision))


def reduced(desk: MailBrowser, key: str, form: dict[str, object]) -> dict[str, object]:
    close(desk, key, form, reduire="1")
    return dict(fields(unescape(body(desk.get(f"/webmail/ecrire/{key}/", **HTMX)))))


def laid_out_by_the_editor(desk: MailBrowser, key: str, form: dict[str, object]) -> dict[str, object]:
    """Squire takes invisible spaces and blank lines out by itself, and says that something was typed."""
    return pause(desk, key, form, texte=str(form["texte"]).replace("\u200b", "").replace("\n\n", "\n"))


WAYS: list[Callable[[MailBrowser, str, dict[str, object]], dict[str, object]]] = [
    again, typed_and_taken_out, not_sent, reduced, laid_out_by_the_editor,
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_nothing_is_left(desk: MailBrowser, kind: str, way: Callable[..., dict[str, object]]) -> None:
    key, form = begun(desk, kind)
    kept = way(desk, key, form)
    assert left(desk) == (0, 1)  # also when the tab is closed now
    close(desk, key, kept)
    assert left(desk) == (0, 0)


def test_forgotten_later_it_does_not_join_the_drafts(desk: MailBrowser) -> None:
    key, form = begun(desk)
    pause(desk, key, form)
    drafts.forget_draft(key, timezone.now() + drafts.KEPT_FOR + timedelta(days=1))
    assert left(desk) == (0, 0)


def test_thrown_away_it_is_not_in_the_bin(desk: MailBrowser) -> None:
    key, form = begun(desk)
    desk.post(f"/webmail/ecrire/{key}/abandon/", pause(desk, key, form), **HTMX)
    assert (*left(desk), desk.uids("trash")) == (0, 0, [])


def test_under_another_signature_an_empty_letter_is_empty(desk: MailBrowser) -> None:
    key, form = begun(desk, "ecrire")
    kept = pause(desk, key, form, texte="Bonjour")
    Preferences.objects.create(account=desk.mail.account, signature="Une autre", changed_at=timezone.now())
    close(desk, key, kept, texte="\n\n-- \nUne autre")
    assert left(desk) == (0, 0)


def test_what_was_chosen_is_kept(desk: MailBrowser) -> None:
    """A word, a file or a picture that its author added or took away."""
    key, form = begun(desk)
    kept = pause(desk, key, form, texte=f"Oui.\n{form['texte']}")
    close(desk, key, kept, texte=f"Oui.\n{form['texte']}")
    assert left(desk) == (1, 1)


def test_a_file_alone_is_worth_keeping(desk: MailBrowser) -> None:
    key, form = begun(desk)
    desk.post(f"/webmail/ecrire/{key}/", {**form, "fichier": SimpleUploadedFile("note.txt", b"a")})
    close(desk, key, {**form, "revision": "1"})
    assert left(desk) == (1, 1)


def test_a_picture_alone_too(desk: MailBrowser, cleaner: object) -> None:
    key, form = begun(desk, "ecrire")
    image = SimpleUploadedFile("image.png", photo(8, 8), "image/jpeg")
    where = desk.post(f"/webmail/ecrire/{key}/images/", {**form, "image": image}, **HTMX)["Location"]
    close(desk, key, {**form, "revision": "2", "html": f'<div><img src="{where}" alt=""></div>'})
    assert left(desk) == (1, 1)


def test_a_forward_without_its_file_was_chosen_so(desk: MailBrowser) -> None:
    key, form = begun(desk, "transfert")
    del form["piece"]  # its box was unticked
    close(desk, key, form)
    assert left(desk) == (1, 1)


def test_a_draft_that_was_there_stays(desk: MailBrowser) -> None:
    """Another program's, or an older one: what it says now was written once."""
    uid = desk.put(letter(desk.mail.address, subject="Plan"), "drafts", flags=("\\Draft",))
    html = body(desk.get(desk.url("drafts", f"{uid}/reprise/")))
    kept = pause(desk, key_of(html), {**fields(html)})
    close(desk, key_of(html), kept)
    assert left(desk) == (1, 1)


def test_without_a_mailbox_it_goes_once_that_answers(
    desk: MailBrowser, no_dovecot: Callable[[], None], back_again: Callable[[], None]
) -> None:
    key, form = begun(desk, "ecrire")
    kept = pause(desk, key, form, texte="Bonjour")
    no_dovecot()
    close(desk, key, kept)
    back_again()
    assert left(desk) == (1, 1)
    drafts.deposit_later(key, timezone.now())
    assert left(desk) == (0, 1)


def test_another_window_that_writes_goes_on(desk: MailBrowser) -> None:
    key, form = begun(desk, "ecrire")
    kept = pause(desk, key, form)
    pause(desk, key, kept, fenetre="w2", texte="Ailleurs")
    close(desk, key, kept)
    assert left(desk) == (1, 1)
    assert Outgoing.objects.get(key=key).text.startswith("Ailleurs")

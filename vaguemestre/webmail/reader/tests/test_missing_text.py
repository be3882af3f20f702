"""A message without text says why."""

import pytest

from vaguemestre.mailbox.testing.specimens import BY_NAME
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body


@pytest.mark.parametrize(
    ("specimen", "words"),
    [
        ("encrypted_smime", "Ce message est chiffré (S/MIME)"),
        ("encrypted_smime_old_type", "Ce message est chiffré (S/MIME)"),
        ("signed_opaque", "Ce message est signé sous pli fermé (S/MIME)"),
        ("encrypted_pgp", "Ce message est chiffré (PGP)"),
        ("encrypted_pgp_inline", "Ce message est chiffré (PGP)"),
        ("message_partial", "Ceci est la partie 2 sur 3"),
        ("message_external_body", "se trouve ailleurs et n’est pas récupéré"),
        ("binary_noise", "Ce message est abîmé"),
    ],
)
def test_the_reason_is_said(desk: MailBrowser, specimen: str, words: str) -> None:
    uid = desk.put_as_it_is(BY_NAME[specimen].make())
    html = body(desk.get(desk.url(tail=f"{uid}/"))).replace("\u00a0", " ")
    assert words in html
    assert "n’a pas de texte" not in html


@pytest.mark.parametrize("specimen", ["empty_body", "signed", "signed_pgp", "winmail", "attachment_of_nothing"])
def test_there_is_no_obstacle_where_there_is_something_to_read_or_nothing_was_written(
    desk: MailBrowser, specimen: str
) -> None:
    uid = desk.put_as_it_is(BY_NAME[specimen].make())
    html = body(desk.get(desk.url(tail=f"{uid}/")))
    for word in ("chiffré", "pli fermé", "abîmé", "morceaux"):
        assert word not in html

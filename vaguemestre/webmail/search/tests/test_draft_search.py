"""Search in what is being written, which the real Dovecot does not index as it is stored."""

from vaguemestre.webmail.models import new_key
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.search import look, rows


def test_a_draft_is_found_as_it_is_now(desk: MailBrowser) -> None:
    """Drafts are not indexed as they are stored: the search that comes next reads them first, wherever it looks."""
    key = new_key()
    for revision, word in enumerate(("zygomatique", "quincaillier", "palimpseste")):
        desk.write(key, "", objet="Brouillon", texte=f"Un {word}.", revision=str(revision))
        assert len(rows(look(desk, word))) == 1
        assert len(rows(look(desk, f"dans:brouillons {word}"))) == 1
    assert rows(look(desk, "zygomatique")) == []
    assert len(desk.uids("drafts")) == 1

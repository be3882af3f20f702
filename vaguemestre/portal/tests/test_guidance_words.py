"""Each control that an article names is on the screens; what this authority does not offer is not spoken of."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from vaguemestre.academy.facts import academy
from vaguemestre.portal.guidance import articles
from vaguemestre.webmail.cleanup.deleted_messages import BACK_IN

ROOMS = Path(articles.__file__).parents[2]
# Rooms whose screens the articles speak of.
SPOKEN_OF = ("webmail", "accounts", "contacts", "handouts", "moving", "exports", "clients", "portal", "web")
QUOTED = {"fr": r"«\u00a0([^»]+?)\u00a0»", "en": r"“([^”]+)”"}
OF_THE_BROWSER = {"Enregistrer au format PDF", "Save as PDF"}


def shown(language: str) -> Iterator[str]:
    """The texts of the screens: those of the catalogues, without the source's where French is spoken."""
    kept = r"msgstr(?:\[\d\])?" if language == "fr" else r"msgid(?:_plural)?"
    for room in SPOKEN_OF:
        catalogue = (ROOMS / room / "locale/fr/LC_MESSAGES/django.po").read_text(encoding="utf-8")
        for lines in re.findall(rf'^{kept} ((?:".*"\n?)+)', catalogue, re.MULTILINE):
            yield "".join(ast.literal_eval(line) for line in lines.strip().split("\n"))


def named(language: str) -> Iterator[tuple[str, str]]:
    for slug, one in articles.read_articles(language).items():
        yield from ((slug, name) for name in re.findall(QUOTED[language], one.text))


@pytest.mark.parametrize("language", articles.LANGUAGES)
def test_each_control_that_an_article_names_is_on_a_screen(language: str) -> None:
    texts = set(shown(language))
    assert len(texts) > 1000
    filled = [
        re.compile(re.sub(r"%[sd]", r"(?:\\d+|N)", re.escape(text))) for text in texts if re.search("%[sd]", text)
    ]
    known = texts | OF_THE_BROWSER | {BACK_IN} | {one.title for one in articles.read_articles(language).values()}
    assert len(list(named(language))) > 100
    assert [
        (slug, name)
        for slug, name in named(language)
        if name not in known and not any(text.fullmatch(name) for text in filled)
    ] == []


def said(article: articles.Article) -> str:
    return " ".join(line for block in article.blocks for line in block.lines)


def test_what_the_authority_does_not_offer_is_not_spoken_of(
    client: Client, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts = academy()
    assert {"par-lien", "recuperer"} <= articles.all_articles().keys()
    assert "Envoyer par lien" in client.get("/bv/aide/joindre/").content.decode()
    for slug in ("supprimer", "disparu", "recuperer", "place"):
        assert f"{facts.mail.recover_days} jours" in client.get(f"/bv/aide/{slug}/").content.decode()
    assert f"{facts.links.days} jours" in client.get("/bv/aide/par-lien/").content.decode()

    without = facts.model_copy(
        update={
            "links": facts.links.model_copy(update={"largest_mb": 0}),
            "mail": facts.mail.model_copy(update={"recover_days": 0}),
        }
    )
    monkeypatch.setattr(articles, "academy", lambda: without)
    assert not {"par-lien", "recuperer"} & articles.all_articles().keys()
    assert "par-lien" not in {one.slug for one in articles.articles_of("ecrire")}
    assert client.get("/bv/aide/par-lien/").status_code == 404
    for slug in ("joindre", "disparu", "supprimer", "place"):
        text = said(articles.all_articles()[slug])
        assert "{" not in text
        assert "par lien" not in text
        assert "Récupérer" not in text


def test_no_article_keeps_a_mark_of_its_own(db: None) -> None:
    for one in articles.all_articles().values():
        assert not re.search(r"\{[a-z_-]+\}", said(one)), one.slug

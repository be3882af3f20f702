"""On a page in English what is French says so, and sentences in English hold no French word (RGAA 8.7)."""

import re
from pathlib import Path

import pytest
from django.test import Client

from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.testing import Cast

HOUSE = Path(__file__).parent.parent
TEMPLATES = sorted((HOUSE / "vaguemestre").glob("*/templates/**/*.html"))
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
# Where templates get words from that are French in every language: academy.toml, the HR file, the registry of
# applications, what administrators and HR officers write. (Names of people, schools and towns are names.)
FRENCH = (
    r"office\.hours", r"rectorat\.hours", r"office\.name", r"rectorat\.name", r"function_label", r"officer\.function",
    r"cell\.(?:name|summary|reason)", r"(?:tile|star|door)\.name", r"door\.summary", r"shut_reason", r"row\.text",
    r"campaign\.title", r"(?:post|row)\.role", r"line\.office", r"correspondent\.desk",
    r"(?:person|one|step)\.(?:corps|grade)", r"version\.title", r"newest\.(?:title|summary)", r"preset\.name",
)  # fmt: skip
SAID = re.compile(r"{{ (?:[\w.]*\.)?(?:" + "|".join(FRENCH) + r")(?:\|[^}]*)? }}")
NAMES = re.compile(
    r"Bureau virtuel|Intranet, Référentiel et Outils|Référentiel et outils|Défenseur des droits|prenom\.nom@…"
    r"|“[^”]*”|« Report »|[\w*.]+\.example\S*"
)
WORDS = re.compile(
    r"[éèêëàâçîïôûùœÉÈÊÀÇ]|\b(?:rectorat|bureau|mouvement|concours|dossier|mon compte|vie scolaire|gestionnaire"
    r"|avant|objet|taille|est|dans|hier|demain|courrier)\b",
    re.IGNORECASE,
)


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_words_that_are_french_everywhere_say_so(path: Path) -> None:
    text = COMMENT.sub("", path.read_text("utf-8"))
    unmarked = []
    for found in SAID.finditer(text):
        before = text[: found.start()]
        tag = before[before.rfind("<") :]
        inside_a_tag = tag.rfind(">") < 0 and "%}" not in tag  # an attribute cannot say its language
        titled = before.rfind("{% block title %}") > before.rfind("{% endblock %}")
        marked = "|french" in found[0] or "{% french %}" in tag or 'lang="fr"' in tag
        if not (marked or inside_a_tag or titled):
            unmarked.append(found[0])
    assert not unmarked


@pytest.mark.parametrize("file", sorted((HOUSE / "vaguemestre").glob("*/locale/fr/LC_MESSAGES/django.po")), ids=name)
def test_english_sentences_hold_no_french_word_but_names(file: Path) -> None:
    found = []
    if file.parts[-5] == "launcher":  # for operators, on a terminal
        return
    for _plural, lines in re.findall(r'^msgid(_plural)? ((?:".*"\n)+)', file.read_text("utf-8"), re.MULTILINE):
        said = "".join(re.findall(r'^"(.*)"$', lines, re.MULTILINE))
        if WORDS.search(re.sub(r"%\(\w+\)\w", "", NAMES.sub("", said))):
            found.append(said)
    assert not found


def test_a_page_in_english_and_the_same_in_french(client: Client, cast: Cast) -> None:
    sign_in(client, cast.teacher)
    assert 'lang="fr"' not in client.get("/portail/").content.decode().split("<body")[1]
    Account.objects.filter(pk=cast.teacher.pk).update(language="en")
    html = client.get("/portail/").content.decode()
    assert '<span lang="fr">DSDEN de la Somme</span>' in html
    assert re.search(r'<span lang="fr">Du lundi au vendredi', html)
    assert '<div class="sheet prose" lang="fr">' in client.get("/charte/").content.decode()

"""Few settings shown, the rest folded at the end of its page; folded, nothing of it is in force or wrong."""

import re

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import LocalPart
from vaguemestre.mailbox.values import FolderName
from vaguemestre.webmail.models import Preferences
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.pages import body
from vaguemestre.webmail.testing.presets import Saying

S = "/webmail/reglages/"


# What stands in the fold of each page.
FOLDED = {
    "affichage/": ("lettres", "espacement", "mouvement"), "liste/": ("lus", "forme", "astuces"),
    "signature/": ("champ-usage", "format"), "absence/": ("champ-texte_ailleurs",), "arrivee/": ("dossiers",),
}  # fmt: skip


def fold(html: str, inside: str) -> tuple[bool, str]:
    """Whether the fold around this field is open, and what lies in it."""
    at = html.index(f'id="{inside}"')
    start = html.rindex("<details", 0, at)
    assert "</details>" not in html[start:at], inside
    return html[start:at].partition(">")[0].endswith(" open"), html[start : html.index("</details>", at)]


def chosen(desk: MailBrowser, **values: object) -> None:
    Preferences.objects.update_or_create(account=desk.mail.account, defaults={"changed_at": timezone.now(), **values})


@pytest.mark.parametrize(
    ("page", "outside"),
    [
        ("affichage/", {"texte", "couleurs"}),
        ("liste/", {"liste", "densite", "lecture"}),
        ("signature/", {"champ-signature", "champ-autres"}),
        ("absence/", {"champ-texte"}),
    ],
)
def test_what_is_rare_is_folded_and_what_is_not_stands_open(desk: MailBrowser, page: str, outside: set[str]) -> None:
    html = body(desk.get(S + page))
    for inside in FOLDED[page]:
        is_open, folded = fold(html, inside)
        assert not is_open
        assert not outside & set(re.findall(r' id="([^"]+)"', folded))
    assert outside <= set(re.findall(r' id="([^"]+)"', html))


@pytest.mark.parametrize("page", ["envoi/", "accuses/", "redirection/", "images/", "identites/", "arrivee/"])
def test_a_page_of_few_fields_folds_nothing(desk: MailBrowser, page: str) -> None:
    assert 'class="advanced"' not in body(desk.get(S + page))


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("liste/", {"marks_read": "by-hand"}),
        ("liste/", {"reads_plain": True}),
        ("liste/", {"offers_tips": False}),
        ("affichage/", {"font": "dyslexic"}),
        ("affichage/", {"spacing": "wide"}),
        ("affichage/", {"motion": "less"}),
        ("signature/", {"writes_plain": True}),
        ("signature/", {"answers_with": "aucune"}),
        ("absence/", {"absence_apart": True, "absence_outside": "Absent."}),
    ],
)
def test_what_is_in_force_is_never_folded(desk: MailBrowser, page: str, values: dict[str, object]) -> None:
    inside = FOLDED[page][0]
    chosen(desk, theme="dark", density="compact", absence_text="Je suis absent.")
    assert not fold(body(desk.get(S + page)), inside)[0]
    chosen(desk, **values)
    assert fold(body(desk.get(S + page)), inside)[0]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"asks_receipts": True}, "j’en demande à chaque envoi"),
        ({"answers_receipts": "never"}, "ne jamais en envoyer"),
        ({"contact_images": True}, "sur demande, sauf de mes contacts"),
        ({"uses_keys": False}, "arrêtées"),
        ({"identities": {"a@b.example": {"reply_to": "c@b.example"}}}, "avec vos choix"),
        ({"signature": "Mathilde, salle 12\nTilleuls"}, "Mathilde, salle 12</span>"),
    ],
)
def test_the_start_page_folds_nothing_and_says_what_is_in_force(
    desk: MailBrowser, values: dict[str, object], said: str
) -> None:
    html = body(desk.get(S))
    assert "<details" not in html[html.index("<main") : html.index("</main>")]
    assert said not in html
    chosen(desk, **values)
    assert said in body(desk.get(S))


@pytest.mark.parametrize(
    ("page", "locked"),
    [
        ("liste/", {"marks_read": ("opened", True)}),
        ("liste/", {"offers_tips": (True, True)}),
        ("signature/", {"writes_plain": (False, True)}),
    ],
)
def test_what_the_authority_has_locked_is_seen_with_its_reason(
    desk: MailBrowser, says: Saying, page: str, locked: dict[str, tuple[object, bool]]
) -> None:
    says(theme=("dark", True))
    assert not fold(body(desk.get(S + page)), FOLDED[page][-1])[0]
    says(**locked)
    is_open, inside = fold(body(desk.get(S + page)), FOLDED[page][-1])
    assert is_open
    assert "L’académie a fixé ce réglage pour tous." in inside


def test_a_field_that_is_refused_is_in_sight(desk: MailBrowser) -> None:
    dates = {"reponse": "1", "debut": "2030-12-02", "fin": "2030-12-05", "texte": "Absent."}
    answer = desk.post(f"{S}absence/", {**dates, "ailleurs": "on", "texte_ailleurs": ""})
    is_open, inside = fold(body(answer), "champ-texte_ailleurs")
    assert is_open
    assert "décochez" in inside


def states(html: str) -> list[str]:
    return re.findall(r'<details class="advanced"( open)?>', html)


@pytest.fixture
def former(desk: MailBrowser) -> str:
    account = desk.mail.account
    name = f"mathilde.avant{account.key}"
    LocalPart.objects.create(
        local_part=name, undotted=name.replace(".", ""), kind=LocalPart.Kind.FORMER, account=account,
        since=timezone.now(),
    )  # fmt: skip
    return f"{name}@ac-amiens.fr"


def test_each_of_several_addresses_folds_what_is_its_own(desk: MailBrowser, former: str) -> None:
    page = f"{S}identites/"
    assert states(body(desk.get(page))) == ["", ""]
    sent = {"adresse_0": desk.mail.address, "adresse_1": former, "reponse_0": "", "habituelle": former}
    refused = desk.post(page, {**sent, "reponse_1": "moi@ailleurs.example"})
    assert refused.status_code == 422
    assert states(body(refused)) == ["", " open"]
    desk.post(page, {**sent, "reponse_1": desk.mail.address})
    assert states(body(desk.get(page))) == ["", " open"]
    assert "avec vos choix" in body(desk.get(S))


def test_folders_that_are_announced_fold_as_long_as_there_is_none(desk: MailBrowser) -> None:
    with desk.session() as session:
        folder = str(session.create(FolderName("Conseil")).id)
    is_open, inside = fold(body(desk.get(f"{S}arrivee/")), "dossiers")
    assert not is_open
    assert f'name="dossier" value="{folder}"' in inside
    desk.post(f"{S}arrivee/", {"annonce": "nothing", "dossiers": "1", "dossier": folder})
    assert fold(body(desk.get(f"{S}arrivee/")), "dossiers")[0]

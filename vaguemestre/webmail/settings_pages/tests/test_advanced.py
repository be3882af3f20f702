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


def fold(html: str) -> tuple[bool, str]:
    """Whether it is open, and what lies in it."""
    found = re.search(r'<details class="advanced"[^>]*?( open)?>(.*?)</details>', html, re.DOTALL)
    assert found
    return bool(found[1]), found[2]


def chosen(desk: MailBrowser, **values: object) -> None:
    Preferences.objects.update_or_create(account=desk.mail.account, defaults={"changed_at": timezone.now(), **values})


@pytest.mark.parametrize(
    ("page", "inside", "outside"),
    [
        (
            "affichage/",
            {"lus", "forme", "lettres", "espacement", "mouvement", "astuces"},
            {"liste", "densite", "texte"},
        ),
        ("signature/", {"champ-usage", "format"}, {"champ-signature", "champ-autres"}),
        ("absence/", {"champ-texte_ailleurs"}, {"champ-dates", "champ-texte"}),
    ],
)
def test_what_is_rare_is_folded_and_what_is_not_stands_open(
    desk: MailBrowser, page: str, inside: set[str], outside: set[str]
) -> None:
    html = body(desk.get(S + page))
    is_open, folded = fold(html)
    assert not is_open
    ids = set(re.findall(r' id="([^"]+)"', folded))
    assert inside <= ids
    assert outside <= set(re.findall(r' id="([^"]+)"', html)) - ids
    assert html.index("</details>") < html.rindex('type="submit"') or page == "signature/"


@pytest.mark.parametrize("page", ["envoi/", "accuses/", "redirection/", "images/", "identites/", "arrivee/"])
def test_a_page_of_few_fields_folds_nothing(desk: MailBrowser, page: str) -> None:
    assert 'class="advanced"' not in body(desk.get(S + page))


@pytest.mark.parametrize(
    ("page", "values"),
    [
        ("affichage/", {"marks_read": "by-hand"}),
        ("affichage/", {"reads_plain": True}),
        ("affichage/", {"font": "dyslexic"}),
        ("affichage/", {"spacing": "wide"}),
        ("affichage/", {"motion": "less"}),
        ("affichage/", {"offers_tips": False}),
        ("signature/", {"writes_plain": True}),
        ("signature/", {"answers_with": "aucune"}),
        ("absence/", {"absence_apart": True, "absence_outside": "Absent."}),
        ("", {"asks_receipts": True}),
        ("", {"answers_receipts": "never"}),
        ("", {"contact_images": True}),
        ("", {"uses_keys": False}),
        ("", {"identities": {"a@b.example": {"reply_to": "c@b.example"}}}),
    ],
)
def test_what_is_in_force_is_never_folded(desk: MailBrowser, page: str, values: dict[str, object]) -> None:
    chosen(desk, theme="dark", density="compact", absence_text="Je suis absent.")
    assert not fold(body(desk.get(S + page)))[0]
    chosen(desk, **values)
    assert fold(body(desk.get(S + page)))[0]


@pytest.mark.parametrize(
    ("page", "locked"),
    [
        ("affichage/", {"marks_read": ("opened", True)}),
        ("affichage/", {"offers_tips": (True, True)}),
        ("signature/", {"writes_plain": (False, True)}),
        ("", {"contact_images": (False, True)}),
    ],
)
def test_what_the_authority_has_locked_is_seen_with_its_reason(
    desk: MailBrowser, says: Saying, page: str, locked: dict[str, tuple[object, bool]]
) -> None:
    says(theme=("dark", True))
    assert not fold(body(desk.get(S + page)))[0]
    says(**locked)
    is_open, inside = fold(body(desk.get(S + page)))
    assert is_open
    assert not page or "L’académie a fixé ce réglage pour tous." in inside


def test_a_field_that_is_refused_is_in_sight(desk: MailBrowser) -> None:
    dates = {"debut": "2030-12-02", "fin": "2030-12-05", "texte": "Absent."}
    is_open, inside = fold(body(desk.post(f"{S}absence/", {**dates, "ailleurs": "on", "texte_ailleurs": ""})))
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
    assert fold(body(desk.get(S)))[0]


def test_folders_that_are_announced_fold_as_long_as_there_is_none(desk: MailBrowser) -> None:
    with desk.session() as session:
        folder = str(session.create(FolderName("Conseil")).id)
    is_open, inside = fold(body(desk.get(f"{S}arrivee/")))
    assert not is_open
    assert f'name="dossier" value="{folder}"' in inside
    desk.post(f"{S}arrivee/", {"annonce": "nothing", "dossiers": "1", "dossier": folder})
    assert fold(body(desk.get(f"{S}arrivee/")))[0]

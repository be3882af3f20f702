"""The set of labels: created, renamed, coloured, put in order, deleted and brought back."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.utils import timezone

from vaguemestre.mailbox.values import Flag
from vaguemestre.testing import letter
from vaguemestre.webmail import purge
from vaguemestre.webmail.labels import labels
from vaguemestre.webmail.message_list.list_query import SearchQuery
from vaguemestre.webmail.models import Label
from vaguemestre.webmail.testing.browser import HTMX, MailBrowser
from vaguemestre.webmail.testing.pages import body

PAGE = "/webmail/reglages/etiquettes/"
FIVE = ["Important", "Travail", "Personnel", "À faire", "Peut attendre"]


def names(desk: MailBrowser) -> list[str]:
    """As the page shows them, in order."""
    return re.findall(r'<summary class="settings-line">.*?<b class="cut">([^<]+)</b>', body(desk.get(PAGE)), re.DOTALL)


def create(desk: MailBrowser, name: str, colour: str = "teal", **more: str) -> int:
    return desk.post(PAGE, {"nom": name, "couleur": colour, **more}).status_code


def test_everybody_begins_with_thunderbirds_five(desk: MailBrowser) -> None:
    assert names(desk) == FIVE
    assert not Label.objects.filter(account=desk.mail.account).exists()


def test_a_label_of_ones_own_is_the_one_that_thunderbird_would_make(desk: MailBrowser) -> None:
    assert create(desk, "Réunion de rentrée") == 302
    assert names(desk) == [*FIVE, "Réunion de rentrée"]
    uid = desk.put(letter(desk.mail.address), flags=("r&aok-union_de_rentr&aok-e",))
    page = body(desk.get(desk.url()))
    assert '<span class="cut">Réunion de rentrée</span>' in page
    assert 'data-tag="teal"' in page
    assert uid


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Donnez un nom"),
        ("   ", "Donnez un nom"),
        ("x" * 41, "trop long"),
        ("TRAVAIL", "déjà une étiquette"),
        ("a\u202eb", "signe invisible"),
        ("a\x00b", "signe invisible"),
    ],
)
def test_a_name_that_cannot_be_says_why_and_keeps_what_was_typed(desk: MailBrowser, name: str, said: str) -> None:
    response = desk.post(PAGE, {"nom": name, "couleur": "teal"})
    assert response.status_code == 422
    assert said in body(response)
    assert names(desk) == FIVE


@pytest.mark.parametrize("colour", ["", "rouge", "#ff0000", "x;}"])
def test_a_colour_is_one_of_ours(desk: MailBrowser, colour: str) -> None:
    assert create(desk, "Sorties", colour) == 422


def test_name_and_colour_change_and_the_messages_keep_the_label(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), flags=("$label2",))
    url = f"{PAGE}changement/"
    assert desk.post(url, {"etiquette": "$label2", "nom": "Boulot", "couleur": "moss"}).status_code == 302
    assert 'data-tag="moss" data-mark="$label2"><span class="cut">Boulot</span>' in body(desk.get(desk.url()))
    refused = desk.post(url, {"etiquette": "$label2", "nom": "important", "couleur": "moss"})
    assert refused.status_code == 422
    assert 'value="important"' in body(refused)


def test_labels_are_put_in_order(desk: MailBrowser) -> None:
    for way, keyword in (("haut", "$label1"), ("haut", "$label3"), ("bas", "$label5"), ("bas", "$label1")):
        assert desk.post(f"{PAGE}ordre/", {"etiquette": keyword, "sens": way}).status_code == 302
    assert names(desk) == ["Personnel", "Important", "Travail", "À faire", "Peut attendre"]


def test_a_deleted_label_leaves_every_message_and_comes_back_whole(desk: MailBrowser) -> None:
    first = desk.put(letter(desk.mail.address), flags=("$label2",))
    second = desk.put(letter(desk.mail.address), "archive", flags=("$label2", "$label1"))
    other = desk.put(letter(desk.mail.address))
    question = body(desk.get(f"{PAGE}suppression/?etiquette=$label2"))
    assert "retirée de 2 messages" in question
    assert "$label2" in desk.flags(first)
    response = desk.post(f"{PAGE}suppression/", {"etiquette": "$label2"})
    assert "$label2" not in desk.flags(first) | desk.flags(second, "archive")
    assert "$label1" in desk.flags(second, "archive")
    page = body(desk.get(response["Location"]))
    assert "Étiquette «\xa0Travail\xa0» supprimée" in page
    assert "Travail" not in names(desk)
    word = re.search(r'action="([^"]+)".*?name="fait" value="([^"]+)"', page[page.index('class="toast"') :], re.DOTALL)
    assert word
    desk.post(word[1], {"fait": word[2]})
    assert names(desk) == FIVE
    assert "$label2" in desk.flags(first)
    assert "$label2" in desk.flags(second, "archive")
    assert "$label2" not in desk.flags(other)
    assert "trop tard" in body(desk.client.post(word[1], {"fait": word[2]}, follow=True))


def test_all_may_be_deleted_and_none_comes_back_by_itself(desk: MailBrowser) -> None:
    for number in range(1, 6):
        desk.post(f"{PAGE}suppression/", {"etiquette": f"$label{number}"})
    assert names(desk) == []
    assert "Il n’y a aucune étiquette" in body(desk.get(PAGE))
    desk.put(letter(desk.mail.address), flags=("$label1",))
    assert 'data-mark="$label1"' not in body(desk.get(desk.url()))
    assert create(desk, "Travail") == 302
    assert names(desk) == ["Travail"]


def test_where_a_label_was_is_forgotten_after_a_day(desk: MailBrowser) -> None:
    desk.put(letter(desk.mail.address), flags=("$label1",))
    desk.post(f"{PAGE}suppression/", {"etiquette": "$label1"})
    rows = Label.objects.filter(account=desk.mail.account, keyword="$label1")
    assert rows.get().removed_from
    rows.update(removed_at=timezone.now() - timedelta(days=2))
    desk.post(f"{PAGE}suppression/", {"etiquette": "$label2"})
    assert rows.get().removed_from == {}


def test_a_label_of_another_program_is_taken_over(desk: MailBrowser) -> None:
    uid = desk.put(letter(desk.mail.address), flags=("conseil_de_classe", "NonJunk"))
    page = body(desk.get(PAGE))
    assert "Posées par un autre logiciel" in page
    assert "conseil de classe" in page
    assert "nonjunk" not in page.lower()
    assert create(desk, "Conseils", "plum", etiquette="conseil_de_classe") == 302
    assert "Posées par un autre logiciel" not in body(desk.get(PAGE))
    assert 'data-mark="conseil_de_classe"><span class="cut">Conseils</span>' in body(desk.get(desk.url()))
    assert uid


@pytest.mark.parametrize("keyword", ["$label9", "$label1", "nonjunk", "x" * 60])
def test_what_is_not_there_cannot_be_changed(desk: MailBrowser, keyword: str) -> None:
    assert desk.post(f"{PAGE}changement/", {"etiquette": "absente", "nom": "A", "couleur": "moss"}).status_code == 422
    assert desk.post(f"{PAGE}ordre/", {"etiquette": "absente", "sens": "haut"}).status_code == 422
    assert desk.get(f"{PAGE}suppression/?etiquette=absente").status_code == 422
    assert create(desk, "Nouvelle", etiquette=keyword) in {302, 422}
    assert Label.objects.filter(account=desk.mail.account, keyword__in=["nonjunk", "$label9"]).count() == 0


def test_the_set_is_ones_own(desk: MailBrowser, neighbour: MailBrowser) -> None:
    create(desk, "À moi")
    assert names(neighbour) == FIVE
    response = neighbour.post(f"{PAGE}suppression/", {"etiquette": "&amaa-_moi"})
    assert response.status_code == 422
    assert "À moi" in names(desk)


def test_there_is_an_end_to_them(desk: MailBrowser) -> None:
    Label.objects.bulk_create(
        Label(account=desk.mail.account, keyword=f"k{n}", name=f"N{n}", colour="moss", position=n) for n in range(60)
    )
    response = desk.post(PAGE, {"nom": "Une de trop", "couleur": "moss"})
    assert response.status_code == 422
    assert "déjà 60 étiquettes" in body(response)


def test_the_page_does_without_the_mailbox(desk: MailBrowser, no_dovecot: object) -> None:
    assert callable(no_dovecot)
    no_dovecot()
    assert names(desk) == FIVE
    assert desk.get(f"{PAGE}suppression/?etiquette=$label1").status_code == 503


def test_a_purge_takes_them_along(desk: MailBrowser) -> None:
    create(desk, "Sorties")
    purge.purge(desk.mail.key, timezone.now())
    assert not Label.objects.filter(account=desk.mail.account).exists()
    assert labels.load_labels(desk.mail.account).find(Flag("$label1"))


def test_from_the_column_a_name_is_enough_and_one_stays_where_one_is(desk: MailBrowser) -> None:
    sent = desk.url("sent")
    response = desk.post(PAGE, {"nom": "Sorties", "retour": sent})
    assert (response.status_code, response["Location"]) == (302, sent)
    assert names(desk) == [*FIVE, "Sorties"]
    assert Label.objects.get(name="Sorties").colour == "teal"  # of the six, the one that none of the five has
    refused = desk.post(PAGE, {"nom": "Travail", "retour": sent}, **HTMX)
    assert refused.status_code == 422
    assert "déjà une étiquette" in body(refused)
    assert 'id="lecture"' in body(refused)


def test_from_the_column_it_is_asked_about_beside_the_list(desk: MailBrowser) -> None:
    there = SearchQuery('étiquette:"Travail"').url
    asked = body(desk.get(f"{PAGE}changement/?{urlencode({'etiquette': '$label2', 'retour': there})}"))
    assert 'id="liste"' in asked
    assert 'value="Travail"' in asked
    data: dict[str, object] = {"etiquette": "$label2", "nom": "Boulot", "couleur": "plum", "retour": there}
    assert desk.post(f"{PAGE}changement/", data)["Location"] == SearchQuery('étiquette:"Boulot"').url
    assert desk.post(f"{PAGE}ordre/?sens=haut", {"etiquette": "$label2", "retour": there})["Location"] == there
    assert names(desk)[:2] == ["Boulot", "Important"]
    here = SearchQuery('étiquette:"Boulot"').url
    assert "Supprimer l’étiquette «\xa0Boulot\xa0»" in body(
        desk.get(f"{PAGE}suppression/?{urlencode({'etiquette': '$label2', 'retour': here})}")
    )
    assert desk.post(f"{PAGE}suppression/", {"etiquette": "$label2", "retour": here})["Location"] == "/webmail/"
    assert "Boulot" not in names(desk)

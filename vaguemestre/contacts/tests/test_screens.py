"""The screens of the address book, as a person and as somebody else meets them."""

import typing
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from vaguemestre.accounts.testing import sign_in
from vaguemestre.contacts import cards as contact_cards
from vaguemestre.contacts.cards import Card, CardLine, card_of
from vaguemestre.contacts.collected_addresses import collect_addresses
from vaguemestre.contacts.models import Collected, Contact, Group, Undoable, Upload
from vaguemestre.mailbox.messages import Address
from vaguemestre.testing import Cast

NOW = timezone.now()
ANNE = Card(
    given="Anne", family="Auteur", organisation="Librairie",
    addresses=(CardLine("anne@librairie.example", "work", ";X-A=1"),),
    numbers=(CardLine("06 12", "cell"),), groups=("4e B",), extra=("BDAY:1980-05-12", "X-SECRET:a"),
)  # fmt: skip


class Browser:
    """Somebody signed in, at the address book."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, name: str, *args: Any, query: str = "") -> HttpResponse:
        return typing.cast(HttpResponse, self.client.get(reverse(f"contacts:{name}", args=args) + query))

    def post(self, name: str, *args: Any, **fields: Any) -> HttpResponse:
        return typing.cast(HttpResponse, self.client.post(reverse(f"contacts:{name}", args=args), fields))

    def undo(self) -> HttpResponse:
        """The word that the sentence about the last act carries."""
        return self.post("undo", fait=Undoable.objects.latest("done_at").key)


def words(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def teacher(cast: Cast) -> Browser:
    client = Client()
    sign_in(client, cast.teacher)
    return Browser(client)


@pytest.fixture
def head(cast: Cast) -> Browser:
    client = Client()
    sign_in(client, cast.head)
    return Browser(client)


@pytest.fixture
def anne(cast: Cast) -> Contact:
    return contact_cards.add_contact(cast.teacher, ANNE, now=NOW)


FORM = {
    "prenom": "Anne", "nom": "Auteur", "organisation": "Librairie", "fonction": "", "note": "", "affiche": "",
    "adresse": ["anne@librairie.example", ""], "adresse_genre": ["work", ""],
    "numero": ["06 12", ""], "numero_genre": ["cell", ""], "groupe": ["4e B"],
}  # fmt: skip


def test_an_empty_book_says_what_to_do(teacher: Browser) -> None:
    for name in ("book", "collected", "duplicates", "import", "export", "new", "group-new"):
        assert teacher.get(name).status_code == 200
    assert reverse("contacts:import") in words(teacher.get("book"))


def test_a_card_made_shown_and_found(teacher: Browser, cast: Cast) -> None:
    answer = teacher.post("new", **{**FORM, "adresse": ["Anne@Librairie.EXAMPLE", "anne@bücher.example"]})
    contact = Contact.objects.get(account=cast.teacher)
    assert answer.headers["Location"] == reverse("contacts:card", args=[contact.pk])
    assert [one.address for one in contact.addresses.all()] == ["anne@librairie.example", "anne@xn--bcher-kva.example"]
    shown = words(teacher.get("card", contact.pk))
    assert "Anne Auteur" in shown
    assert "tel:0612" in shown
    assert "Anne Auteur" in words(teacher.get("book", query="?q=AUTEUR+librai"))
    assert "Anne Auteur" not in words(teacher.get("book", query="?q=autrement"))


def test_a_mistake_is_said_and_what_was_typed_stays(teacher: Browser) -> None:
    answer = teacher.post("new", **{**FORM, "adresse": ["anne chez librairie", "b@x.fr"]})
    assert answer.status_code == 422
    assert "anne chez librairie" in words(answer)
    assert "b@x.fr" in words(answer)
    assert teacher.post("new", prenom=" ").status_code == 422
    assert not Contact.objects.exists()


def test_what_a_form_does_not_show_stays_with_the_card(teacher: Browser, anne: Contact) -> None:
    teacher.post("change", anne.pk, **{**FORM, "revision": "1", "nom": "Autrice"})
    card = card_of(Contact.objects.get(pk=anne.pk))
    assert (card.family, card.extra) == ("Autrice", ANNE.extra)
    assert card.addresses == ANNE.addresses


def test_of_two_windows_the_second_is_asked(teacher: Browser, anne: Contact) -> None:
    assert teacher.post("change", anne.pk, **{**FORM, "revision": "1", "prenom": "Première"}).status_code == 302
    second = teacher.post("change", anne.pk, **{**FORM, "revision": "1", "prenom": "Seconde"})
    assert second.status_code == 422
    assert "Seconde" in words(second)
    anne.refresh_from_db()
    assert anne.given == "Première"
    assert 'name="revision" value="2"' in words(second)
    assert teacher.post("change", anne.pk, **{**FORM, "revision": "2", "prenom": "Seconde"}).status_code == 302
    anne.refresh_from_db()
    assert (anne.given, anne.revision) == ("Seconde", 3)


def test_more_lines_without_a_script(teacher: Browser) -> None:
    answer = teacher.post("new", **FORM, plus="1")
    assert answer.status_code == 200
    assert words(answer).count('name="adresse"') == 4
    assert not Contact.objects.exists()


def test_deleted_and_back_under_its_own_number(teacher: Browser, anne: Contact) -> None:
    assert teacher.post("removal", choix=[anne.pk]).status_code == 302
    assert teacher.get("card", anne.pk).status_code == 404
    teacher.undo()
    assert card_of(Contact.objects.get(pk=anne.pk)) == ANNE
    assert teacher.get("card", anne.pk).status_code == 200
    assert teacher.post("undo", fait="f" * 32).status_code == 302


@pytest.mark.parametrize(
    ("name", "fields"),
    [("card", None), ("change", None), ("change", FORM), ("group-name", {"nom": "x"}), ("group-removal", {})],
)
def test_somebody_else_s_is_not_there(head: Browser, anne: Contact, name: str, fields: dict[str, Any] | None) -> None:
    mine = anne.groups.get().pk if name.startswith("group") else anne.pk
    for number in (mine, 10**9, 10**30):
        answer = head.get(name, number) if fields is None else head.post(name, number, **fields)
        assert answer.status_code == 404, number
    assert card_of(Contact.objects.get(pk=anne.pk)) == ANNE


def test_nobody_acts_on_somebody_else_s(head: Browser, cast: Cast, anne: Contact) -> None:
    group = anne.groups.get()
    contact_cards.add_contact(cast.head, Card(given="Moi"), now=NOW)
    head.post("removal", choix=[anne.pk])
    head.post("merge", accord="1", choix=[anne.pk, Contact.objects.get(given="Moi").pk])
    assert head.post("group-entry", choix=[anne.pk], groupe=group.pk).status_code == 404
    assert head.get("export-vcard", query=f"?groupe={group.pk}").status_code == 404
    assert head.get("book", query=f"?groupe={group.pk}").status_code == 404
    collect_addresses(cast.teacher, [Address("Zoé", "zoe@x.fr")], NOW)
    head.post("collected-forget", choix=[Collected.objects.get().pk])
    head.post("collected-keep", choix=[Collected.objects.get().pk])
    assert Collected.objects.count() == 1
    assert Contact.objects.count() == 2
    assert card_of(Contact.objects.get(pk=anne.pk)) == ANNE


def test_an_act_of_somebody_else_is_not_undone(teacher: Browser, head: Browser, anne: Contact) -> None:
    teacher.post("removal", choix=[anne.pk])
    head.undo()
    assert not Contact.objects.exists()


def test_nonsense_in_an_address_is_no_failure(teacher: Browser, anne: Contact) -> None:
    for query in (
        "?page=0",
        "?page=99999",
        "?page=-1",
        "?page=٣",
        "?lettre=%00",
        "?lettre=é",
        "?q=%00%25",
        "?q=" + "a" * 3000,
    ):
        assert teacher.get("book", query=query).status_code == 200
    assert teacher.get("book", query="?groupe=99999999999999999999").status_code == 200
    assert teacher.get("merge", query="?choix=x&choix=1e3&choix=٣").status_code == 302


def test_groups(teacher: Browser, anne: Contact) -> None:
    assert teacher.post("group-new", nom="  ").status_code == 422
    assert teacher.post("group-new", nom="4E b").status_code == 422  # there is "4e B"
    assert teacher.post("group-new", nom="Chorale", choix=[anne.pk]).status_code == 302
    chorale = Group.objects.get(name="Chorale")
    assert list(chorale.contacts.all()) == [anne]
    teacher.post("group-leaving", groupe=chorale.pk, choix=[anne.pk])
    assert not chorale.contacts.exists()
    teacher.undo()
    assert list(chorale.contacts.all()) == [anne]
    teacher.post("group-name", chorale.pk, nom="Chœur")
    teacher.post("group-removal", chorale.pk)
    assert not Group.objects.filter(pk=chorale.pk).exists()
    teacher.undo()
    assert list(Group.objects.get(name="Chœur").contacts.all()) == [anne]


def test_people_written_to_are_kept_or_forgotten(teacher: Browser, cast: Cast, anne: Contact) -> None:
    people = [
        Address("Zoé Ünal", "zoe@x.fr"),
        Address("", "paul.martin@x.fr"),
        Address("Anne", "anne@librairie.example"),
    ]
    collect_addresses(cast.teacher, people, NOW)
    shown = words(teacher.get("collected"))
    assert "zoe@x.fr" in shown
    assert "anne@librairie.example" not in shown  # she has a card
    teacher.post("collected-keep", choix=[Collected.objects.get(address="zoe@x.fr").pk])
    assert str(Contact.objects.get(addresses__address="zoe@x.fr")) == "Zoé Ünal"
    teacher.undo()
    assert not Contact.objects.filter(addresses__address="zoe@x.fr").exists()
    teacher.post("collected-forget", choix=[Collected.objects.get(address="zoe@x.fr").pk])
    assert not Collected.objects.filter(address="zoe@x.fr").exists()
    teacher.undo()
    assert Collected.objects.get(address="zoe@x.fr").name == "Zoé Ünal"


def test_a_sender_is_kept_from_the_reader(teacher: Browser) -> None:
    for _ in range(2):
        answer = teacher.post("addition", nom='"Auteur, Anne"', adresse="Anne@X.fr", retour="/webmail/")
        assert answer.headers["Location"] == "/webmail/"
    assert str(Contact.objects.get()) == "Auteur, Anne"
    teacher.post("addition", nom="x", adresse="rien")
    assert teacher.post("addition", nom="x", adresse="b@x.fr", retour="https://ailleurs.example/").headers[
        "Location"
    ] == reverse("contacts:book")


def test_duplicates_are_shown_merged_before_they_are(teacher: Browser, cast: Cast, anne: Contact) -> None:
    twin = contact_cards.add_contact(
        cast.teacher, Card(given="AUTEUR", family="Anne", addresses=(CardLine("a@y.fr"),)), now=NOW
    )
    assert f'value="{twin.pk}"' in words(teacher.get("duplicates"))
    assert "a@y.fr" in words(teacher.get("merge", query=f"?choix={anne.pk}&choix={twin.pk}"))
    assert Contact.objects.count() == 2
    asked = teacher.post("merge", choix=[anne.pk, twin.pk])  # the list's form
    assert "csrf" not in asked.headers["Location"]
    assert Contact.objects.count() == 2
    teacher.post("merge", choix=[anne.pk, twin.pk], accord="1", suite="doublons")
    assert Contact.objects.count() == 1
    teacher.undo()
    assert Contact.objects.count() == 2


def test_a_table_imported_through_its_pages(teacher: Browser) -> None:
    rows = "A;B;C\n<script>x</script>;Ünal;zoe@x.fr\n=1+1;Auteur;anne@x.fr\n;;faux\n"
    answer = teacher.post("import", fichier=_file("contacts.csv", rows.encode("cp1252")))
    upload = Upload.objects.get()
    assert answer.headers["Location"] == reverse("contacts:import-preview", args=[upload.key])
    assert "<script>x" not in words(teacher.get("import-preview", upload.key))
    teacher.post("import-columns", upload.key, colonne=["given", "family", "email", "note"], groupe="Reçus")
    page = words(teacher.get("import-preview", upload.key))
    assert "&lt;script&gt;x" in page
    assert not Contact.objects.exists()
    teacher.post("import-agreement", upload.key)
    assert {str(one) for one in Contact.objects.all()} == {"<script>x</script> Ünal", "=1+1 Auteur"}
    assert Group.objects.get(name="Reçus").contacts.count() == 2
    assert teacher.post("import-agreement", upload.key).status_code == 404
    teacher.undo()
    assert not Contact.objects.exists()


def test_a_vcard_given_up(teacher: Browser, head: Browser) -> None:
    teacher.post("import", fichier=_file("c.vcf", b"BEGIN:VCARD\nFN:Anne\nEND:VCARD\n"))
    upload = Upload.objects.get()
    for name in ("import-preview",):
        assert head.get(name, upload.key).status_code == 404
    for name in ("import-columns", "import-agreement", "import-giving-up"):
        assert head.post(name, upload.key).status_code == 404
    assert "Anne" in words(teacher.get("import-preview", upload.key))
    teacher.post("import-giving-up", upload.key)
    assert not Upload.objects.exists()


@pytest.mark.parametrize("data", [b"", b"\x00\xff" * 100, b"%PDF-1.7\n\x00", b'a;b\n"c'])
def test_a_file_that_is_none_is_refused_with_the_reason(teacher: Browser, data: bytes) -> None:
    assert teacher.post("import", fichier=_file("c.csv", data)).status_code in {302, 422}
    assert teacher.post("import").status_code == 422


def test_files_to_save(teacher: Browser, anne: Contact) -> None:
    for name, query, begins in (
        ("export-vcard", "", b"BEGIN:VCARD\r\nVERSION:3.0"),
        ("export-vcard", "?version=4.0", b"BEGIN:VCARD\r\nVERSION:4.0"),
        ("export-table", f"?groupe={anne.groups.get().pk}", b"\xef\xbb\xbf"),
    ):
        answer = teacher.get(name, query=query)
        assert b"".join(cast_stream(answer)).startswith(begins)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "no-store" in answer.headers["Cache-Control"]


def test_ten_thousand_contacts_in_as_many_queries_as_two(teacher: Browser, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert teacher.get("card", first.pk, query="?q=auteur&page=2").status_code == 200
        return len(counted)

    first, _second = contact_cards.add_contacts(
        cast.teacher, [Card(given="Anne", family="Auteur", groups=("G",))] * 2, now=NOW
    )
    few = queries()
    cards = [
        Card(given="Anne", family=f"Auteur {n}", addresses=(CardLine(f"a{n}@x.fr"),), groups=(f"G{n % 150}",))
        for n in range(9_998)
    ]
    contact_cards.add_contacts(cast.teacher, cards, now=NOW)
    assert queries() == few <= 14


def _file(name: str, data: bytes) -> Any:
    return SimpleUploadedFile(name, data)


def cast_stream(answer: HttpResponse) -> Iterator[bytes]:
    return typing.cast(Iterator[bytes], answer.streaming_content)  # type: ignore[attr-defined]

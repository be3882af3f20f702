"""A file taken whole or not at all, and nobody twice."""

import pytest
from django.utils import timezone

from vaguemestre.accounts.models import Account
from vaguemestre.contacts import cards as contact_cards, file_import, tables, undo, vcards
from vaguemestre.contacts.cards import BookFullError, Card, CardLine, card_of
from vaguemestre.contacts.file_import import ImportPlan, UploadGoneError, import_upload, plan_import, receive_file
from vaguemestre.contacts.import_report import FileRefusedError
from vaguemestre.contacts.models import Contact, ContactAddress, Group, Undoable, Upload
from vaguemestre.testing import Cast

NOW = timezone.now()


def table(*rows: str) -> bytes:
    return "\r\n".join(["Prénom;Nom;Mail;Portable;Groupes", *rows, ""]).encode()


def planned(account: Account, data: bytes) -> ImportPlan:
    return plan_import(receive_file(account, "contacts.csv", data, now=NOW))


def counts(made: ImportPlan) -> tuple[int, int, int, int]:
    return len(made.new), len(made.completed), made.same, len(made.report.refused)


def test_new_completed_same_and_refused(cast: Cast) -> None:
    contact_cards.add_contact(
        cast.teacher, Card(given="Anne", family="Auteur", addresses=(CardLine("anne@x.fr"),)), now=NOW
    )
    contact_cards.add_contact(
        cast.teacher, Card(given="Paul", family="Martin", addresses=(CardLine("paul@x.fr"),)), now=NOW
    )
    data = table("AUTEUR;Anne;ANNE@x.fr;06;4e B", "Paul;Martin;paul@x.fr;;", "Zoé;Ünal;zoe@x.fr;;", ";;faux;;")
    upload = receive_file(cast.teacher, "contacts.csv", data, now=NOW)
    assert counts(plan_import(upload)) == (1, 1, 1, 1)
    assert Contact.objects.count() == 2
    done = import_upload(upload, now=NOW)
    assert (done.new, done.completed) == (1, 1)
    anne = Contact.objects.get(given="Anne")
    assert [one.number for one in anne.numbers.all()] == ["06"]
    assert [group.name for group in anne.groups.all()] == ["4e B"]
    assert (anne.family, anne.revision) == ("Auteur", 2)


def test_an_address_that_people_share_does_not_make_them_one(cast: Cast) -> None:
    contact_cards.add_contact(
        cast.teacher, Card(given="Anne", family="Auteur", addresses=(CardLine("ce@x.fr"),)), now=NOW
    )
    assert counts(planned(cast.teacher, table("Paul;Martin;ce@x.fr;;", "Zoé;Ünal;ce@x.fr;;"))) == (2, 0, 0, 0)
    assert counts(planned(cast.teacher, table(";;ce@x.fr;;"))) == (0, 0, 1, 0)


def test_homonyms_are_two_people(cast: Cast) -> None:
    contact_cards.add_contact(
        cast.teacher, Card(given="Jean", family="Martin", addresses=(CardLine("jean@x.fr"),)), now=NOW
    )
    made = planned(cast.teacher, table("Jean;Martin;jean.martin@y.fr;;", "Martin;Jean;;06;"))
    assert counts(made) == (1, 1, 0, 0)


def test_the_same_person_twice_in_a_file(cast: Cast) -> None:
    data = table("Anne;Auteur;anne@x.fr;;", "Anne;Auteur;anne@x.fr;06;", "Anne;Auteur;;07;")
    done = import_upload(receive_file(cast.teacher, "c.csv", data, now=NOW), now=NOW)
    assert done.new == 1
    assert [one.number for one in Contact.objects.get().numbers.all()] == ["06", "07"]


def test_one_s_own_export_comes_back_without_a_double(cast: Cast) -> None:
    cards = [
        Card(
            given="Anne", family="Auteur", addresses=(CardLine("ce@x.fr"),), numbers=(CardLine("06"),), groups=("4e B",)
        ),
        Card(given="Paul", addresses=(CardLine("ce@x.fr"),)),
        Card(display="Chorale", organisation="Mairie"),
        Card(addresses=(CardLine("seule@x.fr"),)),
    ]
    contact_cards.add_contacts(cast.teacher, cards, now=NOW)
    for data in (
        b"".join(vcards.vcard_chunks(cast.teacher)),
        b"".join(vcards.vcard_chunks(cast.teacher, vcards.V4)),
        b"".join(tables.csv_chunks(cast.teacher)),
    ):
        made = planned(cast.teacher, data)
        assert counts(made) == (0, 0, 4, 0), [slot.card for slot in (*made.new, *made.completed)]


def test_into_an_empty_book_it_is_the_same_book(cast: Cast) -> None:
    extra = ("BDAY:1980-05-12", "X-AUTRE;A=1:b")
    contact_cards.add_contact(cast.teacher, Card(given="Anne", addresses=(CardLine("a@x.fr"),), extra=extra), now=NOW)
    data = b"".join(vcards.vcard_chunks(cast.teacher))
    import_upload(receive_file(cast.head, "c.vcf", data, now=NOW), now=NOW)
    mine, theirs = Contact.objects.get(account=cast.teacher), Contact.objects.get(account=cast.head)
    assert card_of(mine) == card_of(theirs)
    assert mine.uid == theirs.uid


def test_taken_once(cast: Cast) -> None:
    upload = receive_file(cast.teacher, "c.csv", table("Anne;;a@x.fr;;"), now=NOW)
    import_upload(upload, now=NOW)
    with pytest.raises(UploadGoneError):
        import_upload(upload, now=NOW)
    assert Contact.objects.count() == 1


def test_a_book_that_is_full_takes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contact_cards, "MOST", 2)
    upload = receive_file(cast.teacher, "c.csv", table("A;;a@x.fr;;", "B;;b@x.fr;;", "C;;c@x.fr;;G"), now=NOW)
    with pytest.raises(BookFullError):
        import_upload(upload, now=NOW)
    assert not Contact.objects.exists()
    assert not Group.objects.exists()
    assert Upload.objects.exists()


def test_what_fails_half_way_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    contact_cards.add_contact(
        cast.teacher, Card(given="Anne", family="Auteur", addresses=(CardLine("a@x.fr"),)), now=NOW
    )
    upload = receive_file(cast.teacher, "c.csv", table("Anne;Auteur;a@x.fr;06;", "B;;b@x.fr;;G"), now=NOW)

    def broken(*_: object, **__: object) -> None:
        raise OSError("power")

    monkeypatch.setattr(contact_cards, "change_contacts", broken)
    with pytest.raises(OSError, match="power"):
        import_upload(upload, now=NOW)
    assert [one.given for one in Contact.objects.all()] == ["Anne"]
    assert not Undoable.objects.exists()


def test_an_import_is_undone(cast: Cast) -> None:
    anne = contact_cards.add_contact(cast.teacher, Card(given="Anne", addresses=(CardLine("a@x.fr"),)), now=NOW)
    done = import_upload(
        receive_file(cast.teacher, "c.csv", table("Anne;;a@x.fr;06;", "B;;b@x.fr;;"), now=NOW), now=NOW
    )
    assert undo.undo_act(Undoable.objects.get(key=done.word), now=NOW)
    assert list(Contact.objects.values_list("pk", flat=True)) == [anne.pk]
    assert not anne.numbers.exists()


def test_few_statements_for_ten_thousand(cast: Cast, django_assert_max_num_queries: object) -> None:
    data = table(*(f"Anne;Auteur {number};a{number}@x.fr;06;4e B" for number in range(10_000)))
    upload = receive_file(cast.teacher, "c.csv", data, now=NOW)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert len(plan_import(upload).new) == 10_000
    with django_assert_max_num_queries(120):  # type: ignore[operator]
        import_upload(upload, now=NOW)
    assert ContactAddress.objects.count() == 10_000
    again = receive_file(cast.teacher, "c.csv", data, now=NOW)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        assert plan_import(again).same == 10_000


def test_too_large_or_empty(cast: Cast) -> None:
    for data in (b"", b"  \r\n", b"x" * (file_import.LARGEST + 1)):
        with pytest.raises(FileRefusedError):
            receive_file(cast.teacher, "c.csv", data, now=NOW)
    assert not Upload.objects.exists()


def test_a_new_file_takes_the_place_of_the_former(cast: Cast) -> None:
    first = receive_file(cast.teacher, "a.csv", table("A;;a@x.fr;;"), now=NOW)
    second = receive_file(cast.teacher, "b.csv", table("B;;b@x.fr;;"), now=NOW)
    with pytest.raises(UploadGoneError):
        import_upload(first, now=NOW)
    assert import_upload(second, now=NOW).new == 1

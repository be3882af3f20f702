"""Names of people whom one obeys, works beside or writes to, on messages from outside; and namesakes, left in peace."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.academy.facts import Directory, academy
from vaguemestre.accounts.models import Account
from vaguemestre.contacts.models import Collected, Contact, ContactAddress
from vaguemestre.mailbox.messages import Address
from vaguemestre.people.models import Person
from vaguemestre.testing import Cast, letter, make_account, make_person, make_school
from vaguemestre.webmail.people import homonyms
from vaguemestre.webmail.testing.browser import MailBrowser
from vaguemestre.webmail.testing.trust import notices, read
from vaguemestre.webmail.trust import display_names
from vaguemestre.webmail.trust.display_names import SpoofedName, name_readings

OUTSIDE = "direction@gmail.com"


def borrowed(name: str, reader: Account, address: str = OUTSIDE) -> SpoofedName | None:
    return display_names.find_spoofed_name(Address(name, address), reader, timezone.localdate())


def of(name: str, reader: Account, address: str = OUTSIDE) -> str:
    found = borrowed(name, reader, address)
    return found.name if found else ""


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("Nadia Benhamou", [["nadia", "benhamou"]]),
        ("Mme Nadia BENHAMOU", [["nadia", "benhamou"]]),
        ("Madame la Principale Nadia Benhamou", [["nadia", "benhamou"]]),
        ("BENHAMOU Nadia, principale du collège", [["benhamou", "nadia"],
                                                  ["benhamou", "nadia", "principale", "du", "college"]]),
        ("BENHAMOU, Nadia", [["benhamou", "nadia"]]),
        ("Nadia Benhamou (via Partage)", [["nadia", "benhamou"], ["nadia", "benhamou", "via", "partage"]]),
        ("Yann Le Goff", [["yann", "le", "goff"]]),
        ("Niсоle Dubоis", [["nisole", "dubois"], ["nicole", "dubois"]]),  # Cyrillic letters among ours
        ("M. Durand", []), ("Nadia", []), ("", []), ("a b c d e f g", []),
    ],
)  # fmt: skip
def test_what_may_be_a_name(said: str, read_as: list[list[str]]) -> None:
    assert name_readings(said) == read_as


@pytest.mark.parametrize(
    "name",
    ["Nadia Benhamou", "BENHAMOU Nadia", "nadia  benhamou", "Nàdia BENHAMOÛ", "Mme Nadia Benhamou",
     "Nadia BENHAMOU - Principale", "Benhamou, Nadia"],
)  # fmt: skip
def test_a_colleague_of_the_same_school(cast: Cast, name: str) -> None:
    assert of(name, cast.teacher) == "Nadia Benhamou"


def test_a_colleague_whose_address_has_a_number(cast: Cast) -> None:
    elsewhere = make_school("0021111B", department="02")
    make_account(make_person("Océane", "Duponchel", school=elsewhere))
    beside = make_account(make_person("Océane", "Duponchel"))
    assert beside.local_part.endswith("2")
    assert of("Océane Duponchel", cast.teacher) == "Océane Duponchel"


def test_those_who_work_elsewhere_and_oneself_are_nobody(cast: Cast) -> None:
    assert of("Karim Belkacem", cast.teacher) == ""  # teaches in another department
    assert of("Mathilde Lefèvre", cast.teacher) == ""  # writes to herself from home
    assert of("Nadia", cast.teacher) == ""
    assert of("Nadia Benhamou " * 4, cast.teacher) == ""


def somebody(first: str, last: str, category: str, function: str, *, uai: str, kind: str) -> Person:
    school = make_school(uai, kind=kind, department="60")
    return make_person(first, last, category=category, function=function, school=school)


@pytest.mark.parametrize(
    ("category", "function", "kind"),
    [
        ("IEN", "INS", "circonscription"), ("CHEF", "DIR", "lycee"), ("ADJ", "ADJ", "college"),
        ("DIRECOLE", "DIR", "primaire"), ("ADMD", "ADM", "dsden"), ("ADMR", "GEST", "rectorat"),
    ],
)  # fmt: skip
def test_whom_others_obey_wherever_they_are(cast: Cast, category: str, function: str, kind: str) -> None:
    person = somebody("Solange", "Vasseur", category, function, uai="0609001Z", kind=kind)
    make_account(person)
    said = of("M. VASSEUR Solange", cast.teacher)
    assert said.startswith("Solange Vasseur, ")
    assert person.postings.get().school.name in said


def test_a_name_of_two_of_ours_is_a_common_one(cast: Cast) -> None:
    head = make_account(somebody("Marie", "Martin", "CHEF", "DIR", uai="0609002A", kind="lycee"))
    assert of("Marie Martin", cast.teacher).startswith("Marie Martin, ")
    other = make_account(make_person("Marie", "Martin", school=make_school("0021111B", department="02")))
    assert {head.local_part, other.local_part} == {"marie.martin", "marie.martin2"}
    assert of("Marie Martin", cast.teacher) == ""


def test_nor_somebody_who_has_gone_or_is_hidden(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    person = somebody("Solange", "Vasseur", "IEN", "INS", uai="0609001Z", kind="circonscription")
    account = make_account(person)
    assert of("Solange Vasseur", cast.teacher)
    hidden = academy().model_copy(update={"directory": Directory(hidden_people=[account.identifier])})
    with monkeypatch.context() as patch:
        patch.setattr(homonyms, "academy", lambda: hidden)
        assert of("Solange Vasseur", cast.teacher) == ""
    Person.objects.filter(pk=person.pk).update(present=False)
    assert of("Solange Vasseur", cast.teacher) == ""


def write_to(reader: Account, name: str, address: str, times: int) -> None:
    Collected.objects.create(account=reader, name=name, address=address, times=times, last_at=timezone.now())


def test_whom_one_usually_writes_to_at_another_address(cast: Cast) -> None:
    write_to(cast.teacher, "DURAND Paul", "p.durand@mairie.example", display_names.USUAL)
    found = borrowed("Paul Durand", cast.teacher)
    assert found == SpoofedName("DURAND Paul", "p.durand@mairie.example")
    assert borrowed("Paul Durand", cast.head) is None  # who does not write to him
    assert borrowed("Paul Durand", cast.teacher, "p.durand@mairie.example") is None
    assert borrowed("Paul Durand", cast.teacher, "mairie@mairie.example") is None  # of the same house
    assert borrowed("Paul Durand-Petit", cast.teacher) is None


def test_people_written_to_once_or_at_both_addresses_are_left_in_peace(cast: Cast) -> None:
    write_to(cast.teacher, "Paul Durand", "paul@laposte.net", display_names.USUAL - 1)
    assert borrowed("Paul Durand", cast.teacher) is None
    write_to(cast.teacher, "Paul Durand", "paul.durand@gmail.com", display_names.USUAL)
    assert borrowed("Paul Durand", cast.teacher, "paul.d@gmail.com") is not None  # everybody has an address there
    write_to(cast.teacher, "Paul Durand", "paul.d@gmail.com", display_names.USUAL)
    assert borrowed("Paul Durand", cast.teacher, "paul.d@gmail.com") is None


def test_an_address_that_one_writes_to_under_another_name_or_none_is_known(cast: Cast) -> None:
    write_to(cast.teacher, "Paul Durand", "paul.durand@gmail.com", display_names.USUAL)
    for name, address in (("", "p.durand@orange.example"), ("Popaul", "popaul@free.example")):
        assert borrowed("Paul Durand", cast.teacher, address) is not None
        write_to(cast.teacher, name, address, display_names.USUAL)
        assert borrowed("Paul Durand", cast.teacher, address) is None


def test_a_service_is_nobody_s_name(cast: Cast) -> None:
    write_to(cast.teacher, "Service client", "client@edf.example", 9)
    assert borrowed("Service Client", cast.teacher, "client@engie.example") is None


def test_an_address_among_the_contacts_is_known(cast: Cast) -> None:
    card = Contact.objects.create(account=cast.teacher, uid="1", display="Nadia", changed_at=timezone.now())
    ContactAddress.objects.create(contact=card, address=OUTSIDE)
    assert borrowed("Nadia Benhamou", cast.teacher) is None
    assert borrowed("Nadia Benhamou", cast.teacher, "autre@gmail.com") is not None


def test_to_have_answered_does_not_make_it_known(cast: Cast) -> None:
    """The second message of a trap is the one that asks for something."""
    write_to(cast.teacher, "Nadia Benhamou", OUTSIDE, 9)
    assert of("Nadia Benhamou", cast.teacher) == "Nadia Benhamou"


def test_it_costs_one_query_however_many_there_are(cast: Cast) -> None:
    for number in range(30):
        write_to(cast.teacher, f"Paul Durand{number}", f"p{number}@mairie.example", 9)
    for name, count in [("", 0), ("Nadia", 0), ("Anne-Cécile de la Tour", 1), ("Personne Ici, du tout", 1)]:
        with CaptureQueriesContext(connection) as queries:
            assert borrowed(name, cast.teacher) is None
        assert len(queries) == count, name


def test_the_notice(desk: MailBrowser) -> None:
    make_account(somebody("Solange", "Vasseur", "IEN", "INS", uai="0609001Z", kind="circonscription"))
    html = read(desk, letter("x", sender="Mme VASSEUR Solange <s.vasseur@gmail.example>"))
    assert notices(html) == ["warn"]
    assert "porte le nom « Solange Vasseur, inspectrice" in html
    write_to(desk.mail.account, "Paul Durand", "p.durand@mairie.example", display_names.USUAL)
    html = read(desk, letter("x", sender="Paul Durand <paul@gmail.example>"))
    assert notices(html) == ["warn"]
    assert "Vous écrivez à Paul Durand à l’adresse p.durand@mairie.example." in html
    assert "autre adresse\N{NO-BREAK SPACE}: paul@gmail.example" in html

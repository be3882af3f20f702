"""The pages: what they show, how they continue, what they cost."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from vaguemestre.directory import index
from vaguemestre.directory.models import Entry, Establishment
from vaguemestre.directory.paging import A_PAGE
from vaguemestre.directory.testing.places import Hire, Places
from vaguemestre.people.models import Posting
from vaguemestre.testing import Cast, make_account, make_person, make_school, without_noise


def test_a_person_s_page(visitor: Client, cast: Cast) -> None:
    person = cast.head.person
    person.numen_lookup, person.numen_cipher = "secretlookup", "secretcipher"
    person.birth_date = date(1964, 7, 23)
    person.save()
    text = visitor.get(reverse("directory:person", args=[cast.head.local_part])).content.decode()
    for words in ("Nadia Benhamou", "Cheffe d’établissement", "Collège des Tilleuls", cast.head.address):
        assert words in text
    assert "/webmail/ecrire/?a=%22Nadia+Benhamou%22+%3Cnadia.benhamou%40ac-amiens.fr%3E" in text
    assert "/webmail/recherche/?q=de%3Anadia.benhamou%40ac-amiens.fr" in text
    assert "/webmail/recherche/?q=%C3%A0%3Anadia.benhamou%40ac-amiens.fr" in text
    for secret in ("secretlookup", "secretcipher", "1964", "23 juillet", "LILAS", cast.head.identifier + '"'):
        assert secret not in without_noise(text)


def test_one_s_own_page_says_so_and_offers_no_writing_to_oneself(visitor: Client, cast: Cast) -> None:
    text = visitor.get(reverse("directory:person", args=[cast.teacher.local_part])).content.decode()
    assert "C’est vous" in text
    assert "/webmail/ecrire/?a=" not in text


def test_an_office_has_its_telephone_a_school_has_none(visitor: Client, cast: Cast) -> None:
    desk = visitor.get(reverse("directory:person", args=[cast.help_desk.local_part])).context["card"]
    teacher = visitor.get(reverse("directory:person", args=[cast.head.local_part])).context["card"]
    assert (desk.posts[0].phone, teacher.posts[0].phone) == ("03 22 71 25 00", "")


def test_from_the_departement_to_the_person(visitor: Client, hire: Hire, places: Places) -> None:
    hire("Zoé", "Zola", school=places.school, category="PE")
    home = visitor.get(reverse("directory:home"))
    assert ("80", "Somme", 3) in home.context["departments"]
    department = visitor.get(reverse("directory:department", args=["80"]))
    assert department.context["found"].rows[0].school.city == "Abbeville"
    only = visitor.get(reverse("directory:department", args=["80"]), {"genre": "college"})
    assert [place.pk for place in only.context["found"].rows] == [places.college.uai]
    place = visitor.get(reverse("directory:place", args=[places.college.uai]))
    assert [code for code, _words, _count in place.context["functions"]] == ["CERT", "CHEF"]
    heads = visitor.get(reverse("directory:place", args=[places.college.uai]), {"fonction": "CHEF"})
    assert [row.name for row in heads.context["rows"]] == ["Nadia Benhamou"]
    assert heads.context["rows"][0].place == ""  # one is there already
    function = visitor.get(reverse("directory:function", args=["CERT"]), {"departement": "02"})
    assert [row.name for row in function.context["rows"]] == ["Karim Belkacem"]


@pytest.mark.parametrize(
    "address",
    ["departements/99/", "departements/%3Cb%3E/", "etablissements/0000000X/", "fonctions/NUL/", "personnes/x/"],
)
def test_what_does_not_exist(visitor: Client, address: str) -> None:
    assert visitor.get(f"/annuaire/{address}").status_code == 404


def test_a_second_post_counts_as_well(visitor: Client, cast: Cast, places: Places, today: date) -> None:
    Posting.objects.create(
        person=cast.stranger.person, school=places.college, rank=2, function="ENS", share=20, starts=today
    )
    rows = visitor.get(reverse("directory:place", args=[places.college.uai])).context["rows"]
    assert ("Karim Belkacem", "Collège des Tilleuls") in [(row.name, row.place.split(",")[0]) for row in rows]


def test_a_long_list_goes_on(visitor: Client, hire: Hire, places: Places, today: date) -> None:
    for number in range(A_PAGE + 3):
        make_account(make_person("Zoé", f"Zola{number:03d}", school=places.elsewhere))
    index.reconcile(today=today)
    for url, query in (
        (reverse("directory:place", args=[places.elsewhere.uai]), {}),
        (reverse("directory:home"), {"q": "zola"}),
        (reverse("directory:function", args=["CERT"]), {"departement": "60"}),
    ):
        first = visitor.get(url, query).context["found"]
        assert (len(first.rows), first.before, first.number, first.pages) == (A_PAGE, "", 1, 2)
        second = visitor.get(url + first.after).context["found"]
        assert (len(second.rows), second.after) == (3, "")
        assert not {entry.pk for entry in first.rows} & {entry.pk for entry in second.rows}
        assert visitor.get(url, {**query, "page": "9999"}).context["found"].number == 2
        assert visitor.get(url, {**query, "page": "x"}).context["found"].number == 1


PAGES = {
    # The session's one query; then what the page asks.
    "home": ("/annuaire/", 3),
    "search": ("/annuaire/?q=zola", 4),
    "department": ("/annuaire/departements/60/", 4),
    "place": ("/annuaire/etablissements/0602222C/", 6),  # one for its mailbox
    "function": ("/annuaire/fonctions/CERT/", 3),
    "person": ("/annuaire/personnes/nadia.benhamou/", 4),
}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_costs_whatever_its_size(
    visitor: Client, hire: Hire, places: Places, today: date, page: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    address, queries = PAGES[page]
    hire("Zoé", "Zola", school=places.elsewhere)
    visitor.get(address)
    with django_assert_num_queries(queries):
        visitor.get(address)
    for number in range(20):
        school = make_school(f"06099{number:02d}A", department="60")
        make_account(make_person("Zoé", f"Zola{number}", school=school))
        make_account(make_person("Zoé", f"Zolad{number}", school=places.elsewhere))
    index.reconcile(today=today)
    with django_assert_num_queries(queries):
        visitor.get(address)


def test_an_académie_before_its_first_feed(client: Client, cast: Cast, visitor: Client) -> None:
    Entry.objects.all().delete()
    Establishment.objects.all().delete()
    assert "Revenez dans un instant" in visitor.get("/annuaire/").content.decode()
    assert "Rien trouvé" in visitor.get("/annuaire/", {"q": "zola"}).content.decode()


def test_two_who_would_read_the_same_show_their_addresses(visitor: Client, hire: Hire, cast: Cast) -> None:
    same = hire("Jean", "Martin"), hire("Jean", "Martin")
    page = visitor.get("/annuaire/", {"q": "jean martin"}).content.decode()
    for account in same:
        assert f", {account.address}</p>" in page
    assert f", {cast.teacher.address}</p>" not in page

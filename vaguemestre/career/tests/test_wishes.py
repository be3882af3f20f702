"""The ordered list of a transfer: which places enter it, in which order, how many."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from vaguemestre.career.models import Kind, ServiceRequest
from vaguemestre.career.requests import wishes
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.career.tests.requesting import address, begin, bring, fill, make_campaign, send
from vaguemestre.people.models import School
from vaguemestre.people.uai import check_letter
from vaguemestre.testing import wrong_fields


def school(number: int, name: str, city: str = "Corbie", kind: str = "college") -> School:
    digits = f"080{number:04}"
    return School.objects.create(
        uai=f"{digits}{check_letter(digits)}", name=name, kind=kind, city=city, department="80"
    )


@pytest.fixture
def places(db: None) -> list[School]:
    return [school(1500 + number, f"Collège {number}") for number in range(4)]


@pytest.fixture
def browser(office: Office, enter: Enter) -> Client:
    return enter(office.teacher)


@pytest.fixture
def draft(browser: Client) -> ServiceRequest:
    one = begin(browser, Kind.TRANSFER, make_campaign(most_wishes=3))
    fill(browser, one)
    return one


def add(browser: Client, one: ServiceRequest, uai: str) -> str:
    """What the page refused."""
    answer = browser.post(address("request-wishes", one), {"uai": uai})
    return answer.context["refused"] if answer.status_code == 422 else ""


def order(one: ServiceRequest) -> list[str]:
    found = wishes.load_wishes(one)
    assert [wish.rank for wish in found] == list(range(1, len(found) + 1))
    return [wish.school_id or "" for wish in found]


def test_wishes_are_added_moved_removed_and_sent(
    browser: Client, draft: ServiceRequest, places: list[School], office: Office, enter: Enter
) -> None:
    first, second, third = (place.uai for place in places[:3])
    assert send(browser, draft).status_code == 422, "without a wish"
    assert [add(browser, draft, uai) for uai in (first, f" {second.lower()} ", third)] == ["", "", ""]
    browser.post(address("request-wish-order", draft), {"monter": "3"})
    assert order(draft) == [first, third, second]
    browser.post(address("request-wish-order", draft), {"descendre": "1"})
    assert order(draft) == [third, first, second]
    for beyond in ({"monter": "1"}, {"descendre": "3"}, {"monter": "99"}, {"descendre": "x"}, {}):
        assert browser.post(address("request-wish-order", draft), beyond).status_code == 302
    assert order(draft) == [third, first, second]
    browser.post(address("request-wish-removal", draft), {"retirer": "2"})
    assert order(draft) == [third, second]
    assert send(browser, draft).status_code == 302
    page = enter(office.somme).get(address("desk-request", draft))
    assert [wish.detail[-8:] for wish in page.context["wishes"]] == [third, second]
    # Once it is sent, the list is what was sent.
    for name, said in (
        ("request-wishes", {"uai": first}), ("request-wish-order", {"monter": "2"}),
        ("request-wish-removal", {"retirer": "1"}),
    ):  # fmt: skip
        assert browser.post(address(name, draft), said).status_code == 409
    assert order(draft) == [third, second]


def test_what_is_no_wish_is_said_and_not_added(browser: Client, draft: ServiceRequest, places: list[School]) -> None:
    known = places[0].uai
    wrong = known[:-1] + ("A" if known[-1] != "A" else "B")
    unknown = "0801999" + check_letter("0801999")
    desk = school(1600, "DSDEN de la Somme", kind="dsden").uai
    assert f"{known[-1]} était attendu" in add(browser, draft, wrong)
    assert unknown in add(browser, draft, unknown)
    assert desk in add(browser, draft, desk)
    for nonsense in ("", "collège", "0801234", "<script>", "0" * 300):
        assert "sept chiffres" in add(browser, draft, nonsense)
    assert add(browser, draft, known) == ""
    assert "déjà votre vœu n°" in add(browser, draft, known)
    assert order(draft) == [known]
    for place in places[1:3]:
        add(browser, draft, place.uai)
    assert "3 vœux au plus" in add(browser, draft, places[3].uai)
    assert len(order(draft)) == 3


def test_wishes_belong_to_transfers_alone(browser: Client, places: list[School]) -> None:
    one = begin(browser)
    assert browser.post(address("request-wishes", one), {"uai": places[0].uai}).status_code == 409
    assert not one.wishes.exists()


def test_a_school_is_found_by_name_and_town_however_spelt(browser: Client, draft: ServiceRequest) -> None:
    wanted = school(1700, "École maternelle des Glycines", "Longueau", kind="maternelle")
    school(1701, "Lycée Thuillier", "Amiens", kind="lycee")

    def found(asked: str) -> list[str]:
        return [
            one.uai for one in browser.get(address("request-wishes", draft), {"lieu": asked}).context["answer"].schools
        ]

    assert found("glycines") == found("ECOLE LONGUEAU") == [wanted.uai]
    assert found("nulle part") == found("") == []


def test_questions_of_the_wishes(
    browser: Client, draft: ServiceRequest, places: list[School], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for place in places[:3]:
        add(browser, draft, place.uai)
    with django_assert_num_queries(7):
        browser.get(address("request-wishes", draft))


def test_a_page_without_javascript_has_a_button_for_each_move(
    browser: Client, draft: ServiceRequest, places: list[School]
) -> None:
    for place in places[:2]:
        add(browser, draft, place.uai)
    text = browser.get(address("request-wishes", draft)).content.decode()
    assert [text.count(f'name="{act}"') for act in ("monter", "descendre", "retirer")] == [1, 1, 2]
    assert reverse("career:request-wish-removal", args=[draft.pk]) in text


def widen(browser: Client, one: ServiceRequest, department: str = "80", city: str = "", sort: str = "") -> str:
    said = {"departement": department, "commune": city, "nature": sort}
    answer = browser.post(address("request-wishes", one), said)
    return answer.context["refused"] if answer.status_code == 422 else ""


def test_any_post_of_a_department_or_a_commune_may_be_wished(
    browser: Client, draft: ServiceRequest, places: list[School], office: Office, enter: Enter
) -> None:
    assert widen(browser, draft, city="  corbie ", sort="college") == ""
    assert widen(browser, draft) == ""
    lines = wishes.wish_lines(wishes.load_wishes(draft))
    assert [line.title for line in lines] == [
        "Tout poste de la commune\N{NO-BREAK SPACE}: Corbie", "Tout poste du département\N{NO-BREAK SPACE}: Somme",
    ]  # fmt: skip
    assert [line.detail for line in lines] == ["Somme. Collège uniquement.", "Tous les établissements."]
    bring(browser, draft, "livret")
    assert send(browser, draft).status_code == 302
    page = enter(office.rectorat).get(address("desk-request", draft))
    assert [line.rank for line in page.context["wishes"]] == [1, 2]
    table = enter(office.rectorat).get(reverse("career:desk-export"))
    assert "80/Corbie/college, 80/*/*" in b"".join(table.streaming_content).decode()  # type: ignore[attr-defined]


def test_a_wide_wish_that_is_none_is_refused_in_words(
    browser: Client, draft: ServiceRequest, places: list[School]
) -> None:
    school(1800, "DSDEN", city="Beauvais", kind="dsden")
    assert "département de l’académie" in widen(browser, draft, "75")
    assert "Doullens" in widen(browser, draft, city="Doullens")
    assert "Beauvais" in widen(browser, draft, city="Beauvais"), "an office is no school"
    assert "nature" in widen(browser, draft, sort="dsden")
    assert "Aucun établissement" in widen(browser, draft, city="Corbie", sort="lycee")
    assert widen(browser, draft, city="Corbie") == ""
    assert "déjà votre vœu n°" in widen(browser, draft, city="CORBIE")
    assert len(wishes.load_wishes(draft)) == 1
    for typed, names in (
        ({"departement": "75"}, {"departement"}), ({"departement": "80", "commune": "Doullens"}, {"commune"}),
        ({"departement": "80", "nature": "x"}, {"nature"}), ({"uai": "x"}, {"uai"}),
        ({"departement": "80", "commune": "Corbie", "nature": "lycee"}, {"departement", "commune", "nature"}),
    ):  # fmt: skip
        answer = browser.post(address("request-wishes", draft), typed)
        told = wrong_fields(answer.content.decode())
        assert {*told} == names
        assert all(answer.context["refused"] in words for words in told.values())
    add(browser, draft, places[0].uai)
    add(browser, draft, places[1].uai)
    assert "3 vœux au plus" in widen(browser, draft)


def test_what_a_wider_wish_before_it_holds_is_said(
    browser: Client, draft: ServiceRequest, places: list[School]
) -> None:
    lycee = school(1801, "Lycée Thuillier", "Corbie", kind="lycee")
    widen(browser, draft, city="Corbie", sort="college")
    add(browser, draft, places[0].uai)
    add(browser, draft, lycee.uai)
    assert [line.within for line in wishes.wish_lines(wishes.load_wishes(draft))] == [0, 1, 0]
    page = browser.get(address("request-wishes", draft)).content.decode()
    assert page.count("said-warn") == 1
    # After the schools that it holds, a wide one is what people do.
    browser.post(address("request-wish-order", draft), {"voeu": "1", "place": "2"})
    assert [line.within for line in wishes.wish_lines(wishes.load_wishes(draft))] == [0, 0, 0]


@pytest.mark.parametrize(
    ("wider", "narrower", "holds"),
    [
        (("80",), ("80", "Corbie"), True),
        (("80",), ("60", "Noyon"), False),
        (("80", "Corbie"), ("80",), False),
        (("80", "", "college"), ("80", "Corbie", "college", "0801500A"), True),
        (("80", "", "college"), ("80", "Corbie"), False),
        (("80", "Corbie", "lycee"), ("80", "Corbie", "college", "0801500A"), False),
    ],
)
def test_which_wish_holds_which(wider: tuple[str, ...], narrower: tuple[str, ...], holds: bool) -> None:
    assert wishes.Scope(*wider).holds(wishes.Scope(*narrower)) is holds


def test_a_wish_is_let_fall_where_the_mouse_puts_it(
    browser: Client, draft: ServiceRequest, places: list[School]
) -> None:
    first, second, third = (place.uai for place in places[:3])
    for uai in (first, second, third):
        add(browser, draft, uai)
    answer = browser.post(address("request-wish-order", draft), {"voeu": "3", "place": "0"})
    assert answer.headers["Location"].endswith("#voeu-1")
    assert order(draft) == [third, first, second]
    for beyond in ({"voeu": "9", "place": "0"}, {"voeu": "x", "place": "x"}, {"voeu": "1", "place": "999"}):
        browser.post(address("request-wish-order", draft), beyond)
    assert order(draft) == [first, second, third]


def test_a_search_by_town_proposes_the_whole_commune(
    browser: Client, draft: ServiceRequest, places: list[School]
) -> None:
    def communes() -> list[str]:
        return [
            one.city
            for one in browser.get(address("request-wishes", draft), {"lieu": "corb"}).context["answer"].communes
        ]

    assert communes() == ["Corbie"]
    widen(browser, draft, city="Corbie")
    assert communes() == []


def test_a_list_that_changed_in_another_window_is_shown_and_left_alone(
    browser: Client, draft: ServiceRequest, places: list[School]
) -> None:
    for place in places[:3]:
        add(browser, draft, place.uai)
    seen = browser.get(address("request-wishes", draft)).context["mark"]
    said = {"retirer": "1", "liste": seen}
    assert browser.post(address("request-wish-removal", draft), said).status_code == 302
    again = browser.post(address("request-wish-removal", draft), said)
    assert again.status_code == 422
    assert "autre fenêtre" in again.context["refused"]
    for moved in ({"monter": "2"}, {"voeu": "2", "place": "0"}):
        assert browser.post(address("request-wish-order", draft), {**moved, "liste": seen}).status_code == 422
    assert order(draft) == [place.uai for place in places[1:3]]

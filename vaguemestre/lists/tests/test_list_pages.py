"""The pages of lists: who sees which, a count without a script, whose name is never there, and what is kept."""

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from vaguemestre.academy import facts
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.audit.models import Entry
from vaguemestre.lists import list_draft, preview
from vaguemestre.lists.models import SavedList
from vaguemestre.lists.purge import purge
from vaguemestre.lists.question import Question
from vaguemestre.lists.saved_lists import saved_question
from vaguemestre.lists.testing import college, one, people, posted
from vaguemestre.people.models import Person, Posting
from vaguemestre.testing import Cast, make_account, make_accounts, make_person, make_school

pytestmark = pytest.mark.django_db
NEW, SAVE = "/listes/nouvelle/", "/listes/enregistrement/"
TODAY = timezone.localdate()
type Signed = Callable[[Account], Client]


@pytest.fixture
def signed() -> Signed:
    def browser(account: Account) -> Client:
        client = Client()
        sign_in(client, account, strong=True)
        return client

    return browser


@pytest.fixture
def office() -> Account:
    return posted("GEST", "dsden", category="ADMD")


def head(number: int = 1, name: str = "Chantal") -> Account:
    return make_account(make_person(name, "Ducrocq", category="CHEF", function="DIR", school=college(number)))


def text(response: Any) -> str:
    """The page without its menus."""
    main = response.content.decode().split("<main")[1].split("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", main)).split())


def count(client: Client, url: str = NEW, **sent: str | list[str]) -> str:
    return text(client.post(url, sent))


def save(client: Client, name: str = "Tous", url: str = SAVE, **sent: str | list[str]) -> SavedList:
    assert client.post(url, {"name": name, **sent}).status_code == 302
    return SavedList.objects.get(name=name)


def test_for_those_whose_post_opens_lists_alone(cast: Cast, signed: Signed) -> None:
    saved = save(signed(cast.head), functions=["ENS"])
    for account in (cast.teacher, cast.help_desk):
        client = signed(account)
        assert "/listes/" not in client.get("/portail/").content.decode()
        for url in ("/listes/", NEW, f"/listes/{saved.pk}/"):
            assert client.get(url).status_code == 404
        for url in (NEW, SAVE, f"/listes/{saved.pk}/enregistrement/", f"/listes/{saved.pk}/suppression/"):
            assert client.post(url, {"name": "x"}).status_code == 404
    assert 'href="/listes/"' in signed(cast.head).get("/portail/").content.decode()


def test_a_category_that_leads_here_without_such_a_post_is_met_with_a_sentence(signed: Signed) -> None:
    client = signed(posted("INS", "rectorat", category="IAIPR"))
    assert "n’ouvre aucune liste" in text(client.get("/listes/"))
    assert client.get(NEW).status_code == 404


def test_a_count_needs_no_script_and_shows_what_was_chosen(office: Account, signed: Signed) -> None:
    here = college()
    make_accounts([*people(6, here), *people(5, here, category="CPE", function="CPE")])
    make_accounts(people(5, here, category="AED", function="AED"), password=None)
    client = signed(office)
    page = client.post(NEW, {"kinds": ["college", ""], "functions": ["ENS", "CPE", "AED"]})
    assert "16 personnes : 6 enseignants, 5 AED, 5 CPE ; 5 sans boîte active." in text(page).replace(
        "\xa0", " "
    ).replace("\u202f", " ")
    shown = page.content.decode()
    assert shown.count(" selected") == 4
    assert 'id="kinds-2"' in shown  # another kind may follow
    assert "16" not in count(client, kinds=["lycee"])


def test_a_post_of_one_department_or_place_counts_from_the_beginning(office: Account, signed: Signed) -> None:
    make_accounts(people(7, college()))
    assert re.search(r"\b8.personnes", text(signed(office).get(NEW)))  # the officer as well
    everybody = signed(posted("ADM", "rectorat", category="ADMR"))
    assert "Choisissez quelque chose dans la phrase" in text(everybody.get(NEW))


def test_elsewhere_nobody_is_listed_nor_written_to_and_few_are_not_counted(office: Account, signed: Signed) -> None:
    here = college()
    make_accounts([*people(6, here, last_name="Quevauvillers"), *people(1, here, category="PSYEN", function="PSY")])
    client = signed(office)
    said = count(client, functions=["ENS"])
    assert "Quevauvillers" not in said
    assert "Écrire à ces" not in said
    few = count(client, functions=["PSY"])
    assert "Moins de 5" in few
    assert few.split("Qui est dedans")[1] == count(client, functions=["SOCIAL"]).split("Qui est dedans")[1]  # one, none


def test_at_home_names_are_listed_and_written_to_up_to_fifty(signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed(head())
    accounts = make_accounts(people(3, college(), last_name="Quevauvillers"))
    make_accounts(people(1, college(2), last_name="Ailleurs"))
    page = client.post(NEW, {"functions": ["ENS"]}).content.decode()
    assert "Quevauvillers" in page
    assert "Ailleurs" not in page
    [link] = re.findall(r'href="/webmail/ecrire/\?a=([^"]*)"', page)
    assert sorted(link.split("%0A")) == sorted(one.address.replace("@", "%40") for one in accounts)
    monkeypatch.setattr(list_draft, "WRITTEN_TO", 2)
    assert "/webmail/ecrire/?a=" not in client.post(NEW, {"functions": ["ENS"]}).content.decode().split("<main")[1]


def test_is_somebody_in_it_and_why(office: Account, signed: Signed) -> None:
    here, school = college(), make_school("0801111B", kind="elementaire")
    teacher, _other = make_accounts(
        [make_person("Jean", "Martin", school=here), make_person("Jean", "Martin", category="PE", school=school)]
    )
    make_accounts([make_person("Jean", "Martin", school=college(3, "60"))])
    client = signed(office)
    said = count(client, kinds=["college"], person="martin jean")
    assert said.count("Jean Martin") == 2  # the third is of another department
    assert "Oui : collège, Somme." in said.replace("\xa0", " ")
    assert "Non : école élémentaire." in said.replace("\xa0", " ")
    assert "Non : son nom est retiré." in count(
        client, kinds=["college"], person=teacher.address, removed=[teacher.key]
    ).replace("\xa0", " ")
    assert "Oui : son nom est ajouté." in count(
        client, kinds=["lycee"], person=teacher.identifier, added=[teacher.key]
    ).replace("\xa0", " ")
    asked = Entry.objects.filter(act="staff-list.asked", actor=office.key).order_by("-id")[0]
    assert asked.details["about"] == teacher.key


def test_elsewhere_the_corps_of_one_person_is_never_shown(office: Account, signed: Signed) -> None:
    account = make_account(make_person("Jean", "Martin", school=college()))
    Person.objects.filter(account=account).update(corps="Agrégé")
    said = count(signed(office), corps=["Agrégé"], person="martin")
    assert "Non dit" in said
    assert "Oui" not in said
    assert "Oui" in count(signed(head()), corps=["Agrégé"], person="martin")


@pytest.mark.parametrize("line", ["person", "more", "fewer"])
def test_whom_the_directory_does_not_show_is_not_found_from_elsewhere(
    office: Account, signed: Signed, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden, locked, shown = make_accounts(
        [make_person("Jean", f"Martin{n}", school=college()) for n in ("a", "b", "c")]
    )
    Account.objects.filter(pk=locked.pk).update(locked_at=timezone.now())
    directory = facts.Directory(hidden_people=[hidden.identifier])
    changed = facts.academy().model_copy(update={"directory": directory})
    monkeypatch.setattr("vaguemestre.lists.candidates.academy", lambda: changed)
    said = count(signed(office), functions=["ENS"], **{line: "jean"})
    assert shown.person.full_name in said
    assert hidden.person.full_name not in said
    assert locked.person.full_name not in said


def test_a_key_from_elsewhere_names_nobody_and_is_not_kept(office: Account, signed: Signed) -> None:
    far = make_account(make_person("Zénobie", "Lointaine", school=college(1, "60")))
    client = signed(office)
    assert "Zénobie" not in count(client, functions=["ENS"], added=[far.key], removed=[far.key])
    saved = save(client, functions=["ENS"], added=[far.key])
    assert saved_question(saved).added == frozenset()


def test_places_are_found_by_name_or_number_within_the_perimeter(office: Account, signed: Signed) -> None:
    here, far = college(), college(1, "60")
    client = signed(office)
    for typed in ("tilleuls amiens", here.uai.lower()):
        said = count(client, place=typed)
        assert here.uai in said
        assert far.uai not in said
    assert f'value="{here.uai}" checked' in client.post(NEW, {"places": [here.uai]}).content.decode()


def test_a_list_belongs_to_the_post(signed: Signed) -> None:
    first, deputy, other = head(), head(name="Denis"), head(2)
    saved = save(signed(first), "Mes enseignants", functions=["ENS"])
    assert saved_question(saved) == Question(functions=one("ENS"), places=one(college().uai))
    mine = f"/listes/{saved.pk}/"
    Posting.objects.filter(person=first.person).update(ends=TODAY - timedelta(days=1))
    assert signed(Account.objects.get(pk=first.pk)).get(mine).status_code == 404
    assert signed(other).get(mine).status_code == 404
    assert signed(other).post(f"{mine}enregistrement/", {"name": "x"}).status_code == 404
    client = signed(deputy)
    assert "Mes enseignants" in text(client.get("/listes/"))
    assert save(client, "Mes CPE", f"{mine}enregistrement/", functions=["CPE"]).pk == saved.pk
    assert signed(other).post(f"{mine}suppression/").status_code == 404
    assert client.post(f"{mine}suppression/").status_code == 302
    assert not SavedList.objects.exists()
    acts = Entry.objects.filter(act__in=("staff-list.saved", "staff-list.deleted")).order_by("id")
    assert list(acts.values_list("actor", "act")) == [
        (first.key, "staff-list.saved"), (deputy.key, "staff-list.saved"), (deputy.key, "staff-list.deleted"),
    ]  # fmt: skip


def test_an_office_reads_what_is_shared_with_it_within_its_own_perimeter(office: Account, signed: Signed) -> None:
    everybody = posted("ADM", "rectorat", category="ADMR")
    make_accounts([*people(6, college()), *people(9, college(1, "60"))])
    dsden = office.person.postings.get().school.uai
    saved = save(signed(everybody), "Collèges", kinds=["college"], shared=[dsden, college().uai])
    mine = f"/listes/{saved.pk}/"
    assert list(saved.shared_with.values_list("pk", flat=True)) == [dsden]  # offices alone
    client = signed(office)
    assert "Collèges" in text(client.get("/listes/"))
    assert re.search(r"\b6.personnes", text(client.get(mine)))
    assert "Supprimer" not in text(client.get(mine))
    for act in ("enregistrement", "suppression"):
        assert client.post(f"{mine}{act}/", {"name": "Autre"}).status_code == 404
    copy = save(client, "Nos collèges", kinds=["college"])
    assert (copy.place_id, copy.post) == (dsden, SavedList.Post.OFFICE)


def test_what_cannot_be_saved_is_said_and_kept_on_the_page(signed: Signed) -> None:
    client = signed(posted("ADM", "rectorat", category="ADMR"))
    save(client, kinds=["college"])
    for sent, said in (
        ({"name": "Tous", "kinds": ["lycee"]}, "porte déjà ce nom"), ({"kinds": ["lycee"]}, "Donnez-lui un nom"),
        ({"name": "Rien"}, "la phrase est encore vide"),
    ):  # fmt: skip
        page = client.post(SAVE, sent)
        assert page.status_code == 422
        assert said in text(page)
    assert SavedList.objects.count() == 1
    assert client.post(NEW, {"kinds": ["bar"]}).status_code == 400


def test_a_purged_account_is_in_no_list_any_more(signed: Signed) -> None:
    first, second = make_accounts(people(2, college()))
    client = signed(head())
    saved = save(client, functions=["ENS"], removed=[first.key, second.key])
    purge(first.key, timezone.now())
    saved.refresh_from_db()
    assert saved_question(saved).removed == one(second.key)


def test_after_the_hour_s_questions_no_number_is_shown(
    office: Account, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_accounts(people(6, college()))
    client = signed(office)
    monkeypatch.setattr(preview, "MOST_AN_HOUR", 1)
    assert re.search(r"\b6.personnes", count(client, functions=["ENS"]))
    page = client.post(NEW, {"functions": ["ENS"], "person": "essai"})
    assert page.status_code == 429
    assert "soixante fois" in text(page)
    assert not re.search(r"\b6.personnes", text(page))
    at_home = signed(head())  # names are shown there: nothing to find out by many questions
    assert all(re.search(r"\b6.personnes", count(at_home, functions=["ENS"])) for _time in range(2))


def test_a_page_asks_as_little_for_many_as_for_few(signed: Signed) -> None:
    client = signed(head())
    counted = []
    for more in (1, 12):
        make_accounts(people(more, college()))
        with CaptureQueriesContext(connection) as asked:
            client.post(NEW, {"functions": ["ENS"], "person": "lefevre", "fewer": "lefevre"})
        counted.append(len(asked))
    assert counted[0] == counted[1] <= 20


def test_at_home_one_sees_who_has_no_mailbox_in_use_and_does_not_write_to_oneself(signed: Signed) -> None:
    me = head()
    make_accounts(people(2, college()), password=None)
    client = signed(me)
    page = client.post(NEW)
    assert text(page).count("Sans boîte active") == 2
    [link] = re.findall(r'href="/webmail/ecrire/\?a=([^"]*)"', page.content.decode())
    assert len(link.split("%0A")) == 2
    assert me.address.replace("@", "%40") not in link

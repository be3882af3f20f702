"""The pages: who sees which, a circular from the first line to the archive, files, counts that point at no person."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from vaguemestre.academy import facts
from vaguemestre.accounts.models import Account
from vaguemestre.accounts.testing import sign_in
from vaguemestre.circulars import archive, drafts, purge, read_state
from vaguemestre.circulars.models import Circular, Delivery, Dispatch
from vaguemestre.circulars.recipients import concerns, perimeter_as_data, perimeter_from_data
from vaguemestre.circulars.testing import TEACHERS, approved, draft, officer, second_person, submitted, teachers
from vaguemestre.handouts import retention
from vaguemestre.handouts.sealed_files import is_whole
from vaguemestre.lists.members import people_found
from vaguemestre.lists.perimeter import Perimeter
from vaguemestre.lists.question import Question
from vaguemestre.lists.testing import college, people
from vaguemestre.people.models import Person
from vaguemestre.testing import make_account

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
type Signed = Callable[[Account], Client]


@pytest.fixture
def signed() -> Signed:
    def browser(account: Account) -> Client:
        client = Client()
        sign_in(client, account, strong=True)
        return client

    return browser


@pytest.fixture(autouse=True)
def sealed_folder(settings: Settings, tmp_path: object) -> None:
    settings.MAIL = {**site.MAIL, "handouts": tmp_path}


def sent(author: Account, approver: Account) -> Circular:
    """As it is once Postfix has delivered it."""
    circular = approved(author, approver)
    circular.mailings.update(state=Dispatch.State.SENT)
    Delivery.objects.update(state=Delivery.State.DELIVERED)
    return circular


def test_from_the_first_word_to_the_archive(signed: Signed) -> None:
    readers, author, approver = teachers(3), officer(), second_person()
    desk = signed(author)
    answer = desk.post("/circulaires/nouvelle/", {"functions": ["ENS"], "name": "Les professeurs"})
    page = answer["Location"]
    pdf = SimpleUploadedFile("ordre du jour.pdf", b"%PDF-1.7 test")
    words = {"subject": "Réunion déplacée", "text": "À jeudi.\n\nhttps://intranet.example/", "approver": approver.key}
    answer = desk.post(page, {**words, "act": "ask", "files": pdf})
    circular = Circular.objects.get()
    assert answer["Location"] == f"/circulaires/{circular.key}/suivi/"
    second = signed(approver)
    assert f"/circulaires/{circular.key}/accord/" in second.get("/portail/").content.decode()
    shown = second.get(f"/circulaires/{circular.key}/accord/").content.decode()
    for expected in ("Réunion déplacée", "À jeudi.", "ordre du jour.pdf", "3 personnes", "intranet.example"):
        assert expected in " ".join(shown.split()), shown.partition("<main")[2]
    second.post(f"/circulaires/{circular.key}/accord/", {"act": "approve", "digest": circular.digest})
    circular.refresh_from_db()
    assert circular.state == Circular.State.APPROVED
    Delivery.objects.update(state=Delivery.State.DELIVERED)
    reader = signed(readers[0])
    assert "pas encore vue" in reader.get("/circulaires/").content.decode()
    assert "1 à lire" in reader.get("/circulaires/tuile/").content.decode().replace("\xa0", " ")
    assert "À jeudi." in reader.get(f"/circulaires/{circular.key}/").content.decode()
    assert "pas encore vue" not in reader.get("/circulaires/").content.decode()
    assert Delivery.objects.get(account=readers[0]).seen_at is not None


def test_files_open_to_those_concerned_alone_and_are_kept_once(signed: Signed, tmp_path: object) -> None:
    readers, author, approver = teachers(3), officer(), second_person()
    circular = draft(author)
    drafts.add_files(circular, [SimpleUploadedFile("note.pdf", b"x" * 3_000_000)])
    [file] = circular.files.all()
    assert is_whole(file.sealed)
    assert len(list(tmp_path.iterdir())) == 1  # type: ignore[attr-defined]
    url = f"/circulaires/{circular.key}/fichiers/{file.pk}/"
    assert signed(readers[0]).get(url).status_code == 404
    assert signed(approver).get(url).status_code == 404
    assert "X-Accel-Redirect" in signed(author).get(url).headers
    Circular.objects.filter(pk=circular.pk).update(
        state="approved", approver=approver.key, digest="x", approved_at=timezone.now()
    )
    mailing = Dispatch.objects.create(
        circular=circular, message_token="x", started_at=timezone.now(), state=Dispatch.State.SENT
    )
    Delivery.objects.create(mailing=mailing, account=readers[0], state=Delivery.State.DELIVERED)
    assert "X-Accel-Redirect" in signed(readers[0]).get(url).headers
    stranger = make_account(people(1, college(9, "02"))[0])
    assert signed(stranger).get(url).status_code == 404
    retention._sweep_strangers(timezone.now() + timedelta(days=2))
    assert is_whole(file.sealed)


def test_what_is_not_theirs_is_not_found(signed: Signed) -> None:
    [reader] = teachers(1)
    circular = submitted(officer(), second_person())
    base = f"/circulaires/{circular.key}/"
    client = signed(reader)
    for page in ("", "redaction/", "accord/", "suivi/", "suivi/etat/"):
        assert client.get(base + page).status_code == 404, page
    for act in ("redaction/", "accord/", "arret/", "reprise/", "rappel/", "suppression/"):
        assert client.post(base + act, {"act": "approve", "digest": circular.digest}).status_code == 404, act
    for page in ("/circulaires/envois/", "/circulaires/nouvelle/"):
        assert client.get(page).status_code == 404
    circular.refresh_from_db()
    assert circular.state == Circular.State.ASKED


def test_where_lists_are_off_none_of_it_exists(
    signed: Signed, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DEMO = False
    off = facts.academy().model_copy(update={"lists": facts.Lists(enabled=False)})
    monkeypatch.setattr("vaguemestre.lists.switch.academy", lambda: off)
    client = signed(officer())
    for page in ("", "tuile/", "envois/", "nouvelle/"):
        assert client.get(f"/circulaires/{page}").status_code == 404
    assert "/circulaires/" not in client.get("/portail/").content.decode()


def test_handed_back_only_with_a_sentence(signed: Signed) -> None:
    teachers(1)
    author, approver = officer(), second_person()
    circular = submitted(author, approver)
    client, page = signed(approver), f"/circulaires/{circular.key}/accord/"
    assert client.post(page, {"act": "return", "remark": " "}).status_code == 422
    assert client.post(page, {"act": "return", "remark": "La date manque."}).status_code == 302
    assert "La date manque." in signed(author).get(f"/circulaires/{circular.key}/redaction/").content.decode()


def test_who_comes_later_finds_what_concerns_the_post(signed: Signed) -> None:
    teachers(2)
    circular = sent(officer(), second_person())
    [later] = teachers(1)
    lines, _more = archive.archive_lines(later, TODAY)
    assert [(one.circular.key, one.for_me) for one in lines] == [(circular.key, False)]
    elsewhere = make_account(people(1, college(9, "02"))[0])
    assert archive.archive_lines(elsewhere, TODAY) == ([], False)
    assert signed(elsewhere).get(f"/circulaires/{circular.key}/").status_code == 404


def test_the_archive_is_searched_by_word_year_and_sender() -> None:
    [reader] = teachers(1)
    circular = sent(officer(), second_person())
    year = circular.approved_at.year if circular.approved_at else 0

    def found(**asked: object) -> int:
        return len(archive.archive_lines(reader, TODAY, **asked)[0])  # type: ignore[arg-type]

    Circular.objects.update(search_text=archive.searched_text(circular))
    assert (found(typed="reunion"), found(typed="Réunion jeudi"), found(typed="concours")) == (1, 1, 0)
    assert (found(year=year), found(year=year - 1)) == (1, 0)
    assert (found(sender=circular.place_id), found(sender="0000000Z")) == (1, 0)
    assert archive.archive_years(reader, TODAY)[0] == [year]


def test_the_archive_takes_as_many_queries_for_many_circulars(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    [reader], author, approver = teachers(1), officer(), second_person()
    for _one in range(12):
        sent(author, approver)
    account = Account.objects.select_related("person").get(pk=reader.pk)
    with django_assert_max_num_queries(9):
        assert len(archive.archive_lines(account, TODAY)[0]) == 12


def test_one_person_is_concerned_as_the_list_finds_them() -> None:
    people(2, college(1)), people(2, college(2, "60"), function="DIR", category="CHEF")
    make_account(people(1, college(3))[0])
    for person in Person.objects.all():
        if not hasattr(person, "account"):
            make_account(person)
    perimeters = [Perimeter(everybody=True), Perimeter(departments=frozenset({"80"})), Perimeter()]
    questions = [
        TEACHERS, Question(kinds=frozenset({"college"})), Question(degrees=frozenset({"1"})), Question(),
        Question(departments=frozenset({"60"})), Question(places=frozenset({college(1).uai})),
    ]  # fmt: skip
    for perimeter in perimeters:
        assert perimeter_from_data(perimeter_as_data(perimeter)) == perimeter
        for question in questions:
            found = set(people_found(question, perimeter, TODAY).values_list("pk", flat=True))
            alone = {one.pk for one in Person.objects.all() if concerns(one, question, perimeter, TODAY)}
            assert alone == found, (question, perimeter)


@pytest.mark.parametrize(("readers", "seen", "shown"), [
    (10, 8, (None, None)), (20, 10, (10, 10)), (20, 18, (18, 2)), (20, 20, (20, 0)),
])  # fmt: skip
def test_seen_is_a_count_from_twenty_on(readers: int, seen: int, shown: tuple[int | None, int | None]) -> None:
    teachers(readers)
    circular = sent(officer(), second_person())
    first = circular.mailings.get()
    some = first.deliveries.order_by("pk").values_list("pk", flat=True)[:seen]
    Delivery.objects.filter(pk__in=list(some)).update(seen_at=timezone.now())
    figures = read_state.figures_of(first)
    assert (figures.seen, figures.unseen) == shown
    assert read_state.may_remind(first, figures) == (shown[1] is not None and shown[1] >= 5)


def test_small_counts_are_words_and_nobody_is_named(signed: Signed) -> None:
    readers, author = teachers(20), officer()
    circular = sent(author, second_person())
    Delivery.objects.filter(account__in=readers[:17]).update(seen_at=timezone.now())
    shown = signed(author).get(f"/circulaires/{circular.key}/suivi/").content.decode()
    assert "sauf moins de 5" in shown
    assert "/rappel/" not in shown
    for reader in readers:
        assert reader.display_name not in shown.partition("<main")[2]
        assert reader.address not in shown


def test_to_so_few_that_a_count_would_point_at_somebody_no_number_is_shown(signed: Signed) -> None:
    teachers(3)
    author = officer()
    circular = sent(author, second_person())
    assert "Moins de 5 personnes" in signed(author).get(f"/circulaires/{circular.key}/suivi/").content.decode().replace(
        "\xa0", " "
    )


def test_a_purged_account_leaves_nothing_of_what_it_saw() -> None:
    [reader] = teachers(1)
    sent(officer(), second_person())
    purge.purge(reader.key, timezone.now())
    assert not Delivery.objects.filter(account=reader).exists()


def test_an_empty_or_too_large_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    circular = draft(officer())
    with pytest.raises(drafts.FileFaultError):
        drafts.add_files(circular, [SimpleUploadedFile("vide.pdf", b"")])
    monkeypatch.setattr(drafts, "LARGEST_FILE", 10)
    with pytest.raises(drafts.FileFaultError):
        drafts.add_files(circular, [SimpleUploadedFile("grand.pdf", b"x" * 11)])
    assert not circular.files.exists()


def test_a_deleted_draft_takes_its_files_along(
    tmp_path: object, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    circular = draft(officer())
    drafts.add_files(circular, [SimpleUploadedFile("note.pdf", b"note")])
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        drafts.delete_circular(circular)
    assert list(tmp_path.iterdir()) == []  # type: ignore[attr-defined]

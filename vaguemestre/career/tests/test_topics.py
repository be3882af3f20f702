"""Letters between a person and their HR office: who reads them, what a mail tells, what is kept, which files."""

import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from vaguemestre.audit.models import Entry
from vaguemestre.career import retention
from vaguemestre.career.hr_office import attached_files, topics
from vaguemestre.career.models import Enclosure, Message, Topic
from vaguemestre.career.testing.offices import Enter, Office
from vaguemestre.courier.models import Parcel
from vaguemestre.people.models import Person
from vaguemestre.testing import make_account, make_person, wrong_fields

WORDS = "Je suis à l’échelon 9 depuis janvier, voyez l’arrêté."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0"


def write(browser: Client, text: str = WORDS, *files: SimpleUploadedFile, subject: str = "Mon échelon") -> Topic:
    answer = browser.post(reverse("career:new-thread"), {"subject": subject, "text": text, "fichiers": files})
    assert answer.status_code == 302, re.sub(r"\s+", " ", answer.content.decode())[-3000:]
    return Topic.objects.latest("opened_at")


def acts(subject: str) -> list[tuple[str, str]]:
    return list(
        Entry.objects.filter(subject=subject, act__startswith="career").order_by("pk").values_list("actor", "act")
    )


def test_a_question_an_answer_and_the_end(office: Office, enter: Enter) -> None:
    teacher, officer = enter(office.teacher), enter(office.rectorat)
    thread = write(teacher)
    queue = officer.get(reverse("career:desk"))
    assert [one.pk for one in queue.context["found"]] == [thread.pk]
    page = reverse("career:desk-thread", args=[thread.pk])
    assert WORDS.replace("’", "’") in officer.get(page).content.decode()
    answer = officer.post(reverse("career:desk-messages", args=[thread.pk]), {"text": "C’est corrigé.", "fin": "1"})
    assert answer.status_code == 302
    assert topics.count_unread(office.teacher) == 1
    mine = teacher.get(reverse("career:threads"))
    assert mine.context["fresh"] == {thread.pk}
    read = teacher.get(reverse("career:thread", args=[thread.pk]))
    assert "C’est corrigé." in read.content.decode()
    assert topics.count_unread(office.teacher) == 0
    thread.refresh_from_db()
    assert (thread.done_at is not None, thread.waits_for_office) == (True, False)
    # Writing again opens it again.
    teacher.post(reverse("career:messages", args=[thread.pk]), {"text": "Merci."})
    thread.refresh_from_db()
    assert (thread.done_at, thread.waits_for_office) == (None, True)
    assert acts(office.teacher.key) == [
        (office.teacher.key, "career.thread-opened"), (office.rectorat.key, "career.thread-seen"),
        (office.rectorat.key, "career.message-sent"), (office.teacher.key, "career.message-sent"),
    ]  # fmt: skip


def test_a_mail_tells_of_each_message_and_says_nothing_of_it(office: Office, enter: Enter) -> None:
    thread = write(enter(office.teacher))
    enter(office.rectorat).post(reverse("career:desk-messages", args=[thread.pk]), {"text": "Réponse secrète."})
    mails = list(Parcel.objects.order_by("pk"))
    # Of the desk that the feed names, and of nobody else.
    assert [mail.to for mail in mails] == [office.rectorat.address, office.teacher.address]
    for mail in mails:
        assert not any(
            word in mail.text + mail.subject for word in ("échelon", "secrète", "Mathilde Lefèvre a", "arrêté")
        )
    assert f"/iprof/gestion/courrier/{thread.pk}/" in mails[0].text
    assert f"/iprof/courrier/{thread.pk}/" in mails[1].text


def test_without_a_desk_whoever_serves_the_department_is_told(office: Office, enter: Enter) -> None:
    Person.objects.filter(pk=office.teacher.person.pk).update(officer=None)
    write(enter(office.teacher))
    assert set(Parcel.objects.values_list("to", flat=True)) == {office.rectorat.address, office.somme.address}


def test_another_department_s_officer_a_colleague_and_a_stranger_meet_the_same_nothing(
    office: Office, enter: Enter
) -> None:
    owner = enter(office.teacher)
    thread = write(owner, WORDS, SimpleUploadedFile("arrêté.pdf", PDF))
    piece = Enclosure.objects.get()
    elsewhere, colleague = enter(office.oise), enter(make_account(make_person("Karim", "Belkacem")))
    desk = {
        reverse("career:desk-thread", args=[thread.pk]), reverse("career:desk-enclosure", args=[piece.pk]),
        reverse("career:desk-dossier", args=[office.teacher.key]),
    }  # fmt: skip
    mine = {reverse("career:thread", args=[thread.pk]), reverse("career:enclosure", args=[piece.pk])}
    for page in desk | mine:
        assert elsewhere.get(page).status_code == 404, page
        assert colleague.get(page).status_code == 404, page
    for page in desk:
        assert owner.get(page).status_code == 404
    absent = elsewhere.get(reverse("career:desk-thread", args=[uuid4()]))
    assert absent.status_code == 404
    for act in ("career:desk-messages", "career:desk-end", "career:desk-end-removal", "career:messages"):
        assert elsewhere.post(reverse(act, args=[thread.pk]), {"text": "x"}).status_code == 404
    assert Message.objects.count() == 1
    assert not Entry.objects.filter(actor=office.oise.key, act__startswith="career").exists()
    assert elsewhere.get(reverse("career:desk")).context["found"].paginator.count == 0


def test_an_officer_does_not_handle_their_own_file(office: Office, enter: Enter) -> None:
    officer = enter(office.rectorat)
    thread = write(officer)
    assert officer.get(reverse("career:desk-thread", args=[thread.pk])).status_code == 404
    assert officer.get(reverse("career:desk-dossier", args=[office.rectorat.key])).status_code == 404


def test_a_role_ends_with_the_post(office: Office, enter: Enter) -> None:
    officer = enter(office.somme)
    assert officer.get(reverse("career:desk")).status_code == 200
    office.somme.person.postings.update(ends=timezone.localdate().replace(year=2025))
    assert officer.get(reverse("career:desk")).status_code == 404


def test_every_look_is_in_the_journal(office: Office, enter: Enter) -> None:
    thread = write(enter(office.teacher), WORDS, SimpleUploadedFile("a.pdf", PDF))
    officer = enter(office.somme)
    officer.get(reverse("career:desk-thread", args=[thread.pk]))
    officer.get(reverse("career:desk-dossier", args=[office.teacher.key]))
    officer.get(reverse("career:desk-enclosure", args=[Enclosure.objects.get().pk]))
    assert [act for actor, act in acts(office.teacher.key) if actor == office.somme.key] == [
        "career.thread-seen", "career.file-seen", "career.enclosure-seen",
    ]  # fmt: skip


def test_the_queue_by_state_department_and_corps(office: Office, enter: Enter) -> None:
    thread, officer = write(enter(office.teacher)), enter(office.rectorat)

    def shown(**asked: str) -> int:
        return int(officer.get(reverse("career:desk"), asked).context["found"].paginator.count)

    assert [shown(), shown(etat="tout"), shown(etat="repondu"), shown(etat="termine")] == [1, 1, 0, 0]
    assert [shown(departement="80"), shown(departement="60"), shown(departement="99")] == [1, 0, 1]
    assert [shown(corps="Certifié"), shown(corps="PLP")] == [1, 0]
    officer.post(reverse("career:desk-end", args=[thread.pk]))
    officer.post(reverse("career:desk-end", args=[thread.pk]))  # twice is once
    assert [shown(), shown(etat="termine")] == [0, 1]
    officer.post(reverse("career:desk-end-removal", args=[thread.pk]))
    assert shown() == 1
    assert [act for _actor, act in acts(office.teacher.key)][1:] == ["career.thread-done", "career.thread-reopened"]


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("arrêté.pdf", PDF, "arrêté.pdf"),
        ("photo.png", PNG, "photo.png"),
        ("photo.jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF\0", "photo.jpeg"),
        ("anim.gif", b"GIF89a\x01\0\x01\0", "anim.gif"),
        ("arrêté.html", PDF, "arrêté.html.pdf"),
        ("../../etc/passwd.pdf", PDF, "passwd.pdf"),
        ("a\x1b\u202efdp.exe.pdf", PDF, "afdp.exe.pdf"),
    ],
)
def test_a_file_is_what_its_octets_say(office: Office, enter: Enter, name: str, content: bytes, kept: str) -> None:
    browser = enter(office.teacher)
    write(browser, WORDS, SimpleUploadedFile(name, content, "text/html"))
    piece = Enclosure.objects.get()
    assert piece.name == kept
    answer = browser.get(reverse("career:enclosure", args=[piece.pk]))
    assert b"".join(answer) == content
    assert answer.headers["Content-Type"] in attached_files.ENDINGS
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert "\n" not in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == attached_files.ALONE
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert attached_files.path_of(piece).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("virus.pdf", b"MZ\x90\0 %PDF-1.7", "ni un PDF"),
        ("page.pdf", b"<html><script>alert(1)</script>%PDF-1.4", "ni un PDF"),
        ("dessin.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "ni un PDF"),
        ("vide.pdf", b"", "ni un PDF"),
        ("archive.zip", b"PK\x03\x04", "ni un PDF"),
        ("lourd.pdf", PDF + b"\0" * attached_files.LARGEST, "dépasse 5"),
        ("bombe.png", PNG[:16] + b"\0\1\0\0\0\1\0\0" + PNG[24:], "trop grande"),
    ],
)
def test_a_file_that_is_refused_leaves_nothing_and_keeps_the_text(
    office: Office, enter: Enter, name: str, content: bytes, said: str
) -> None:
    browser = enter(office.teacher)
    sent = {"subject": "Objet", "text": WORDS, "fichiers": [SimpleUploadedFile(name, content)]}
    answer = browser.post(reverse("career:new-thread"), sent)
    assert answer.status_code == 422
    assert said in answer.context["refused"]
    assert said in wrong_fields(answer.content.decode())["fichiers"]
    assert WORDS in answer.content.decode()
    assert not Topic.objects.exists()
    assert not list(Path(django_settings.CAREER["files"]).iterdir())


def test_five_files_and_no_more(office: Office, enter: Enter) -> None:
    files = [SimpleUploadedFile(f"{number}.pdf", PDF) for number in range(6)]
    sent = {"subject": "Objet", "text": WORDS, "fichiers": files}
    assert enter(office.teacher).post(reverse("career:new-thread"), sent).status_code == 422
    assert not Enclosure.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 5001])
def test_nothing_to_say_or_too_much(office: Office, enter: Enter, text: str) -> None:
    answer = enter(office.teacher).post(reverse("career:new-thread"), {"subject": "Objet", "text": text})
    assert answer.status_code == 422
    assert not Topic.objects.exists()


def test_markup_is_text(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    thread = write(browser, "<script>alert(1)</script>", subject="<b>gras</b>")
    page = browser.get(reverse("career:thread", args=[thread.pk])).content.decode()
    assert "<script>alert" not in page
    assert "<b>gras" not in page


def test_a_program_that_writes_without_end_is_stopped(
    office: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(topics, "MESSAGES_AN_HOUR", 2)
    browser = enter(office.teacher)
    thread = write(browser)
    messages = reverse("career:messages", args=[thread.pk])
    refused = [one for one in (browser.post(messages, {"text": "Encore."}) for _ in range(3)) if one.status_code == 422]
    assert refused
    assert not wrong_fields(refused[0].content.decode()), "it is not about the files"
    assert Message.objects.count() <= 4  # an hour may have begun in between


def test_a_purge_takes_letters_and_files_along(
    office: Office, enter: Enter, django_capture_on_commit_callbacks: object
) -> None:
    write(enter(office.teacher), WORDS, SimpleUploadedFile("a.pdf", PDF))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        retention.forget_account(office.teacher.key, timezone.now())
    assert not Topic.objects.exists()
    assert not list(Path(django_settings.CAREER["files"]).iterdir())

"""« Votre CV »: lines and their sheet."""

import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from vaguemestre.career.file import cv
from vaguemestre.career.models import CvLine
from vaguemestre.career.testing.offices import Enter, Office

LINE = {"title": "Agrégation interne", "place": "Amiens", "starts": "2014", "ends": "2015", "text": "Lettres modernes."}


def test_a_line_is_added_changed_and_taken_away(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    new = reverse("career:cv-new-line", args=["training"])
    assert browser.post(new, LINE).headers["Location"] == f"{reverse('career:cv')}#training"
    line = CvLine.objects.get()
    page = reverse("career:cv-line", args=[line.pk])
    assert browser.get(page).context["form"].initial["title"] == "Agrégation interne"
    browser.post(page, LINE | {"title": "Agrégation externe"})
    line.refresh_from_db()
    assert line.title == "Agrégation externe"
    assert "Agrégation externe" in browser.get(reverse("career:cv")).content.decode()
    browser.post(reverse("career:cv-removal", args=[line.pk]))
    assert not CvLine.objects.exists()


def test_another_person_s_line_does_not_exist(office: Office, enter: Enter) -> None:
    enter(office.teacher).post(reverse("career:cv-new-line", args=["training"]), LINE)
    stranger, pk = enter(office.somme), CvLine.objects.get().pk
    assert stranger.get(reverse("career:cv-line", args=[pk])).status_code == 404
    assert stranger.post(reverse("career:cv-line", args=[pk]), LINE).status_code == 404
    assert stranger.post(reverse("career:cv-removal", args=[pk])).status_code == 404
    assert CvLine.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [{"title": ""}, {"title": "x" * 121}, {"starts": "2016"}, {"starts": "1200"}, {"ends": "9999"}, {"ends": "a"}],
)
def test_what_is_wrong_is_said_beside_it(office: Office, enter: Enter, change: dict[str, str]) -> None:
    answer = enter(office.teacher).post(reverse("career:cv-new-line", args=["training"]), LINE | change)
    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert not CvLine.objects.exists()


def test_an_unknown_part_is_none(office: Office, enter: Enter) -> None:
    assert enter(office.teacher).get(reverse("career:cv-new-line", args=["autre"])).status_code == 404


def test_a_full_cv_takes_no_more(office: Office, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cv, "MOST", 1)
    browser, new = enter(office.teacher), reverse("career:cv-new-line", args=["language"])
    assert browser.post(new, {"title": "Picard", "level": "native"}).status_code == 302
    assert browser.post(new, {"title": "Anglais", "level": "C1"}).status_code == 422


def test_the_sheet_says_what_the_page_says(office: Office, enter: Enter) -> None:
    browser = enter(office.teacher)
    hostile = '#read("/etc/passwd") *étoiles* $x$ <b> \\'
    browser.post(reverse("career:cv-new-line", args=["training"]), LINE | {"text": hostile})
    browser.post(reverse("career:cv-new-line", args=["language"]), {"title": "Picard", "level": "native"})
    for number in range(40):
        browser.post(reverse("career:cv-new-line", args=["experience"]), LINE | {"title": f"Poste {number}"})
    answer = browser.get(reverse("career:cv-sheet"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="cv-mathilde-lefevre.pdf"'
    reader = PdfReader(io.BytesIO(answer.content))
    text = "\n".join(sheet.extract_text() for sheet in reader.pages)
    assert len(reader.pages) > 1
    for words in ("Mathilde Lefèvre", "Agrégation interne", "Picard", "étoiles", "Poste 39", "/etc/passwd"):
        assert words in text, words
    assert "root:" not in text

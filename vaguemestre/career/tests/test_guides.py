"""« Les guides »: written in Markdown, cleaned, kept by versions."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.career.hr_office import guides
from vaguemestre.career.models import Guide, GuideVersion
from vaguemestre.career.testing.offices import Enter, Office

PAGE = {"title": "Avancer d’échelon", "summary": "Les durées.", "text": "## Durée\n\n**Quatre ans** au plus."}


def write(browser: Client, **changed: str) -> HttpResponse:
    answer = browser.post(reverse("career:desk-new-guide"), PAGE | changed)
    assert isinstance(answer, HttpResponse)
    return answer


def test_written_read_changed_and_put_back(office: Office, enter: Enter) -> None:
    officer, teacher = enter(office.rectorat), enter(office.teacher)
    assert write(officer).status_code == 302
    page = reverse("career:guide", args=["avancer-dechelon"])
    assert "<h2>Durée</h2>" in teacher.get(page).content.decode()
    edit = reverse("career:desk-guide", args=["avancer-dechelon"])
    officer.post(edit, PAGE | {"text": "Trois ans.", "after": "1"})
    assert "Trois ans." in teacher.get(page).content.decode()
    officer.post(edit, PAGE | {"text": "Trois ans.", "after": "2"})  # the same words are no version
    assert GuideVersion.objects.count() == 2
    first = reverse("career:desk-guide-version", args=["avancer-dechelon", 1])
    assert "Quatre ans" in officer.get(first).content.decode()
    officer.post(reverse("career:desk-guide-restoration", args=["avancer-dechelon", 1]))
    assert "Quatre ans" in teacher.get(page).content.decode()
    assert list(GuideVersion.objects.values_list("number", flat=True)) == [1, 2, 3]


def test_two_who_write_at_once_overwrite_nobody(office: Office, enter: Enter) -> None:
    officer = enter(office.rectorat)
    write(officer)
    edit = reverse("career:desk-guide", args=["avancer-dechelon"])
    officer.post(edit, PAGE | {"text": "De la première.", "after": "1"})
    answer = officer.post(edit, PAGE | {"text": "De la seconde.", "after": "1"})
    assert answer.status_code == 409
    assert "De la seconde." in answer.content.decode()
    assert answer.context["after"] == 2
    assert guides.newest_of(Guide.objects.get()).text == "De la première."


def test_a_withdrawn_page_is_kept_and_not_shown(office: Office, enter: Enter) -> None:
    officer, teacher = enter(office.rectorat), enter(office.teacher)
    write(officer)
    officer.post(reverse("career:desk-guide-withdrawal", args=["avancer-dechelon"]))
    assert teacher.get(reverse("career:guide", args=["avancer-dechelon"])).status_code == 404
    assert teacher.get(reverse("career:guides")).context["rows"] == []
    officer.post(reverse("career:desk-guide-return", args=["avancer-dechelon"]))
    assert len(teacher.get(reverse("career:guides")).context["rows"]) == 1


def test_a_preview_keeps_nothing(office: Office, enter: Enter) -> None:
    answer = write(enter(office.rectorat), preview="1")
    assert "<strong>Quatre ans</strong>" in answer.content.decode()
    assert not Guide.objects.exists()


def test_only_those_who_serve_the_whole_academie_write(office: Office, enter: Enter) -> None:
    write(enter(office.rectorat))
    for account in (office.teacher, office.somme):
        browser = enter(account)
        assert write(browser, title="Autre").status_code == 404
        assert browser.get(reverse("career:desk-guides")).status_code == 404
        assert browser.get(reverse("career:desk-guide", args=["avancer-dechelon"])).status_code == 404
    assert Guide.objects.count() == 1


@pytest.mark.parametrize("title", ["Avancer d’échelon", "Nouveau", "…"])
def test_a_title_that_cannot_be_an_address(office: Office, enter: Enter, title: str) -> None:
    officer = enter(office.rectorat)
    write(officer)
    assert write(officer, title=title).status_code == 422


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](data:text/html,x)",
        "[a](vbscript:x)",
        "[a](http://x.example/)",
        "![p](https://ailleurs.example/p.png)",
        "<a href='https://x' onclick='y'>a</a>",
        """[a](https://x "t' onclick='x")""",
        "<iframe src='https://x'></iframe>",
        "<style>*{}</style>",
        '<https://x/"onmouseover=alert(1)>',
    ],
)
def test_nothing_of_a_page_acts(text: str) -> None:
    """Read again as a browser reads it: what is there is on the list."""
    body = LexborHTMLParser(str(guides.as_html(text))).body
    assert body
    for node in body.traverse():
        assert node.tag in {"body", "p", "a"}, node.html
        assert set(node.attributes) <= {"href", "rel", "title"}, node.html
        assert (node.attributes.get("href") or "https://").startswith("https://"), node.html


def test_what_markdown_says() -> None:
    html = str(guides.as_html("# Titre\n\n- un\n- deux\n\n|a|b|\n|---|---|\n|c|d|\n\n[lien](https://x.example/)"))
    assert "<h2>Titre</h2>" in html
    assert "<li>un</li>" in html
    assert "<td>c</td>" in html
    assert '<a href="https://x.example/" rel="noopener noreferrer">lien</a>' in html

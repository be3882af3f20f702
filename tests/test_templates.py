"""The policy of content refuses inline script and style: a template that holds one is broken in every browser."""

import json
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
TEMPLATES = sorted((HOUSE / "vaguemestre").glob("*/templates/**/*.html"))
ICONS = {one for names in json.loads((HOUSE / "client" / "icons.json").read_text("utf-8")).values() for one in names}
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.DOTALL)
FIELD = re.compile(r"<(?:input|textarea|select|fieldset)\b(?:[^>{]|{%.*?%}|{{.*?}}|{)*>", re.DOTALL)
REFUSED = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.DOTALL),
    "a style element": re.compile(r"<style[\s>]"),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>"),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.DOTALL),
    "a script of htmx": re.compile(r"hx-on[:a-z]*=|hx-trigger=\"[^\"]*\[|hx-(?:vals|headers)[^=]*=[\"']js:"),
    "a script address": re.compile(r"javascript:"),
    "another host": re.compile(r"(?:src|href|action)=\"(?:https?:)?//"),
    "an autofocus": re.compile(r"\sautofocus[\s>]"),
    "a check box that only unfolds": re.compile(r"<input(?=[^>]*type=\"checkbox\")(?=[^>]*visually-hidden)"),
    "an order of its own": re.compile(r"tabindex=\"[1-9]"),
}
# The body of a message is a document of its own, in a frame or on paper, under its own policy.
FRAMES = {f"vaguemestre/webmail/templates/webmail/reader/{one}.html" for one in ("message_frame", "print")}
# Asked in the place of what was asked for: its way out has the focus.
QUESTIONS = {
    "vaguemestre/webmail/templates/webmail/notes/note_page.html",
    "vaguemestre/webmail/templates/webmail/panes/impersonation.html",
}


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def test_there_are_templates_to_read() -> None:
    assert len(TEMPLATES) > 15


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_nothing_that_the_policy_refuses(path: Path) -> None:
    text = COMMENT.sub("", path.read_text("utf-8"))
    found = {what for what, pattern in REFUSED.items() if pattern.search(text)}
    if name(path) in FRAMES:
        found -= {"a style element"}
    if name(path) in QUESTIONS:
        found -= {"an autofocus"}
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_no_line_is_longer_than_one_reads(path: Path) -> None:
    assert not [line for line in path.read_text("utf-8").splitlines() if len(line) > 200]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_pictures_frames_and_tables_have_a_name(path: Path) -> None:
    """What RGAA 1.1, 2.1, 5.4 and 5.6 ask of each of them (docs/accessibility.md)."""
    text = re.sub(r"{%.*?%}|{{.*?}}", "x", COMMENT.sub("", path.read_text("utf-8")), flags=re.DOTALL)
    assert not [one for one in re.findall(r"<img[^>]*>", text) if " alt=" not in one]
    assert not [one for one in re.findall(r"<iframe[^>]*>", text) if not re.search(r'\stitle="[^"]+"', one)]
    tables = re.findall(r"<table[^>]*>.*?</table>", text, re.DOTALL)
    unnamed = re.compile(r"<table(?![^>]*\saria-label)[^>]*>(?!\s*<caption)")
    assert not [one[:200] for one in tables if unnamed.match(one)]
    assert not [one for table in tables for one in re.findall(r"<th[\s>][^>]*", table) if "scope=" not in one]


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_a_field_that_is_wrong_says_why(path: Path) -> None:
    """RGAA 11.10: the words that tell what is wrong are tied to the field (docs/accessibility.md)."""
    text = COMMENT.sub("", path.read_text("utf-8"))
    wrong = [one for one in FIELD.finditer(text) if 'aria-invalid="true"' in one[0]]
    assert not [one[0] for one in wrong if not says_why(text, one)]


def conditions(text: str, at: int) -> list[str]:
    """The `{% if %}`s and `{% for %}`s that this place stands under."""
    stack: list[str] = []
    for word, rest in re.findall(r"{%\s*(if|for|elif|else|empty|endif|endfor)\b(.*?)%}", text[:at]):
        if word in {"if", "for"}:
            stack.append(rest.strip())
        elif word in {"endif", "endfor"}:
            stack.pop()
        else:
            stack[-1] = rest.strip() if word == "elif" else f"not {stack[-1]}"
    return stack


def says_why(text: str, field: re.Match[str]) -> bool:
    """Words are tied under the very condition under which it is wrong, and stand under a condition themselves."""
    when = conditions(text, field.start() + field[0].index('aria-invalid="true"'))
    described = re.search(r'aria-describedby="((?:{%.*?%}|{{.*?}}|[^"])*)"', field[0])
    if not described:
        return False
    value = re.sub(r"{%.*?%}", lambda tag: " " * len(tag[0]), described[1])
    for one in re.finditer(r"(?:{{.*?}}|[^\s{])+", value):
        if conditions(text, field.start() + described.start(1) + one.start()) == when:
            there = re.search(rf'(?:\sid|anchor)="{re.escape(one[0])}"', text)
            if not there or re.match(rf"[^>]*>\s*{{% if {re.escape(when[-1])} %}}", text[there.start() :]):
                return True
            under = conditions(text, there.start())
            if under != conditions(text, field.start())[: len(under)]:  # else they stand wherever it does: a hint
                return True
    return False


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    used = set(re.findall(r"{% icon [\"']([a-z0-9-]+)[\"']", path.read_text("utf-8")))
    assert used <= ICONS


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_every_form_that_acts_is_protected(path: Path) -> None:
    text = COMMENT.sub("", path.read_text("utf-8"))
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert "{% csrf_token %}" in form or "csrf" in form

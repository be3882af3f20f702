"""The policy and the process: what comes out of hostile HTML, and what becomes of who handles it."""

import contextlib
import json
import os
import re
import socket as sockets
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from selectolax.lexbor import LexborHTMLParser

from vaguemestre.mailbox.errors import CleanerError
from vaguemestre.mailbox.sandbox.cleaner import INPUT_LIMIT, clean, html_text, worker_pool
from vaguemestre.mailbox.sandbox.cleaner.allow_list import HtmlRefusedError, clean_html
from vaguemestre.mailbox.sandbox.cleaner.allowed_styles import allowed_style
from vaguemestre.mailbox.sandbox.cleaner.framing import read_frame, write_frame
from vaguemestre.mailbox.testing.rfc_vectors import FLOODS, LEAKS, SCRIPTS

MARK = "0123456789abcdef"
ELEMENTS = re.compile(
    "html|head|body|a|abbr|address|article|b|bdo|blockquote|br|caption|center|code|div|em|figure|font|h[123]|hr|i|img|"
    "li|main|ol|p|pre|q|s|section|small|span|strong|su[bp]|table|tbody|t[dhrt]|tfoot|thead|ul?"
)
ADDRESSES = {"href": ("https://", "http://", "mailto:", "tel:"), "src": ("data:image/", f"https://{MARK}.invalid/")}
ATTRIBUTES = {"href", "rel", "target", "style", "title", "alt", "src", "width", "height", "color", "face", "border"}


def judged(html: str) -> str:
    """Cleans, and looks at each element and attribute that is left."""
    result = clean_html(html, MARK)[0]
    for node in LexborHTMLParser(result).css("*"):
        assert ELEMENTS.fullmatch(str(node.tag)), result
        for name, value in node.attributes.items():
            assert name in ATTRIBUTES or name in {"align", "valign", "bgcolor", "colspan", "rowspan", "dir"}, result
            assert not name.startswith("on")
            if name in ADDRESSES:
                assert value is not None
                assert value.startswith(ADDRESSES[name]), result
            if name == "style":
                assert value is not None
                functions = re.findall(r"([\w-]*)\(", re.sub(r"\"[^\"]*\"|'[^']*'", "", value))
                assert set(functions) <= {"rgb", "rgba", "hsl", "hsla", "calc"}, result
                assert "\\" not in value
    return result


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script(name: str) -> None:
    judged(SCRIPTS[name])


@pytest.mark.parametrize("name", LEAKS)
def test_no_request(name: str) -> None:
    judged(LEAKS[name])


@settings(max_examples=300)
@given(st.lists(st.sampled_from([*SCRIPTS.values(), *LEAKS.values()]).flatmap(
    lambda vector: st.integers(0, len(vector)).map(lambda cut: vector[:cut] if cut % 2 else vector[cut:])
), min_size=1, max_size=5).map("".join))  # fmt: skip
def test_vectors_cut_and_joined(html: str) -> None:
    with contextlib.suppress(HtmlRefusedError):  # several deep ones
        judged(html)


@pytest.mark.parametrize("name", SCRIPTS | LEAKS)
def test_nothing_mutates(name: str) -> None:
    """What another parser reads in the result is what was written there."""
    once = clean_html((SCRIPTS | LEAKS)[name], MARK)[0]
    body = LexborHTMLParser(once).body
    assert body is not None
    assert body.inner_html == once


def test_what_may_stay() -> None:
    html = (
        '<h1 align="center">Titre</h1>'
        '<p style="color:#333;font-family:Arial, sans-serif;margin:0 !important">a <b>b</b>'
        '<a href="https://ok.example/?a=1&amp;b=2" target="_self">lien</a> <a href="mailto:x@ok.example">écrire</a></p>'
        '<table width="100%" cellpadding="0"><tr><td bgcolor="#ffffff" colspan="2">c</td></tr></table>'
    )
    result = judged(html.replace(' cellpadding="0"', ""))
    assert "color:#333;font-family:Arial, sans-serif;margin:0 !important" in result
    assert 'href="https://ok.example/?a=1&amp;b=2"' in result
    assert 'rel="noopener noreferrer nofollow"' in result
    assert 'target="_blank"' in result
    assert '<table width="100%"><tbody><tr><td' in result
    assert 'cellpadding="3"' in clean_html('<table cellpadding="3"></table>', MARK)[0]


def test_style_sheets_are_written_into_their_elements() -> None:
    result = judged("<style>.a{color:red;position:fixed} p b{font-weight:bold}</style><p class=a>x <b>y</b></p>")
    assert result == '<p style="color:red">x <b style="font-weight:bold">y</b></p>'


@pytest.mark.parametrize("broken", ["<p style='color:", "<p style='<script>'>", "<style>a{{{", "<style>@media ("])
def test_broken_styles_cost_no_content(broken: str) -> None:
    assert "Bonjour" in judged(f"<style>b{{color:red}}</style><p>Bonjour</p>{broken}")


def test_the_colours_of_the_page_are_kept() -> None:
    result = judged(
        '<body bgcolor="#eeeeee" text="navy" style="margin:0;background:url(https://evil.example/x)">x</body>'
    )
    assert result == '<div style="color:navy;background-color:#eeeeee;margin:0">x</div>'


def test_nothing_may_leave_its_place() -> None:
    style, *_ = allowed_style(
        "position:fixed;top:0;z-index:99;transform:scale(9);color:red;animation:x 1s;margin-left:-9px"
    )
    assert style == "color:red;margin-left:-9px"


def test_remote_images_are_counted() -> None:
    html = (
        '<img src="https://evil.example/a"><img src="//evil.example/b" width=1 height=1>'
        '<td background="http://evil.example/c"><p style="background:url(https://evil.example/d)">x</p>'
        '<img src="cid:x"><img src="data:image/png;base64,iVBORw0KGgo="><p style="background:url(#a)">y</p>'
    )
    result, remote, *_ = clean_html("<body background=https://evil.example/e><table><tr>" + html, MARK)
    assert remote == 5
    assert result.count("<img") == 4


def test_data_images_within_limits() -> None:
    png = "data:image/png;base64,iVBORw0KGgo" + "A" * 1000
    assert png in clean_html(f'<img src="{png}">', MARK)[0]
    for refused in (
        "data:image/png;base64,iVBORw0KGgo" + "A" * 400_000,
        "data:image/svg+xml;base64,PHN2Zz4=",
        "data:image/png;base64,PHN2ZyBvbmxvYWQ9",
        "data:image/png,rawbytes",
    ):
        assert "data:" not in clean_html(f'<img src="{refused}">', MARK)[0]
    several = "data:image/png;base64,iVBORw0KGgo" + "A" * 200_000
    assert clean_html(f'<img src="{several}">' * 20, MARK)[0].count("data:") == 5


def test_local_files_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "x.css").write_text("p{color:rgb(1,2,3)}")
    links = (f'<link rel="stylesheet" href="{where}{tmp_path}/x.css">' for where in ("", "file://", "file:"))
    html = "".join(links) + "<style></style><p>x</p>"
    assert clean_html(html, MARK)[0] == "<p>x</p>"


def test_too_deep() -> None:
    assert clean_html("<div>" * 200 + "x", MARK)
    with pytest.raises(HtmlRefusedError, match="depth"):
        clean_html("<div>" * 300, MARK)


# The process.


def ask(cleaner: Path, html: str) -> str:
    return clean(html, socket=cleaner, cid_url=lambda cid: f"/image/{cid}", timeout=20).html


def test_inline_images_get_their_address(cleaner: Path) -> None:
    html = '<img src="cid:a%40b"><img src="CID:&lt;c&quot;d&gt;"><img src="cid:gone">https://x.invalid/61'
    result = clean(html, socket=cleaner, cid_url=lambda cid: "" if cid == "gone" else f"/image/{cid}?a&b")
    assert result.html == '<img src="/image/a@b?a&amp;b"><img src="/image/c&quot;d?a&amp;b"><img>https://x.invalid/61'
    assert result.used_cids == {"a@b", 'c"d', "gone"}


def test_the_mark_cannot_be_guessed(cleaner: Path) -> None:
    assert "evil" not in ask(cleaner, f'<img src="https://{MARK}.invalid/6576696c">')


@pytest.mark.parametrize("name", FLOODS)
def test_floods_cost_a_sentence_at_most(cleaner: Path, name: str) -> None:
    said = []
    try:
        said = [ask(cleaner, FLOODS[name])]
    except CleanerError as refusal:
        said = [refusal.reason]
    assert len(said[0]) <= worker_pool.OUTPUT_LIMIT
    assert said[0] != "away"
    assert ask(cleaner, "<p>après</p>") == "<p>après</p>"


def test_several_floods_at_once_do_not_stop_the_others(cleaner: Path) -> None:
    def flood() -> None:
        with pytest.raises(CleanerError):
            ask(cleaner, FLOODS["many_rules_that_match"])

    threads = [threading.Thread(target=flood) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert ask(cleaner, "<p>encore</p>") == "<p>encore</p>"
    for thread in threads:
        thread.join()


def test_a_large_part_is_not_even_sent(tmp_path: Path) -> None:
    with pytest.raises(CleanerError) as refusal:
        clean("x" * (INPUT_LIMIT + 1), socket=tmp_path / "absent", cid_url=str)
    assert refusal.value.reason == "size"


def test_without_cleaner(tmp_path: Path) -> None:
    with pytest.raises(CleanerError) as refusal:
        clean("<p>x</p>", socket=tmp_path / "absent", cid_url=str)
    assert (refusal.value.reason, refusal.value.permanent) == ("away", False)
    assert html_text("<style>x</style><p>caf&eacute;<br>b", socket=tmp_path / "absent") == "café\nb"
    assert html_text("un<head <p>deux</head>trois<br quatre", socket=tmp_path / "absent") == "un trois"


def test_text_of_html(cleaner: Path) -> None:
    html = "<p>Bonjour,</p><table><tr><td>a<td>b</table><ul><li>un<li>deux</ul>"
    assert html_text(html, socket=cleaner) == "Bonjour,\n\na  b\n\n  * un\n  * deux"
    assert "x" in html_text("<div>" * 5000 + "x", socket=cleaner, timeout=20)


@pytest.mark.parametrize("name", FLOODS)
def test_words_without_the_cleaner_come_quickly_from_anything(name: str, tmp_path: Path) -> None:
    assert isinstance(html_text(FLOODS[name], socket=tmp_path / "absent"), str)


def test_a_client_that_says_nonsense_disturbs_nobody(cleaner: Path) -> None:
    for said in (b"", b"\0", b"\xff" * 8, b"\0\0\0\2\0\0\0\0{}", b"\0\0\0\1\0\0\0\1x"):
        with sockets.socket(sockets.AF_UNIX) as connection:
            connection.connect(str(cleaner))
            connection.sendall(said)
    assert ask(cleaner, "x") == "x"


def test_only_its_user_and_the_folders_group_may_connect(cleaner: Path) -> None:
    assert cleaner.stat().st_mode & 0o777 == 0o660


def test_a_worker_is_killed_when_late_and_replaced_when_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_pool, "SECONDS_A_JOB", 0.5)
    worker = worker_pool.Worker()
    with pytest.raises(worker_pool.WorkerFailedError, match="time"):
        worker.do(json.dumps({"act": "clean", "mark": MARK}).encode(), FLOODS["many_rules_that_match"].encode())
    worker.end()
    monkeypatch.undo()
    worker = worker_pool.Worker()
    worker.do(json.dumps({"act": "text"}).encode(), b"")
    os.kill(worker._process.pid, 9)
    with pytest.raises(worker_pool.WorkerFailedError, match="crash"):
        worker.do(b"{}", b"")
    worker.end()


def test_frames() -> None:
    near, far = sockets.socketpair()
    with near, far, near.makefile("rwb") as out, far.makefile("rwb") as into:
        write_frame(out, b"head", b"body")
        assert read_frame(into, 10) == (b"head", b"body")

"""Remote images and links of a mail, as the cleaner's client has them rewritten."""

from base64 import b64encode
from pathlib import Path
from time import process_time

import pytest

from vaguemestre.mailbox.sandbox.cleaner import Cleaned, Way, clean
from vaguemestre.mailbox.sandbox.cleaner.allow_list import clean_html
from vaguemestre.mailbox.sandbox.cleaner.bounded_cache import bounded_cache
from vaguemestre.mailbox.sandbox.cleaner.link_checks import misleads, with_link_checks
from vaguemestre.strangers import PNG

MARK = "0123456789abcdef"


def lead(url: str, misleads: bool) -> Way:
    """Sites of `trap.example` are listed."""
    listed = "trap.example" in url
    return Way(f"/ask?{url}" if misleads or listed else url, listed=listed)


def shown(cleaner: Path, html: str) -> Cleaned:
    return clean(
        html, socket=cleaner, timeout=20, cid_url=lambda cid: f"/cid/{cid}", image_url=lambda url: f"/proxy?{url}",
        link_url=lead, mail_url=lambda url: f"/write?{url}",
    )  # fmt: skip


def test_remote_images_come_through_our_address_or_not_at_all(cleaner: Path) -> None:
    html = (
        '<img src="https://a.example/1?x=1&amp;y=2"><img src="//a.example/2"><img src="\\\\a.example\\3">'
        '<td background="http://a.example/4"><p style="color:red;background:#fff url(https://a.example/5)">x</p>'
        '<p style="background-image:image-set(&quot;https://a.example/6&quot; 1x)">y</p>'
        '<img srcset="https://a.example/7 2x"><picture><source srcset="https://a.example/8"><img alt="z"></picture>'
        '<video poster="https://a.example/9"></video><input type=image src="https://a.example/10">'
        '<p style="list-style-image:url(https://a.example/11);cursor:url(https://a.example/12)">w</p>'
    )
    result = shown(cleaner, f"<body background='https://a.example/0'><table><tr>{html}")
    for place in ("1?x=1&amp;y=2", "2", "3", "4", "5", "6", "0"):
        assert f"/proxy?http{'' if place == '4' else 's'}://a.example/{place}" in result.html
    for left_out in (7, 8, 9, 10, 11, 12):
        assert f"a.example/{left_out}" not in result.html
    blocked = clean(f"<table><tr>{html}", socket=cleaner, timeout=20, cid_url=str)
    assert "a.example" not in blocked.html
    assert blocked.remote_images == 8


@pytest.mark.parametrize(
    "spy",
    [
        '<img src="https://a.example/o" width="1" height="1">', '<img src="https://a.example/o" width=0 height=0>',
        '<img src="https://a.example/o" style="width:1px;height:1px">',
        '<img src="https://a.example/o" width=1 style="height: 1px !important">',
        '<img src="https://a.example/o" style="display:none">',
        '<style>.p{visibility:hidden}</style><img class=p src="https://a.example/o">',
        '<img src="https://x.list-manage.com/track/open.php?u=a.example/o">',
        '<img src="//u1.ct.sendgrid.net/wf/open?a.example/o">',
    ],
)  # fmt: skip
def test_what_only_reports_is_never_asked_for(cleaner: Path, spy: str) -> None:
    result = shown(cleaner, f'{spy}<img src="https://a.example/logo">')
    assert (result.remote_images, result.spies) == (2, 1)
    assert "a.example/o" not in result.html.replace("a.example/logo", "")
    assert "/proxy?https://a.example/logo" in result.html


def test_thin_lines_and_spacers_are_pictures() -> None:
    html = '<img src="https://a.example/l" width="600" height="1"><img src="https://a.example/m" style="height:1px">'
    assert clean_html(html, MARK).spies == 0


def test_links_that_say_another_place_are_asked_about(cleaner: Path) -> None:
    result = shown(
        cleaner,
        '<a href="https://evil.example/?a=1&amp;b=2" title="ac-amiens.fr">https://www.<b>ac-amiens</b>.fr/x</a>'
        '<a href="https://honest.example/" style="font-family:&quot;a>b&quot;">Lire</a>'
        '<a href="mailto:a@b.fr?subject=x&amp;body=y">écrire</a><a href="tel:+33322823823">03 22 82 38 23</a>'
        '<a href="javascript:alert(1)">non</a><a href="java&#10;script:alert(1)">non</a><a>rien</a>',
    )
    assert 'href="/ask?https://evil.example/?a=1&amp;b=2" title="https://evil.example/?a=1&amp;b=2"' in result.html
    assert 'href="https://honest.example/"' in result.html
    assert 'href="/write?mailto:a@b.fr?subject=x&amp;body=y" title="a@b.fr"' in result.html
    assert 'href="tel:+33322823823"' in result.html
    assert "script:" not in result.html
    assert "ac-amiens.fr" not in result.html
    assert result.html.count('rel="noopener noreferrer nofollow"') >= 3


def test_a_link_that_is_listed_is_marked_and_no_mail_marks_its_own(cleaner: Path) -> None:
    result = shown(
        cleaner,
        '<a href="https://trap.example/a">Lire</a><a class="listed" href="https://honest.example/">Lire</a>'
        '<p class="listed">href="https://0123.invalid/h/61"</p>',
    )
    assert 'href="/ask?https://trap.example/a" title="https://trap.example/a" class="listed"' in result.html
    assert result.html.count("listed") == 1
    assert 'href="https://honest.example/"' in result.html


def test_an_attribute_with_a_bracket_hides_no_link(cleaner: Path) -> None:
    tricky = (
        '<a style="font-family:&quot;x> href=&quot;" href="https://evil.example/"><b title="<a>">ac-amiens.fr</b></a>'
    )
    assert "/ask?https://evil.example/" in shown(cleaner, tricky).html


@pytest.mark.parametrize(
    "content",
    [
        "\u202erf.sneima-ca.www", "&#x202e;rf.sneima-ca.www",
        '<bdo dir="rtl">rf.sneima-ca.www</bdo>', '<bdo dir="rtl">tnemeriaF</bdo>',
        '<i dir="rtl"><i dir="ltr">amiens.fr</i><i dir="rtl">ac-</i></i>',
        '<i style="display:inline-block;direction:rtl">amiens.fr<i style="direction: rtl">ac-</i></i>',
    ],
)  # fmt: skip
def test_a_text_that_is_turned_round_asks(cleaner: Path, content: str) -> None:
    assert "/ask?https://evil.example/" in shown(cleaner, f'<a href="https://evil.example/">{content}</a>').html


@pytest.mark.parametrize(
    "content",
    [
        '<img alt="https://www.ac-amiens.fr/connexion">',
        '<img alt="https://www.ac-"><img alt="amiens.fr">',
        'ac-amiens.fr<img alt="x" width=1>',
        'ac-amiens.fr<i style="display:none">x</i>',
        'ac-amiens.fr<i style="display:none">x<b style="display:inline">y</b></i>',
        'ac-amiens.fr<i style="display:none;display:what">x</i>',
        'ac-amiens.fr<i style="display:none!important;display:inline">x</i>',
        'ac-amiens.fr<i style="font-size:0">x</i>',
        'ac-amiens.fr<i style="font-size:0"><b style="font-size:2em">x</b></i>',
        'ac-amiens.fr<i style="font:0/0 a">x</i>',
        'ac-amiens.fr<i style="font-size:.5px">x</i>',
        'ac-amiens.fr<i style="font-size:calc(0px)">x</i>',
        'ac-amiens.fr<i style="font-size:1e-9px">x</i>',
        'ac-amiens.fr<i style="font-size:-0px">x</i>',
        'ac-amiens.fr<i style="font:1e-3px/1 a">x</i>',
        'ac-amiens.fr<i style="font-size:0.0001vmin">x</i>',
        'ac-amiens.fr<i style="font-size:.1lh">x</i>',
        'ac-amiens.fr<i style="color:rgb(0 0 0 / 0)">x</i>',
        'ac-amiens.fr<i style="color:hsl(0deg 0% 0% / 0%)">x</i>',
        'ac-amiens.fr<i style="opacity:0">x</i>',
        'ac-amiens.fr<i style="color:transparent">x</i>',
        'ac-amiens.fr<font color="white">x</font>',
        'ac-amiens.fr<i style="color:#123;background:#123">x</i>',
        'ac-amiens.fr<b style="background:#112233 none"><i style="color:#123">x</i></b>',
        'ac-amiens.fr<table><tr><td bgcolor="#112233"><font color="#132333">x</font></table>',
        '<table><tr bgcolor="#123"><td><b style="color:red">ac-amiens.fr</b><font color="#132333">x</font></table>',
        '<i style="background:rgb(17 34 51)"><b style="color:#fff">ac-amiens.fr</b><font color="#123">x</font></i>',
        '<i style="background:#2b4a6b"><b style="color:#fff">ac-amiens.fr</b>x</i>',
        '<i style="color:#fff">ac-amiens.fr</i><i style="display:none">x</i>',
        '<i style="display:none">x<b>y</b></i>ac-amiens.fr',
        '<i style="font-size:0">x<b style="font-size:16px">ac-amiens.fr</b>x</i>',
        '<i style="font-family:&quot;;display:none;&quot;">ac-amiens.fr</i><i style="display:none">x</i>',
        '<i style="display:none;display:inline">ac-amiens.fr</i><i style="display:none">x</i>',
        "ac-amiens.fr<br>Connexion",
        "<div>ac-amiens.fr</div><div>Connexion</div>",
        'ac-amiens.fr<i style="display:block">Connexion</i>',
        'ac-amiens.fr<i style="padding-left:1em">Connexion</i>',
        "ac-amiens\uff0efr<br>Connexion",
    ],
)
def test_what_the_eye_reads_in_a_link_is_judged(cleaner: Path, content: str) -> None:
    assert "/ask?https://evil.example/" in shown(cleaner, f'<a href="https://evil.example/">{content}</a>').html


@pytest.mark.parametrize(
    "around",
    [
        '<body bgcolor="#123">{}', '<body style="background:#123">{}', '<div style="background:#123"><p>{}</p></div>',
        "<style>td{{background-color:#123}}</style><table><tr><td>{}</table>",
        '<table bgcolor="#123"><tr><td>{}</table>',
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "content",
    [
        '<b style="color:#fff">ac-amiens.fr</b><i style="color:#123">x</i>',
        '<b style="color:#fff">ac-amiens.fr</b><font color="#112233">x</font>',
    ],
)
def test_the_ground_on_which_nothing_is_read_may_lie_around_the_link(cleaner: Path, around: str, content: str) -> None:
    link = f'<a href="https://evil.example/">{content}</a>'
    assert "/ask?https://evil.example/" in shown(cleaner, around.format(link)).html


@pytest.mark.parametrize(
    "style",
    [
        "color:#fff;background:#000;background:none", "color:#fff;background:#000;background:transparent",
        "color:#fff;background:#000;background:initial", "color:#fff;background:#000;background:unset",
        "color:#fff;background-color:#000;background-color:inherit", "color:#fff;background-color:#000;background:none",
        "color:#fff;background:#000 what", "color:#fff;background:#000;background:Window",
        "color:canvas", "color:Window", "color:buttonface", "color:#123456;background:currentColor",
        "color:#eee", "letter-spacing:-2em", "word-spacing:-99em", "text-indent:-999em", "opacity:.21",
        "color:rgb(0 0 0 / 30%)",
    ],
)  # fmt: skip
def test_what_nobody_surely_reads_in_a_link_is_judged_both_ways(cleaner: Path, style: str) -> None:
    content = f'www.banque<span style="{style}">@evil.example/</span>.fr'
    link = f'<a href="https://evil.example/x">{content}</a>'
    assert "/ask?" in shown(cleaner, f'<div style="background-color:#eef">x</div>{link}').html


def test_each_doubt_about_a_link_may_hold_without_the_other(cleaner: Path) -> None:
    seen, unseen = "color:windowtext", "color:buttonface"
    for first, second in ((seen, unseen), ("opacity:.5", "letter-spacing:-2em")):
        content = f'<b style="{first}">www.banque.fr</b><i style="{second}">@evil.example/</i>'
        assert "/ask?" in shown(cleaner, f'<a href="https://evil.example/x">{content}</a>').html


def test_words_about_grounds_are_no_grounds() -> None:
    lit = '<a href="https://evil.example/"><b style="color:#0f0">evil.example</b><i style="color:#123">/x</i></a>'
    words = "background: " + "red1 " * 100_000 + ' style="background:#123"'
    started = process_time()
    assert "/l/" not in with_link_checks(f"<p>{words}</p>{lit}", "m")
    assert process_time() - started < 0.5


def test_no_link_takes_long_to_judge() -> None:
    """A worker has three seconds for a mail."""
    colours = [f"{number % 128:02x}{number // 128 % 128:02x}" for number in range(9_000)]
    grounds = "".join(f'<p style="background-color:#{one}00">x</p>' for one in colours)
    inks = "".join(f'<font color="#{one}ff">.</font>' for one in colours)
    few = "".join(f'<font color="#{number % 20 * 6:02x}0000">.</font>' for number in range(300))
    for content, times in ((inks, 1), (few, 60)):
        html = grounds + f'<a href="https://evil.example/x"><img alt="x">{content}</a>' * times
        started = process_time()
        with_link_checks(html, "m")
        assert process_time() - started < 1.5


def test_what_is_remembered_of_mails_is_small() -> None:
    asked: list[str] = []

    @bounded_cache(2)
    def answer(text: str) -> int:
        asked.append(text)
        return len(text)

    assert [answer("a"), answer("a"), answer("b" * 501), answer("b" * 501)] == [1, 1, 501, 501]
    assert asked == ["a", "b" * 501, "b" * 501]


def test_many_inks_of_one_link_are_tried(cleaner: Path) -> None:
    grounds = "".join(f'<p style="background:#{number:02x}0000">x</p>' for number in range(0, 250, 8))
    hidden = "".join(f'<font color="#{number:02x}0000">x</font>' for number in range(0, 250, 8))
    link = f'<a href="https://evil.example/"><b style="color:#0f0">ac-amiens.fr</b>{hidden}</a>'
    assert "/ask?" in shown(cleaner, grounds + link).html


def test_a_link_full_of_long_numbers_is_judged(cleaner: Path) -> None:
    odd = f'<i style="font-size:{"1" * 3_900}_">x</i>' * 40
    assert "/ask?" in shown(cleaner, f'<a href="https://evil.example/">www.cultura.com {odd}</a>').html


@pytest.mark.parametrize("sign", ["\ufe0f", "\u034f", "\u3164", "\u115f", "\u180e", "\U000e0061", "\u2063"])
def test_signs_that_nobody_sees_hide_no_name(cleaner: Path, sign: str) -> None:
    html = shown(cleaner, f'<a href="https://evil.example/">ac-amiens.f{sign}r</a>').html
    assert "/ask?https://evil.example/" in html
    assert "title" not in shown(cleaner, f'<b title="ac-amiens.fr{sign}">x</b>').html


@pytest.mark.parametrize(
    "content",
    [
        "<b>Lire</b> la suite.",
        '<img alt="Le logo de Cultura">',
        '<img alt="affiche.pdf">',
        '<i style="color:#fff">www.cultura.com</i>',
        '<b style="background:#123;color:#fff">www.cultura.com</b>',
        '<b style="background:#123"><font color="#fff">www.</font><font color="#ff0">cultura.com</font></b>',
        '<b style="background:#123;color:#123">x</b> www.cultura.com',
        'www.<b style="margin:0;padding:0px">cultura</b>.com',
        "<div>cultura.com</div><p>Bonjour.</p>",
        '<i style="font-size:0">x</i>',
        '<p style="display:inline">www.cult</p><p style="display:inline">ura.com</p>',
        "www.<wbr>cultura<wbr>.com",
    ],
)
def test_markup_in_an_honest_link_asks_nothing(cleaner: Path, content: str) -> None:
    assert "/ask?" not in shown(cleaner, f'<a href="https://www.cultura.com/">{content}</a>').html


def test_nothing_under_the_pointer_names_another_site(cleaner: Path) -> None:
    lie = 'title="https://www.ac-amiens.fr/"'
    link = f'<a href="https://evil.example/"><b {lie}>Lire</b> <i title="ici">ici</i></a>'
    html = shown(cleaner, f'<div {lie}><abbr title="Direction des services">DS</abbr>{link}</div>').html
    assert html.count("title=") == 1
    assert 'title="Direction des services"' in html


@pytest.mark.parametrize("before", ["\u202e", '<bdo dir="rtl">', "\u2067"])
def test_what_turns_a_text_round_ends_where_a_link_begins(cleaner: Path, before: str) -> None:
    """Only there: without it no mail has an element more."""
    link = '<a href="https://x.example/">www.<b>x</b>.example</a>'
    assert "><bdi>www.<b>x</b>.example</bdi></a>" in shown(cleaner, before + link).html
    assert "bdi" not in shown(cleaner, link).html


def test_the_address_under_the_pointer_is_not_turned_round(cleaner: Path) -> None:
    result = shown(cleaner, '<a href="https://evil.example/\u202erf.sneima-ca">Lire</a>').html
    assert 'title="https://evil.example/%E2%80%AErf.sneima-ca"' in result


@pytest.mark.parametrize(
    ("text", "asks"),
    [("www.cible.example", False), ("Lire", False), ("www.google.com", True), ("www.lemonde.example", True)],
)
def test_a_text_is_compared_with_where_it_ends(cleaner: Path, text: str, asks: bool) -> None:
    link = f'<a href="https://www.google.com/url?q=https://cible.example/">{text}</a>'
    assert ("/ask?" in shown(cleaner, link).html) is asks


def test_a_link_inside_a_link_is_judged_too(cleaner: Path) -> None:
    """As browsers have it, where a table stands between them; and neither of both is honest."""
    inner = '<a href="https://evil.example/">www.cultura.com</a>'
    result = shown(cleaner, f'<a href="https://a.example/">A<table><tr><td>{inner}</table>www.b.example</a>').html
    assert "/ask?https://evil.example/" in result
    assert "/ask?https://a.example/" in result
    listed = inner.replace("evil", "trap")
    result = shown(cleaner, f'<a href="https://a.example/"><table><tr><td>{listed}{inner}</table></a>{inner}').html
    assert 'title="https://trap.example/" class="listed"' in result
    assert result.count("/ask?https://evil.example/") == 2
    assert ".invalid" not in result


@pytest.mark.parametrize("href", ["https://evil.example\\.cultura.com/", "https:\\\\/evil.example/.cultura.com/"])
def test_a_backslash_is_a_slash_as_browsers_have_it(cleaner: Path, href: str) -> None:
    result = shown(cleaner, f'<a href="{href}">www.cultura.com</a>')
    assert "/ask?https://evil.example/.cultura.com/" in result.html


@pytest.mark.parametrize("href", ["https:evil.example", "https:/evil.example", "https:\\evil.example"])
def test_what_would_lead_to_a_page_of_ours_is_no_link(cleaner: Path, href: str) -> None:
    assert "href" not in shown(cleaner, f'<a href="{href}">x</a>').html


def test_a_picture_of_a_few_octets_that_fills_all_memory_is_left_out(cleaner: Path) -> None:
    bomb = PNG[:16] + b"\0\0\xea\x60" * 2 + PNG[24:]
    for content, kept in ((PNG, True), (bomb, False)):
        html = f'<img alt="x" src="data:image/png;base64,{b64encode(content).decode().rstrip("=")}">'
        assert ("data:image/png" in shown(cleaner, html).html) is kept


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("www.impots.gouv.fr", "https://impots.gouv.fr.example.com/"), ("ac-amiens.fr", "https://ac-amlens.fr/"),
        ("Rendez-vous sur https://education.gouv.fr/x !", "https://bit.ly/3"), ("contact@ac-amiens.fr", "https://x.example"),
        ("ac-ami\u200bens.fr", "https://x.example"), ("Lire", "https://ac-amiens.fr@x.example/"), ("Lire", "http://8.8.8.8/"),
        ("Lire", "http://2130706433/"), ("Lire", "https://xn--c-amiens-6fg.fr/"), ("Lire", "https://аc-amiens.fr/"),
        ("HTTP://AC-AMIENS.FR", "https://x.example/"), ("ac-amiens\u2024fr", "https://x.example/"), ("Lire", "https://[x/"),
        ("\u202erf.sneima-ca.www", "https://x.example/"), ("\u202eerioL", "https://x.example/"),
        ("\u2067amiens.fr\u200fac-", "https://x.example/"), ("Lire", "https://x.example/\u202erf.sneima-ca"),
    ],
)  # fmt: skip
def test_misleading(text: str, address: str) -> None:
    assert misleads(text, address)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Lire la suite", "https://click.newsletter.example/x"), ("cultura.com", "https://www.cultura.com/?utm=1"),
        ("www.cultura.com", "https://click.cultura.com/x"), ("https://pod.ac-amiens.fr/a", "https://pod.ac-amiens.fr/b"),
        ("rapport.pdf", "https://nuage.example/f"), ("Réunion du 3.12", "https://x.example/"), ("fin.Merci", "https://x.example/"),
        ("\u2068Jean Petit\u2069 vous écrit.", "https://x.example/"), ("\u200fx.example\u200f", "https://x.example/"),
        ("שלום\u200f עולם", "https://x.example/"),
        ("", "https://x.example/"), ("AC-Amiens.fr.", "https://ac-amiens.fr/"), ("Node.js 24", "https://x.example/"),
    ],
)  # fmt: skip
def test_honest(text: str, address: str) -> None:
    assert not misleads(text, address)

"""Who really wrote, from the lines of our own servers alone."""

import pytest

from vaguemestre.mailbox.mime.header_text import parse_block
from vaguemestre.webmail.trust.authentication_results import (
    AuthenticationVerdict,
    MessageOrigin,
    covers_headers,
    judge_origin,
    parse_results,
)

OURS = "Authentication-Results: messagerie.ac-amiens.fr"
IN = "Received: from x (unknown [192.0.2.1]) by messagerie.ac-amiens.fr (Postfix) with ESMTPS id 1"
INNER = IN.replace("192.0.2.1", "127.0.0.1")
# As Rspamd writes them.
PASS = (
    f"{OURS};\n dkim=pass header.d=orange.fr header.s=s1 header.b=fA8VVvJ8; spf=pass (x: domain of "
    '"a@orange.fr" designates 192.0.2.1 as permitted sender) smtp.mailfrom="a@orange.fr"; dmarc=pass (policy=none) '
    "header.from=orange.fr"
)
FAIL = f'{OURS}; dkim=none; dmarc=fail reason="SPF not aligned (relaxed), No valid DKIM" header.from={{}} (policy={{}})'


def greeted(name: str) -> str:
    """What Rspamd writes of a message without return address, whose server has said that it is called so."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace(";", ";\n\t")
    return (
        f"{OURS};\n\tdkim=none;\n\tdmarc=none header.from=orange.fr (policy=none);\n\tspf=none "
        f'(messagerie.ac-amiens.fr: domain of "{quoted}" has no SPF policy when checking 8.8.8.8) smtp.helo="{quoted}"'
    )


def origin(sender: str, *lines: str) -> MessageOrigin:
    return judge_origin(parse_block("\n".join(lines).encode()), sender)


@pytest.mark.parametrize(
    ("sender", "lines", "verdict"),
    [
        ("a@orange.fr", [PASS, IN], AuthenticationVerdict.VERIFIED),
        ("a@orange.fr", [f"{OURS}; dmarc=none; dkim=pass header.d=mail.orange.fr"], AuthenticationVerdict.VERIFIED),
        ("a@orange.fr", [f"{OURS}; dmarc=none; spf=pass smtp.mailfrom=b@bounce.orange.fr"],
         AuthenticationVerdict.VERIFIED),
        ("a@orange.fr", [f"{OURS}; dmarc=none; dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=x@evil.example"],
         AuthenticationVerdict.UNPROVEN),
        ("a@orange.fr", [f"{OURS}; dmarc=none; dkim=pass header.d=notorange.fr"], AuthenticationVerdict.UNPROVEN),
        ("a@orange.fr", [f"{OURS}; dmarc=none; dkim=pass header.d=fr"], AuthenticationVerdict.UNPROVEN),
        ("a@orange.fr", [f"{OURS}; none"], AuthenticationVerdict.UNJUDGED),
        ("a@orange.fr", [FAIL.format("orange.fr", "none")], AuthenticationVerdict.UNPROVEN),
        ("a@orange.fr", [FAIL.format("orange.fr", "reject")], AuthenticationVerdict.FAKE),
        ("a@orange.fr", [FAIL.format("orange.fr", "quarantine")], AuthenticationVerdict.FAKE),
        # Judged as somebody else's: of several senders, another one than is shown.
        ("a@orange.fr", [f"{OURS}; dkim=pass header.d=evil.example; dmarc=pass (policy=none) header.from=evil.example"],
         AuthenticationVerdict.UNPROVEN),
        ("recteur@ac-amiens.fr", [f"{OURS}; dmarc=pass header.from=evil.example", IN], AuthenticationVerdict.FAKE),
        ("a@orange.fr", [f"{OURS}; dmarc=pass"], AuthenticationVerdict.VERIFIED),
        # In our name, from outside.
        ("recteur@ac-amiens.fr", [FAIL.format("ac-amiens.fr", "none"), IN], AuthenticationVerdict.FAKE),
        ("recteur@ac-amiens.fr", [f"{OURS}; dkim=none; spf=none", IN], AuthenticationVerdict.FAKE),
        ("a@ac-amiens.fr", [f"{OURS}; dkim=none; spf=none", "List-Id: <l.example>"], AuthenticationVerdict.UNPROVEN),
        ("a@ac-amiens.fr", [IN], AuthenticationVerdict.UNJUDGED),
        ("a@ac-amiens.fr", ["Received: from dovecot"], AuthenticationVerdict.INTERNAL),
        ("a@ac-amiens.fr", [INNER, "Return-Path: <b@ac-amiens.fr>"], AuthenticationVerdict.INTERNAL),
        ("a@ac-amiens.fr", [INNER, "Return-Path: <b@orange.fr>"], AuthenticationVerdict.UNJUDGED),
        ("a@ac-amiens.fr", [INNER, IN, "Return-Path: <b@ac-amiens.fr>"], AuthenticationVerdict.UNJUDGED),
        ("a@orange.fr", [INNER, "Return-Path: <b@ac-amiens.fr>"], AuthenticationVerdict.UNJUDGED),
        ("vaguemestre@ac-amiens.fr", [IN.replace("192.0.2.1", "127.0.0.2")], AuthenticationVerdict.INTERNAL),
        ("vaguemestre@ac-amiens.fr", [IN.replace("192.0.2.1", "127.0.0.2"), IN], AuthenticationVerdict.UNJUDGED),
        *(("vaguemestre@ac-amiens.fr", [IN.replace("from x", f"from {greeting}")], AuthenticationVerdict.UNJUDGED)
          for greeting in (
            "[127.0.0.2]", "x (unknown [127.0.0.2]) by messagerie.ac-amiens.fr (Postfix) with ESMTP id 1 from y",
        )),
        ("a@ac-amiens.fr", [f'{IN} for <"b+ [127.0.0.2] by messagerie.ac-amiens.fr (Postfix) with x"@ac-amiens.fr>'],
         AuthenticationVerdict.UNJUDGED),
        ("a@orange.fr", [], AuthenticationVerdict.UNJUDGED),
        ("", [], AuthenticationVerdict.UNJUDGED),
    ],
)  # fmt: skip
def test_verdicts(sender: str, lines: list[str], verdict: AuthenticationVerdict) -> None:
    assert origin(sender, *lines).verdict is verdict


@pytest.mark.parametrize(
    "forged",
    [
        PASS.replace("messagerie.ac-amiens.fr;", "messagerie.ac-amiens.fr.evil.example;"),
        PASS.replace("messagerie.ac-amiens.fr;", "evil.example; messagerie.ac-amiens.fr;"),
        PASS.replace("messagerie.ac-amiens.fr;", "(messagerie.ac-amiens.fr) evil.example;"),
        f"ARC-{PASS}", f"X-{PASS}", "Authentication-Results:", f"{OURS} dmarc=pass header.from=orange.fr",
        f'{OURS}; x=y reason="dmarc=pass header.from=orange.fr"',
        f"{OURS}; (dmarc=pass header.from=orange.fr) arc=none",
    ],
)  # fmt: skip
def test_what_others_write_is_not_read(forged: str) -> None:
    assert origin("a@orange.fr", forged).verdict is AuthenticationVerdict.UNJUDGED


@pytest.mark.parametrize(
    "lines",
    [
        # The envelope's address, which the line quotes, is the sender's own words.
        [f'{OURS}; spf=none (x: domain of "a) ; dmarc=pass header.from=orange.fr ("@evil.example has no SPF policy)',
         'Return-Path: <"a) ; dmarc=pass header.from=orange.fr ("@evil.example>'],
        [f"{OURS}; spf=none (x) ; dmarc=pass header.from=orange.fr; dmarc=fail header.from=orange.fr"],
        *([greeted(name)] for name in (
            "x);dkim=pass header.d=orange.fr;(", '"x);dkim=pass header.d=orange.fr;("',
            'x\\";dkim=pass header.d=orange.fr;(', "x) smtp.helo=y;dkim=pass header.d=orange.fr;arc=none (",
            "x dkim=pass header.d=orange.fr", "x;dkim=pass;header.d=orange.fr",
        )),
    ],
)  # fmt: skip
def test_a_line_that_quotes_a_trick_is_worth_nothing(lines: list[str]) -> None:
    assert origin("a@orange.fr", *lines).verdict is AuthenticationVerdict.UNJUDGED
    assert origin("recteur@ac-amiens.fr", *lines, IN).verdict is AuthenticationVerdict.FAKE


def test_it_is_said_in_one_sentence_with_details() -> None:
    found = origin("a@orange.fr", PASS)
    assert found.said == "Cet expéditeur est vérifié\u00a0: le message vient bien du domaine orange.fr."
    assert found.details == [f"{name}\u00a0: réussi (orange.fr)" for name in ("DKIM", "SPF", "DMARC")]
    assert origin("x@a.fr", FAIL.format("a.fr", "reject")).said == "Ce message se fait passer pour a.fr."
    assert origin("x@a.fr", FAIL.format("a.fr", "none")).said == "Rien ne prouve que ce message vient du domaine a.fr."


def test_which_fields_a_good_signature_covers() -> None:
    block = f"{PASS}\nDKIM-Signature: v=1; d=orange.fr; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x"
    headers = parse_block(block.encode())
    assert covers_headers(headers, parse_results(headers), "List-Unsubscribe", "list-unsubscribe-post")
    assert not covers_headers(headers, parse_results(headers), "List-Unsubscribe", "Subject")
    other = parse_block(block.replace("d=orange.fr; h=", "d=evil.example; h=").encode())
    assert not covers_headers(other, parse_results(other), "List-Unsubscribe")


@pytest.mark.parametrize("name", ["mail.orange.fr", "[192.0.2.1]", "[IPv6:2001:db8::1]", "poste_12"])
def test_an_ordinary_greeting_is_no_trick(name: str) -> None:
    found = parse_results(parse_block(greeted(name).replace("\\n\\t", "").encode()))
    assert [check.method for check in found] == ["dkim", "dmarc", "spf"]

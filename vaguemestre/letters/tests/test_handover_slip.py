"""The slip that is signed when an OTP key is handed over."""

import io

import pypdf
import pytest

from vaguemestre.accounts.models import Account, OtpHolding, OtpKey
from vaguemestre.accounts.otp import key_lifecycle
from vaguemestre.accounts.otp.testing import SECRET, make_key
from vaguemestre.letters import handover_slip
from vaguemestre.letters.tests.cast import NOW, joiner, school
from vaguemestre.people import numen

KINDS = OtpKey.Kind


def holding(account: Account, kind: OtpKey.Kind = KINDS.HOTP) -> OtpHolding:
    key = make_key(kind, serial="4417-2026")
    key_lifecycle.set_aside(key, account, slip=handover_slip.next_slip_number("80", now=NOW), by="system", now=NOW)
    return key.holdings.get()


def pages(held: OtpHolding, agent: Account) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(handover_slip.slip_pdf(held, agent=agent, now=NOW)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.fixture
def agent(db: None) -> Account:
    return joiner("Thomas", "Quesnel", civility="M.")


@pytest.mark.parametrize("kind", KINDS)
def test_two_copies_say_who_gives_what_to_whom(agent: Account, kind: OtpKey.Kind) -> None:
    holder = joiner("Hélène", "Carpentier")
    copies = pages(holding(holder, kind), agent)
    assert len(copies) == 2
    for copy in copies:
        for words in ("B2026-80-001", "4417-2026", "Mme Hélène Carpentier", holder.identifier, "Thomas Quesnel"):
            assert words in copy
        assert "03 22 71 25 00" in copy
    assert "Exemplaire de la DSDEN" in copies[0]
    assert "Exemplaire du titulaire" in copies[1]


def test_nothing_secret_stands_on_it(agent: Account) -> None:
    holder = joiner("Hélène", "Carpentier")
    text = " ".join(pages(holding(holder), agent))
    for secret in (SECRET.decode(), str(numen.clear_numen(holder.person)), "1990"):
        assert secret not in text


def test_names_are_text_and_long_ones_stay_on_their_page(agent: Account) -> None:
    place = school("0800099Z", "École #strong[primaire] des Tilleuls, des Marais et du Faubourg-de-Hem $x^2$ " * 2)
    holder = joiner("Marie-Françoise-Élisabeth", "Carpentier-de La Tour-Maubourg", posted=place)
    copies = pages(holding(holder), agent)
    assert len(copies) == 2
    assert "#strong[primaire]" in copies[0]
    assert "$x^2$" in copies[0]


def test_each_slip_has_its_number(agent: Account) -> None:
    assert [handover_slip.next_slip_number("80", now=NOW) for _ in range(2)] == ["B2026-80-001", "B2026-80-002"]
    assert handover_slip.next_slip_number("02", now=NOW) == "B2026-02-001"

"""Where pages that only send on lead, read from their address alone."""

import pytest

from vaguemestre.mailbox.html.link_redirectors import LONGEST, final_destination

THERE = "https://cible.example/a"
IN_A_FIELD = "https%3A%2F%2Fcible.example%2Fa"


@pytest.mark.parametrize(
    "address",
    [
        f"https://www.google.com/url?q={THERE}&sa=D&usg=x", f"https://www.google.fr/url?sa=t&url={IN_A_FIELD}",
        f"HTTPS://WWW.GOOGLE.CO.UK:443/url?q={IN_A_FIELD}", f"https://google.com./url?q={THERE}&q=https://autre.example",
        f"https://www.google.com/url?q=rien&url={IN_A_FIELD}",
        f"https://l.facebook.com/l.php?u={IN_A_FIELD}&h=AT0x", f"https://l.instagram.com/?u={IN_A_FIELD}&e=x",
        f"https://eur02.safelinks.protection.outlook.com/?url={IN_A_FIELD}&data=05%7C02&sdata=x&reserved=0",
        f"https://eur02.safelinks.protection.outlook.com/ap/w-59584e83/?url={IN_A_FIELD}&data=05",
        f"https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url={IN_A_FIELD}&locale=fr",
        f"https://urldefense.proofpoint.com/v1/url?u={IN_A_FIELD}&k=x",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__cible.example_a&d=DwMFaQ&c=x",
        "https://urldefense.com/v3/__https://cible.example/a__;!!x!y$",
        "https://urldefense.com/v3/__https:/cible.example/a__;!!x!y$",
        f"https://t.umblr.com/redirect?z={IN_A_FIELD}&t=x", f"https://slack-redir.net/link?url={IN_A_FIELD}",
        f"https://www.youtube.com/redirect?event=x&q={IN_A_FIELD}", f"https://www.linkedin.com/safety/go?url={IN_A_FIELD}",
        f"https://duckduckgo.com/l/?uddg={IN_A_FIELD}", f"https://deref-gmx.com/mail/client/x/dereferrer/?redirectUrl={THERE}",
        f"https://www.google.com/url?q=https%3A%2F%2Fslack-redir.net%2Flink%3Furl%3D{IN_A_FIELD.replace('%', '%25')}",
    ],
)  # fmt: skip
def test_where_it_leads(address: str) -> None:
    assert final_destination(address) == THERE


def test_what_was_written_otherwise_is_given_back() -> None:
    """One letter, and as many as the sign says."""
    defended = "https://urldefense.com/v3/__https://cible.example/caf*?q=**A__;w6nigJjigJk!!x!y$"
    assert final_destination(defended) == "https://cible.example/café?q=‘’"
    assert (
        final_destination("https://urldefense.proofpoint.com/v2/url?u=https-3A__cible.example_a-5Fb-3Fc-3Dd-2526&d=x")
        == "https://cible.example/a_b?c=d%26"
    )


@pytest.mark.parametrize(
    "address",
    [
        THERE, "https://www.google.com/search?q=https://cible.example", "https://www.google.com/url",
        "https://www.google.com/url?q=",
        "https://www.google.com/url?q=cible.example", "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?q=//cible.example", "https://www.google.com/url?q=https://",
        "https://www.google.com/url?q=https://[", "https://www.google.com/url?q=https://cible.example/%20a",
        f"https://www.google.com/url?q={THERE}/{'a' * LONGEST}",
        "https://x@www.google.com/url?q=https://cible.example",
        "https://google.com.evil.example/url?q=https://cible.example",
        "https://evilgoogle.com/url?q=https://cible.example", "https://urldefense.com/v3/__https://cible.example/*__;!!x!y$",
        "https://urldefense.com/v3/__https://cible.example/**__;w6k!!x!y$",
        "https://urldefense.com/v3/__https://cible.example/*__;_w!!x!y$",
        "https://urldefense.com/v3/__https://cible.example/a", "https://urldefense.com/v3/x", "https://urldefense.com/v2/url?x=1",
        "https://[", "https://", "", "mailto:a@b.example",
    ],
)  # fmt: skip
def test_what_cannot_be_read_stays(address: str) -> None:
    assert final_destination(address) == address


def test_it_ends() -> None:
    inside = THERE
    for _step in range(6):
        inside = f"https://www.google.com/url?q={inside}"
    assert final_destination(inside).count("google") == 2

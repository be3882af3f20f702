"""The rules of a new password judged while it is typed, for whoever holds a living link and nobody else."""

from typing import ClassVar

import pytest
from django.test import Client
from django.utils import timezone

from vaguemestre.accounts.lost_password import reset_links
from vaguemestre.accounts.lost_password.testing import LINK_PAGE, NUMEN, living_links, make_forgetful
from vaguemestre.accounts.passwords import passwords
from vaguemestre.accounts.screens.lost_password.views import new_password
from vaguemestre.accounts.testing import PASSWORD
from vaguemestre.accounts.testing.reset_links import CHOSEN, ask

pytestmark = pytest.mark.django_db


class TestRulesWhileTyping:
    RULES = f"{LINK_PAGE}regles/"
    SILENCE: ClassVar = {"unmet": [], "unknown": ["personal", "numen", "common", "former"]}

    def judged(self, client: Client, typed: str) -> dict[str, list[str]]:
        said: dict[str, list[str]] = client.post(self.RULES, {"neuf": typed}).json()
        return said

    def test_the_page_has_its_judge(self, client: Client) -> None:
        account = make_forgetful()
        passwords.set_password(account, PASSWORD, now=timezone.now())
        client.get(ask(client))
        assert f'data-judge="{self.RULES}"' in client.get(LINK_PAGE).content.decode()
        assert self.judged(client, "Les Essai sont 7, oui !")["unmet"] == ["personal"]
        assert self.judged(client, f"Voila {NUMEN} !")["unmet"] == ["numen"]
        assert "common" in self.judged(client, "Azerty-2026")["unmet"]
        assert self.judged(client, PASSWORD) == {"unmet": ["former"], "unknown": []}
        assert self.judged(client, CHOSEN) == {"unmet": [], "unknown": []}
        assert living_links(account) == 1

    def test_a_dead_link_hears_the_same_whatever_is_typed(self, client: Client) -> None:
        account = make_forgetful()
        client.get(ask(client))
        reset_links.void_links(account, now=timezone.now())
        dead = {str(self.judged(client, typed)) for typed in ("", f"Voila {NUMEN} !", PASSWORD, CHOSEN)}
        assert dead == {str(self.SILENCE)}
        assert self.judged(Client(), "Azerty-2026") == self.SILENCE, "nor does who has none"
        assert client.get(self.RULES).status_code == 405

    def test_whoever_asks_without_end_hears_nothing_more(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        make_forgetful()
        client.get(ask(client))
        monkeypatch.setattr(new_password, "ASKS", 2)
        said = [self.judged(client, "Azerty-2026") == self.SILENCE for _turn in range(3)]
        assert said == [False, False, True]

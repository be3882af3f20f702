"""The scripts' server: the real one, then one that answers wrongly."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
from django.conf import settings
from hypothesis import HealthCheck, given, settings as hypothesis_settings, strategies as st

from vaguemestre.mailbox.endpoint import Endpoint
from vaguemestre.mailbox.errors import MailboxRefusedError, MailboxUnavailableError, SignInRefusedError
from vaguemestre.mailbox.sieve.managesieve import (
    Script,
    ScriptName,
    ScriptRefusedError,
    ScriptServer,
    open_script_server,
)
from vaguemestre.mailbox.values import InvalidValueError
from vaguemestre.testing import MailAccount

KEEP = "keep;\n"


@pytest.fixture
def endpoint(daemons: None) -> Endpoint:
    host, port = settings.MAIL["sieve"]
    return Endpoint(host, port, ca=settings.MAIL["ca"], certified_as="localhost")


@pytest.fixture
def server(endpoint: Endpoint, mail_account: MailAccount) -> Iterator[ScriptServer]:
    with open_script_server(endpoint, mail_account.key, mail_account.token) as server:
        yield server


def test_a_script_is_stored_listed_read_used_and_removed(server: ScriptServer) -> None:
    name = ScriptName('été "à" \\ l\'essai')
    assert server.scripts() == []
    server.put(name, "# Élèves\n" + KEEP)
    server.activate(name)
    assert server.scripts() == [Script(name, True)]
    assert server.get(name) == "# Élèves\n" + KEEP
    server.activate("")
    server.delete(name)
    server.delete(name)
    assert server.scripts() == []


@pytest.mark.parametrize("name", ["OK", "NO", "ACTIVE", "BYE", "{3}", "a b", "(x)"])
def test_a_name_that_looks_like_an_answer_is_a_name(server: ScriptServer, name: str) -> None:
    server.put(ScriptName(name), KEEP)
    server.put(ScriptName("autre"), KEEP)
    server.activate("autre")
    assert sorted(server.scripts(), key=lambda script: script.name != name) == [
        Script(name, False), Script("autre", True),
    ]  # fmt: skip
    assert server.get(name) == KEEP


def test_what_cannot_be_understood_is_refused_with_its_place(server: ScriptServer) -> None:
    with pytest.raises(ScriptRefusedError) as refusal:
        server.put(ScriptName("essai"), 'keep;\nfileinto "x";\n')
    assert "2" in refusal.value.text
    assert "fileinto" in refusal.value.text
    with pytest.raises(ScriptRefusedError):
        server.check("si;")
    server.check(KEEP)  # the conversation continues
    assert server.scripts() == []


def test_an_unknown_script_is_refused(server: ScriptServer) -> None:
    with pytest.raises(MailboxRefusedError):
        server.get("jamais")
    with pytest.raises(MailboxRefusedError):
        server.activate("jamais")


@pytest.mark.parametrize("name", ["", "a/b", "a\r\nLOGOUT", "a\0", "x" * 200, "\u2028"])
def test_names_that_could_mean_something_else_are_none(name: str) -> None:
    with pytest.raises(InvalidValueError):
        ScriptName(name)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200))
def test_no_script_text_becomes_a_command(server: ScriptServer, text: str) -> None:
    """Whatever it holds, the answer after it is the answer to the question after it."""
    with contextlib.suppress(ScriptRefusedError):
        server.check(text.encode("utf-8", "replace").decode())
    server.check(KEEP)
    assert server.scripts() == []


def test_a_wrong_token_is_a_refused_sign_in(endpoint: Endpoint, mail_account: MailAccount) -> None:
    with pytest.raises(SignInRefusedError), open_script_server(endpoint, mail_account.key, mail_account.token + "x"):
        pass


def test_the_token_of_one_opens_no_box_of_another(endpoint: Endpoint, mail_account: MailAccount) -> None:
    with (
        pytest.raises((SignInRefusedError, MailboxUnavailableError)),
        open_script_server(endpoint, "a0000000", mail_account.token),
    ):
        pass


def test_nobody_listening_and_a_certificate_of_somebody_else(endpoint: Endpoint, mail_account: MailAccount) -> None:
    for wrong in (
        Endpoint("127.0.0.1", 1, ca=endpoint.ca),
        Endpoint(endpoint.host, endpoint.port, ca=endpoint.ca, certified_as="autre.example"),
        Endpoint(endpoint.host, endpoint.port, certified_as="localhost"),
    ):
        with pytest.raises(MailboxUnavailableError), open_script_server(wrong, mail_account.key, mail_account.token):
            pass


@pytest.mark.parametrize("said", [b"", b"BYE\r\n", b"OK", b"{99999999}\r\n", b'NO "later"\r\n', b"\xff" * 70000])
def test_a_server_that_makes_no_sense_is_unavailable(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_say, args=(listener, said))
        thread.start()
        endpoint = Endpoint("127.0.0.1", listener.getsockname()[1], silence_timeout=2)
        with (
            pytest.raises((MailboxUnavailableError, MailboxRefusedError)),
            open_script_server(endpoint, "a0000000", "x"),
        ):
            pass
        thread.join(10)


def _say(listener: socket.socket, said: bytes) -> None:
    connection, _address = listener.accept()
    with connection:
        connection.sendall(said)

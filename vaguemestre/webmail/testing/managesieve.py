"""Another program that edits filters: sievelib's ManageSieve client, signed in with the person's own password."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sievelib.managesieve import Client

from vaguemestre.testing import MailAccount, tls_context
from vaguemestre.webmail.connection import scripts_endpoint


@contextmanager
def other_program(account: MailAccount) -> Iterator[Client]:
    endpoint = scripts_endpoint()
    client = Client(endpoint.host, endpoint.port)
    context = tls_context()
    context.check_hostname = False  # to it, the server's name is the address that it called
    with pytest.MonkeyPatch.context() as patch:  # it knows no way to be told of an authority
        patch.setattr(ssl, "create_default_context", lambda: context)
        assert client.connect(account.address, account.password, starttls=True)
    yield client
    client.logout()

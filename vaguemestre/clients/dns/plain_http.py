"""Port 80 as a certificate authority and people meet it: at each address that the DNS gives, without TLS."""

from contextlib import closing
from http.client import HTTPConnection, HTTPException

SECONDS = 5.0


class PlainHttpError(Exception):
    """Nobody answers there; the message is for the operator."""


def redirect_at(address: str, name: str, *, port: int = 80) -> str:
    """Where `name` leads there, or the number of another answer. Raises PlainHttpError."""
    try:
        with closing(HTTPConnection(address, port, timeout=SECONDS)) as connection:
            connection.request("GET", "/", headers={"Host": name})
            answer = connection.getresponse()
            return answer.getheader("Location") or str(answer.status)
    except (OSError, HTTPException) as error:
        raise PlainHttpError(f"{address}: {error or type(error).__name__}") from error

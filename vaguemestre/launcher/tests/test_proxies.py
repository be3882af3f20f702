"""Our nginx behind another one: whom the product takes for its visitor, and for this machine."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path

import pytest
from pydantic import ValidationError

from vaguemestre.instance import Instance
from vaguemestre.launcher.data_folder import folder, ports
from vaguemestre.launcher.nginx import configuration
from vaguemestre.launcher.testing import until
from vaguemestre.launcher.testing.nginx import Fetched, fetching, pages, serving

APPENDS = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
STANDARD = "proxy_set_header Forwarded for=$remote_addr;"
FRONT = """
daemon off; pid {folder}/pid; error_log stderr crit; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
    uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
    server {{
        listen 127.0.0.1:{port} ssl;
        ssl_certificate {data}/tls/server.pem; ssl_certificate_key {data}/tls/server.key;
        location / {{
            proxy_bind {address};
            proxy_pass https://127.0.0.1:{behind};
            proxy_set_header Host localhost:{behind};
            {more}
        }}
    }}
}}
"""


@contextmanager
def front(data: Path, instance: Instance, address: str, more: str) -> Iterator[Instance]:
    """A proxy of somebody else's, which comes to us from that address. Yields where it is reached."""
    with ports.claimed_base() as base:
        place = data / "front"
        place.mkdir()
        place.chmod(0o777)
        values = {"folder": place, "port": base + 443, "data": data, "behind": instance.ports.web}
        (place / "nginx.conf").write_text(FRONT.format(**values, address=address, more=more))
        command = ["/usr/sbin/nginx", "-e", "stderr", "-c", str(place / "nginx.conf")]
        with subprocess.Popen(command, user=folder.WEB_USER, group=folder.WEB_USER, extra_groups=[]) as server:
            before = instance.model_copy(update={"ports": instance.ports.model_copy(update={"web": base + 443})})
            deadline = time.monotonic() + 30
            try:
                while not _answers(before):
                    assert time.monotonic() < deadline
                yield before
            finally:
                server.terminate()


def _answers(instance: Instance) -> bool:
    try:
        return bool(fetching(instance, "/health/"))
    except OSError:
        time.sleep(0.05)
        return False


def heard(
    data: Path, instance: Instance, claimed: dict[str, str], *, source: str = "127.0.0.1",
    proxy: str = "", more: str = APPENDS,
) -> tuple[str, str | None]:  # fmt: skip
    """What the product is told of the visitor, and of who handed the request on."""
    with serving(data, instance), pages(data, lambda _: {}) as asked:
        if proxy:
            with front(data, instance, proxy, more) as before:
                fetching(before, "/metrics/", claimed, source=source)
        else:
            fetching(instance, "/metrics/", claimed, source=source)
        said = asked[-1]
        assert said["Forwarded"] is None
        return said["X-Forwarded-For"], said["X-Handed-On-By"]


def trusting(data: Path, instance: Instance, *networks: str) -> Instance:
    made = instance.model_copy(update={"trusted_proxies": tuple(ip_network(one) for one in networks)})
    configuration.render(data, made)
    return made


LIES = [
    {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-For": "::1"}, {"X-Forwarded-For": "127.0.0.1, 127.0.0.1"},
    {"Forwarded": "for=127.0.0.1"}, {"X-Real-IP": "127.0.0.1"}, {"X-Handed-On-By": ""},
]  # fmt: skip


@pytest.mark.parametrize("lie", LIES, ids=str)
@pytest.mark.parametrize("trusted", [(), ("127.0.0.9",)], ids=["no proxy", "a proxy elsewhere"])
def test_a_stranger_is_who_the_connection_comes_from_whatever_they_write(
    open_folder: Path, instance: Instance, lie: dict[str, str], trusted: tuple[str, ...]
) -> None:
    visitor, _by = heard(open_folder, trusting(open_folder, instance, *trusted), lie, source="127.0.0.2")
    assert visitor == "127.0.0.2"


@pytest.mark.parametrize("lie", LIES, ids=str)
def test_through_a_proxy_that_is_named_a_stranger_is_who_it_says_and_nobody_they_choose(
    open_folder: Path, instance: Instance, lie: dict[str, str]
) -> None:
    named = trusting(open_folder, instance, "127.0.0.9")
    assert heard(open_folder, named, lie, source="127.0.0.2", proxy="127.0.0.9") == ("127.0.0.2", "127.0.0.9")


def test_of_two_proxies_one_after_the_other_the_first_says_who_it_is(open_folder: Path, instance: Instance) -> None:
    both = trusting(open_folder, instance, "127.0.0.8/31")
    said = {"X-Forwarded-For": "127.0.0.1, 127.0.0.4"}  # the first wrote the second word
    assert heard(open_folder, both, said, source="127.0.0.8", proxy="127.0.0.9") == ("127.0.0.4", "127.0.0.9")


def test_a_proxy_on_this_machine_brings_nobody_who_is_this_machine(open_folder: Path, instance: Instance) -> None:
    """Named or not, by a proxy that adds to what its visitor wrote, or by one that passes it on as it is."""
    for trusted in ((), ("127.0.0.1",)):
        behind = trusting(open_folder, instance, *trusted)
        for more in (APPENDS, "", STANDARD):
            lie = {} if more == STANDARD else {"X-Forwarded-For": "127.0.0.1"}
            assert heard(open_folder, behind, lie, proxy="127.0.0.1", more=more) == ("127.0.0.1", "127.0.0.1")
            subprocess.run(["rm", "-r", open_folder / "front"], check=True)
        assert heard(open_folder, behind, {}) == ("127.0.0.1", None)  # Prometheus, beside it


def test_limits_are_each_visitor_s_behind_a_proxy_that_is_named(open_folder: Path, instance: Instance) -> None:
    most = 2 * configuration.AT_ONCE_OF_ONE
    named = trusting(open_folder, instance, "127.0.0.9")
    with serving(open_folder, named), front(open_folder, named, "127.0.0.9", APPENDS) as before:
        hammered = [_signs_in(before, "127.0.0.2").status for _ in range(most)]
        assert 429 in hammered
        assert _signs_in(before, "127.0.0.3").status == 502  # let through, to nothing
        assert _signs_in(before, "127.0.0.2", claims="127.0.0.4").status in {429, 502}
        until(lambda: _logged(open_folder) == {"127.0.0.1", "127.0.0.2", "127.0.0.3"}, "the log names other visitors")


def _logged(data: Path) -> set[str]:
    lines = (data / "log" / "nginx" / "access.log").read_text().splitlines()
    return {line.split()[0] for line in lines if "/session/" in line}


def _signs_in(instance: Instance, source: str, claims: str = "") -> Fetched:
    return fetching(instance, "/session/", {"X-Forwarded-For": claims} if claims else {}, "POST", source)


def test_everybody_is_no_proxy() -> None:
    with pytest.raises(ValidationError, match="any visitor chooses"):
        Instance(trusted_proxies=(ip_network("0.0.0.0/0"),))

"""The rendered configuration in a real nginx, in front of nothing: what it lets through is answered 502."""

import http.client
import socket
import ssl
import time
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import quote

import pytest

from vaguemestre.academy.facts import academy
from vaguemestre.engine.template_variables import mail_host
from vaguemestre.instance import Instance
from vaguemestre.launcher.nginx import configuration
from vaguemestre.launcher.testing.nginx import fetching, pages, serving

LET_THROUGH, LIMITED, ELSEWHERE = 502, 429, 308


def test_one_host_that_signs_in_without_end_is_limited_alone(open_folder: Path, instance: Instance) -> None:
    """Two hosts by two addresses of the loopback network. 127.0.0.1 itself, from where bench/ comes, is nobody's."""
    with serving(open_folder, instance) as ask:
        hammered = Counter(ask("POST", "/session/", "127.0.0.2")[0] for _ in range(2 * configuration.AT_ONCE_OF_ONE))
        assert hammered[LIMITED] > 0
        assert hammered[LET_THROUGH] > configuration.AT_ONCE_OF_ONE
        assert ask("POST", "/session/", "127.0.0.3")[0] == LET_THROUGH
        assert ask("POST", "/session/", "127.0.0.1")[0] == LET_THROUGH
        assert ask("GET", "/session/", "127.0.0.2")[0] == LET_THROUGH


def test_a_host_is_an_address_or_a_64_of_ipv6(open_folder: Path, instance: Instance) -> None:
    """The map itself, asked about addresses that this machine has not."""
    file = configuration.folder(open_folder) / "nginx.conf"
    text = file.read_text().replace("map $remote_addr $one_host", "map $arg_address $one_host")
    file.write_text(text.replace("location /static/", 'location /host { return 200 "$one_host"; }\n location /static/'))
    with serving(open_folder, instance) as ask:

        def host(address: str) -> str:
            return ask("GET", f"/host?address={quote(address, safe=':')}")[1]

        assert host("2001:db8:1:2:3:4:5:6") == host("2001:db8:1:2::9") == "2001:db8:1:2:"
        assert host("2001:db8:1:3::9") != host("2001:db8:1:2::9")
        assert host("2001:db8::1") == host("2001:db8::2:1") != host("2001:db9::1")
        assert host("fd00::2") != ""
        assert host("127.0.0.1") == host("::1") == ""


@pytest.mark.parametrize("address", ["distantes/1/2/?u=x", "miniatures/1/2/?piece=2-1"])
def test_pictures_beyond_a_persons_share_wait_their_turn_in_front(
    open_folder: Path, instance: Instance, address: str
) -> None:
    with serving(open_folder, instance) as ask:
        begun = time.monotonic()
        assert {ask("GET", f"/webmail/{address}&encore=1")[0] for _ in range(5)} == {LET_THROUGH}
        assert time.monotonic() - begun >= 0.19  # four times a twentieth of a second


@pytest.mark.parametrize("address", ["/fichiers/?lien=x", "/fichiers/octets/?lien=x"])
def test_links_to_files_are_tried_by_one_host_at_a_pace_of_its_own(
    open_folder: Path, instance: Instance, address: str
) -> None:
    with serving(open_folder, instance) as ask:
        tried = Counter(ask("GET", address, "127.0.0.2")[0] for _ in range(60))
        assert tried[LIMITED] > 0
        assert tried[LET_THROUGH] > 40
        assert ask("GET", address, "127.0.0.3")[0] == LET_THROUGH
        assert ask("GET", "/fichiers/mes-fichiers/", "127.0.0.2")[0] == LET_THROUGH


def test_a_watcher_outside_is_answered_and_a_stranger_does_not_wear_the_service_out(
    open_folder: Path, instance: Instance
) -> None:
    with serving(open_folder, instance) as ask:
        asked = Counter(ask("GET", "/ready/", "127.0.0.2")[0] for _ in range(60))
        assert asked[LIMITED] > 0
        assert asked[LET_THROUGH] > 10
        assert ask("GET", "/ready/", "127.0.0.3")[0] == LET_THROUGH
        assert {ask("GET", "/ready/", "127.0.0.1")[0] for _ in range(30)} == {LET_THROUGH}
        (open_folder / "maintenance").touch()
        assert ask("GET", "/ready/", "127.0.0.3")[0] == 503


def test_passwords_of_files_are_tried_at_a_pace_of_their_own(open_folder: Path, instance: Instance) -> None:
    address = "/fichiers/ouverture/"
    with serving(open_folder, instance) as ask:
        tried = Counter(ask("POST", address, "127.0.0.2", body=b"lien=x&secret=y")[0] for _ in range(30))
        assert tried[LIMITED] > 0
        assert tried[LET_THROUGH] > 10
        assert "fichier" in ask("POST", address, "127.0.0.2", body=b"lien=x&secret=y")[1]
        assert ask("POST", address, "127.0.0.3", body=b"lien=x&secret=y")[0] == LET_THROUGH
        assert ask("POST", address, "127.0.0.3", body=b"x" * 17 * 1024)[0] == 413
        (open_folder / "maintenance").touch()
        assert ask("POST", address, "127.0.0.3", body=b"lien=x&secret=y")[0] == 503


@pytest.mark.parametrize(
    ("sources", "links", "most"),
    [(["127.0.0.2"], [str(number) for number in range(8)], 6), ([f"127.0.0.{n}" for n in range(2, 14)], ["x"], 10)],
    ids=["of one host", "of one link"],
)
def test_so_many_files_are_fetched_at_once(
    open_folder: Path, instance: Instance, sources: list[str], links: list[str], most: int
) -> None:
    """A process that has begun an answer and does not end it. It hears of no session."""
    socket_path = open_folder / "run" / "files" / "handouts.sock"
    there = {"X-Accel-Redirect": "/_files/handout/?billet=x"}
    with socket.socket(socket.AF_UNIX) as listening, serving(open_folder, instance) as ask, ExitStack() as open_ones:
        open_ones.enter_context(pages(open_folder, lambda _: there))
        listening.bind(str(socket_path))
        socket_path.chmod(0o777)
        listening.listen(64)
        listening.settimeout(30)
        context = ssl.create_default_context(cafile=str(open_folder / "tls" / "ca.pem"))
        wanted = [(source, link) for source in sources for link in links]
        for source, link in wanted[:most]:
            connection = http.client.HTTPSConnection(
                instance.host, instance.ports.web, context=context, source_address=(source, 0), timeout=30
            )
            open_ones.enter_context(closing(connection))
            connection.request("GET", f"/fichiers/octets/?lien={link}", headers={"Cookie": "__Host-session=mine"})
            asked = open_ones.enter_context(closing(listening.accept()[0]))
            assert b"ookie" not in asked.recv(65536)
        source, link = wanted[most]
        assert ask("GET", f"/fichiers/octets/?lien={link}", source)[0] == LIMITED


def test_two_large_files_at_once_for_each_session(open_folder: Path, instance: Instance) -> None:
    """Those whose bytes are on their way count; another session, and other pages, do not wait for them."""
    context = ssl.create_default_context(cafile=str(open_folder / "tls" / "ca.pem"))
    slow = []
    mine, other = {"Cookie": "a=b; __Host-session=mine"}, {"Cookie": "__Host-session=other"}
    with serving(open_folder, instance) as ask, ExitStack() as open_ones:
        file = configuration.folder(open_folder) / "nginx.conf"
        assert "auth_request /import/droit/;" in file.read_text()
        for _ in range(2):
            connection = http.client.HTTPSConnection(instance.host, instance.ports.web, context=context, timeout=30)
            open_ones.enter_context(closing(connection))
            connection.putrequest("POST", "/import/fichiers/")
            for name, value in {**mine, "Content-Length": "1000000"}.items():
                connection.putheader(name, value)
            connection.endheaders()
            connection.send(b"x" * 1000)
            slow.append(connection)
        deadline = time.monotonic() + 30
        while (said := ask("POST", "/import/fichiers/", headers=mine, body=b"x"))[0] != 303:
            assert time.monotonic() < deadline, said
            time.sleep(0.05)
        assert said == (303, f"{instance.origin}/import/?envoi=trop-nombreux")
        assert ask("POST", "/import/fichiers/", headers=other, body=b"x")[0] != 303
        assert ask("GET", "/import/", headers=mine)[0] == LET_THROUGH


def test_what_is_larger_than_a_mailbox_is_told_so(open_folder: Path, instance: Instance) -> None:
    with serving(open_folder, instance) as ask:
        said = ask("POST", "/import/fichiers/", headers={"Content-Length": str(10**13)})
    assert said == (303, f"{instance.origin}/import/?envoi=trop-gros")


def test_every_answer_says_who_may_embed_it_and_what_it_may_load(open_folder: Path, instance: Instance) -> None:
    """This server's own pages and files; what the product says of its own stays, and stays alone."""
    (open_folder / "acme" / ".well-known" / "acme-challenge").mkdir(parents=True)
    (open_folder / "exports" / "x.zip").touch()
    product = {"Content-Security-Policy": "default-src 'self'", "Cross-Origin-Resource-Policy": "cross-origin"}
    redirected = {"X-Accel-Redirect": "/_exports/x.zip", **product}
    with serving(open_folder, instance):
        own = {
            "/session/": fetching(instance, "/session/"), "/static/none.css": fetching(instance, "/static/none.css"),
            "400": fetching(instance, "/", {"Host": "a b"}),
            "413": fetching(instance, "/", {"Content-Length": "1" * 12}),
            "308": fetching(instance, "/", {"Host": "other.example"}),
        }  # fmt: skip
        with pages(open_folder, lambda path: redirected if path == "/export" else product):
            said = fetching(instance, "/page").headers
            own["/export"] = fetching(instance, "/export")
    assert [one.status for one in own.values()] == [502, 404, 400, 413, 308, 200]
    for name, answer in own.items():
        [policy] = answer.headers.get_all("Content-Security-Policy") or [name]
        assert "default-src 'none'" in policy
        assert answer.headers.get_all("Cross-Origin-Resource-Policy") == ["same-origin"], name
        assert "camera=()" in answer.headers["Permissions-Policy"], name
    assert "style-src 'self'" in own["/session/"].headers["Content-Security-Policy"]  # a page of ours, dressed
    assert {name: said.get_all(name) for name in product} == {name: [value] for name, value in product.items()}
    assert said.get_all("Permissions-Policy") == own["308"].headers.get_all("Permissions-Policy")


def test_mail_programs_find_their_settings_by_the_domain_and_nothing_else_is_there(
    open_folder: Path, instance: Instance
) -> None:
    domain = academy().domain
    with serving(open_folder, instance) as ask:
        for host, path in (
            (f"autoconfig.{domain}", "/mail/config-v1.1.xml?emailaddress=x"),
            (domain, "/.well-known/autoconfig/mail/config-v1.1.xml"),
            (f"autodiscover.{domain}", "/autodiscover/autodiscover.xml"),
            (domain, "/Autodiscover/Autodiscover.xml"),
            (f"autodiscover.{domain}:443", "/autodiscover/autodiscover.json/v1.0/a@b"),
        ):
            assert ask("POST", path, host=host)[0] == LET_THROUGH, host
        for host in (f"autoconfig.{domain}", f"autodiscover.{domain}", domain, "another.example"):
            assert ask("GET", "/session/", host=host)[0] == ELSEWHERE
        assert ask("GET", "/mail/config-v1.1.xml", host="another.example")[0] == ELSEWHERE


def plainly(instance: Instance, path: str, host: str | None) -> tuple[int, str]:
    """By port 80, or what stands for it here. 0: the connection ends without a word."""
    with closing(http.client.HTTPConnection("127.0.0.1", instance.ports.http, timeout=30)) as connection:
        connection.putrequest("GET", path, skip_host=True)
        if host is not None:
            connection.putheader("Host", host)
        connection.endheaders()
        try:
            answer = connection.getresponse()
        except http.client.RemoteDisconnected:
            return 0, ""
        return answer.status, answer.getheader("Location") or answer.read().decode()


def test_plain_http_leads_to_https_at_the_same_name_and_no_further(open_folder: Path, instance: Instance) -> None:
    names, port = configuration.names(instance), instance.ports.web
    assert len(names) == 5
    with serving(open_folder, instance):
        for name in names:
            for host in (name, name.upper(), f"{name}:80"):
                said = plainly(instance, "/portail/?a=b&c=%0d%0aSet-Cookie:x", host)
                assert said == (ELSEWHERE, f"https://{name}:{port}/portail/?a=b&c=%0d%0aSet-Cookie:x")
        assert plainly(instance, "//evil.example/", names[0]) == (
            ELSEWHERE,
            f"https://{names[0]}:{port}//evil.example/",
        )
        assert plainly(instance, "http://evil.example/x", names[0])[0] == 0
        for stranger in ("evil.example", f"x.{names[0]}", "127.0.0.1", "", f"{names[0]}@evil.example"):
            assert plainly(instance, "/", stranger)[0] in (0, 400), stranger
            assert plainly(instance, "/.well-known/acme-challenge/token", stranger)[0] in (0, 400)


def test_an_authority_finds_its_challenge_and_nothing_else_of_the_folder(open_folder: Path, instance: Instance) -> None:
    challenges = open_folder / "acme" / ".well-known" / "acme-challenge"
    challenges.mkdir(parents=True)
    (challenges / "token").write_text("token.thumbprint")
    (open_folder / "acme" / "secret").write_text("no")
    with serving(open_folder, instance):
        for name in configuration.names(instance):
            assert plainly(instance, "/.well-known/acme-challenge/token", name) == (200, "token.thumbprint")
        for path in ("", "other", "../../secret", "..%2f..%2fsecret", "%2e%2e/%2e%2e/secret"):
            status, said = plainly(instance, f"/.well-known/acme-challenge/{path}", instance.host)
            assert status in (400, 404, ELSEWHERE), path
            assert said != "no", path


def test_without_a_port_for_it_plain_http_is_not_served(open_folder: Path, instance: Instance) -> None:
    without = instance.model_copy(update={"ports": instance.ports.model_copy(update={"http": None})})
    configuration.render(open_folder, without)
    assert "acme" not in (configuration.folder(open_folder) / "nginx.conf").read_text()
    with serving(open_folder, without) as ask:
        assert ask("GET", "/session/")[0] == LET_THROUGH


def test_other_servers_read_how_mail_is_handed_over(open_folder: Path, instance: Instance) -> None:
    name = f"mta-sts.{academy().domain}"
    with serving(open_folder, instance) as ask:
        status, policy = ask("GET", "/.well-known/mta-sts.txt", host=name)
        assert ask("GET", "/session/", host=name)[0] == ELSEWHERE
        assert ask("GET", "/.well-known/mta-sts.txt", host=instance.host)[0] == LET_THROUGH
    assert status == 200
    mode, host = academy().mail.mta_sts, mail_host(instance)
    assert policy == f"version: STSv1\r\nmode: {mode}\r\nmx: {host}\r\nmax_age: 604800\r\n"

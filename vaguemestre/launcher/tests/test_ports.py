import os
import socket
import subprocess
import sys

import pytest

from vaguemestre.instance import ALL_ADDRESSES, Ports, listen_addresses
from vaguemestre.launcher.data_folder import ports
from vaguemestre.launcher.errors import LauncherError


def test_a_taken_port_is_named_with_its_purpose() -> None:
    with ports.claimed_base() as base, socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a run before may have left it in TIME_WAIT
        # A port that an earlier run has just left may still linger in TIME_WAIT.
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", base + 993))
        squatter.listen()
        with pytest.raises(LauncherError, match=rf"{base + 993} \(IMAPS\)"):
            ports.require_free(Ports.from_base(base), "127.0.0.1")


def test_who_holds_a_taken_port_is_named() -> None:
    """By a child of another name, which heard of the port as a secret: its own words are not repeated."""
    listens = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print(); sys.stdin.read()"
    with ports.claimed_base() as base:
        command = ["/usr/bin/python3", "-c", listens, str(base + 465), "password"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as squatter:
            assert squatter.stdout
            squatter.stdout.readline()
            with pytest.raises(LauncherError) as refused:
                ports.require_free(Ports.from_base(base), "127.0.0.1")
            squatter.kill()
    assert f"python3, processus {squatter.pid}" in str(refused.value)
    assert "password" not in str(refused.value)


def test_one_that_a_connection_has_left_by_a_moment_ago_is_said_so() -> None:
    with ports.claimed_base() as base, socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), source_address=("127.0.0.1", base + 25)):
            other = server.accept()[0]
            with pytest.raises(LauncherError, match=rf"{base + 25} .*, processus {os.getpid()}"):
                ports.require_free(Ports.from_base(base), "127.0.0.1")
        other.close()  # second: the one that ends first waits
        with pytest.raises(LauncherError, match=rf"{base + 25} .*TIME-WAIT"):
            ports.require_free(Ports.from_base(base), "127.0.0.1")


def test_one_that_the_kernel_gives_to_clients_is_said_so() -> None:
    taken = socket.create_server(("127.0.0.1", 0))  # by the kernel, from that range
    with taken, ports.claimed_base() as base:
        wanted = Ports.from_base(base).model_copy(update={"imaps": taken.getsockname()[1]})
        with pytest.raises(LauncherError, match="à des clients"):
            ports.require_free(wanted, "127.0.0.1")


def test_free_ports_pass() -> None:
    with ports.claimed_base() as base:
        ports.require_free(Ports.from_base(base), "127.0.0.1")


def test_all_addresses_are_those_of_ipv6_too() -> None:
    assert listen_addresses("127.0.0.1") == ("127.0.0.1",)
    assert listen_addresses("0.0.0.0") == listen_addresses("::")  # noqa: S104 - nothing is bound
    if listen_addresses("::") != ALL_ADDRESSES:
        pytest.skip("this machine has no IPv6")
    with (
        ports.claimed_base() as base,
        socket.create_server(("::", base + 25), family=socket.AF_INET6),
        pytest.raises(LauncherError, match=rf"{base + 25} \(SMTP\) .* ::"),
    ):
        ports.require_free(Ports.from_base(base), "0.0.0.0")  # noqa: S104 - tried, and left


def test_a_machine_without_ipv6_has_those_of_ipv4() -> None:
    """A network of its own, whose loopback is not up."""
    asked = "from vaguemestre.instance import listen_addresses; print(listen_addresses('::'))"
    done = subprocess.run(
        ["unshare", "--net", sys.executable, "-c", asked], capture_output=True, text=True, check=False
    )
    if "unshare" in done.stderr:
        pytest.skip(f"no namespaces on this machine: {done.stderr}")
    assert done.stdout == "('0.0.0.0',)\n"


def test_two_runs_never_claim_the_same_base() -> None:
    with ports.claimed_base() as one, ports.claimed_base() as other:
        assert one != other

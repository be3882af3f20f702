import socket
import subprocess

import pytest

from vaguemestre.instance import Ports
from vaguemestre.launcher import ports
from vaguemestre.launcher.problem import Problem


def test_a_taken_port_is_named_with_its_purpose() -> None:
    with ports.claimed_base() as base, socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a run before may have left it in TIME_WAIT
        # A port that an earlier run has just left may still linger in TIME_WAIT.
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", base + 993))
        squatter.listen()
        with pytest.raises(Problem, match=rf"{base + 993} \(IMAPS\)"):
            ports.require_free(Ports.from_base(base), "127.0.0.1")


def test_who_holds_a_taken_port_is_named() -> None:
    """By a child of another name, which heard of the port as a secret: its own words are not repeated."""
    listens = "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print(); sys.stdin.read()"
    with ports.claimed_base() as base:
        command = ["/usr/bin/python3", "-c", listens, str(base + 465), "password"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as squatter:
            assert squatter.stdout
            squatter.stdout.readline()
            with pytest.raises(Problem) as refused:
                ports.require_free(Ports.from_base(base), "127.0.0.1")
            squatter.kill()
    assert f"python3, processus {squatter.pid}" in str(refused.value)
    assert "password" not in str(refused.value)


def test_free_ports_pass() -> None:
    with ports.claimed_base() as base:
        ports.require_free(Ports.from_base(base), "127.0.0.1")


def test_two_runs_never_claim_the_same_base() -> None:
    with ports.claimed_base() as one, ports.claimed_base() as other:
        assert one != other

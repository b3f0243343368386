"""HTTP over a socket that was handed over: sockets of a pair, the other end played by the test."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest

from hub.guard.http_connection import HTTP_FAILURES, HttpConnection, gives_up_tls, pieces, redirected
from hub.guard.tls import client_context

Ends = tuple[HttpConnection, socket.socket]


@pytest.fixture
def ends() -> Iterator[Ends]:
    ours, theirs = socket.socketpair()
    with HttpConnection(ours, "thing.example", 8080, timeout_s=30) as connection, theirs:
        yield connection, theirs
    assert ours.fileno() == -1


def test_a_request_and_its_answer(ends: Ends) -> None:
    connection, theirs = ends
    theirs.sendall(b"HTTP/1.1 201 Made\r\nContent-Length: 5\r\nX-Mood: fine\r\n\r\nhello")
    response = connection.ask("POST", "/a?b", {"x-one": "two"}, b"body")
    assert (response.status, response.headers["x-mood"]) == (201, "fine")
    assert b"".join(pieces(response, 5)) == b"hello"
    asked = theirs.recv(4096)
    assert asked.startswith(b"POST /a?b HTTP/1.1\r\nHost: thing.example:8080\r\n")
    assert b"x-one: two\r\n" in asked and asked.endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize("head", [b"", b"Content-Length: 700000\r\n"])
def test_of_a_body_that_is_too_long_one_byte_more_is_read(ends: Ends, head: bytes) -> None:
    connection, theirs = ends
    answer = b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + head + b"\r\n" + bytes(700_000)

    def send() -> None:
        with contextlib.suppress(OSError):  # nobody takes the rest of it
            theirs.sendall(answer)

    sending = threading.Thread(target=send)
    sending.start()
    assert sum(map(len, pieces(connection.ask("GET", "/", {}), 600_000))) == 600_001
    connection.end()
    sending.join()


@pytest.mark.parametrize("over_tls", [False, True])
def test_the_end_wakes_a_thread_that_waits(ends: Ends, over_tls: bool) -> None:
    connection, theirs = ends
    outcome: list[BaseException] = []

    def wait() -> None:
        try:
            if over_tls:
                connection.secure(client_context(), "thing.example")
            connection.ask("GET", "/", {})
        except HTTP_FAILURES as error:
            outcome.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    assert theirs.recv(1)  # it has spoken, and waits for an answer that never comes
    connection.end()
    thread.join(20)
    assert not thread.is_alive() and outcome


@pytest.mark.parametrize(
    ("status", "location", "to"),
    [
        (302, "/there", "https://a.example/there"),
        (308, "http://b.example/", "http://b.example/"),
        (301, "", None),
        (200, "/there", None),
        (304, "/there", None),
        (307, "http://[", "http://["),
    ],
)
def test_where_a_redirect_leads(status: int, location: str, to: str | None) -> None:
    assert redirected("https://a.example/here", status, location) == to


def test_going_on_without_encryption_is_seen() -> None:
    assert gives_up_tls("https://a.example/", "http://a.example/")
    assert gives_up_tls("HTTPS://a.example/", "http://[")
    assert not gives_up_tls("https://a.example/", "https://b.example/")
    assert not gives_up_tls("http://127.0.0.1/", "http://127.0.0.1/there")

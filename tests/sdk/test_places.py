import pytest

from hub.core.errors import GrantError, ValueRefusedError
from hub.sdk.places import check_granted, is_of_the_home, parse_place, parse_url


@pytest.mark.parametrize(
    ("place", "url", "granted"),
    [
        ("api.example.org", "https://api.example.org/x?y", True),
        ("api.example.org", "http://API.example.org.", True),
        ("api.example.org", "https://api.example.org:8443/", False),
        ("api.example.org:8443", "https://api.example.org:8443/", True),
        ("api.example.org:8443", "https://api.example.org/", False),
        ("api.example.org", "https://example.org/", False),
        ("api.example.org", "https://api.example.org.evil.net/", False),
        ("*.example.org", "https://a.b.example.org/", True),
        ("*.example.org", "https://example.org/", False),
        ("*.example.org", "https://evilexample.org/", False),
        ("192.168.1.20:8080", "http://192.168.1.20:8080/", True),
        ("[fd12::1]:80", "http://[fd12::1]/", True),
    ],
)
def test_places_are_compared_whole(place: str, url: str, granted: bool) -> None:
    try:
        check_granted(parse_url(url), [parse_place(place)], "mine")
    except GrantError:
        assert not granted
    else:
        assert granted


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.org/", "gopher://example.org", "javascript:alert(1)", "data:,x", "", "https://",
        "//example.org/", "https://user@example.org/", "https://a@b@c/", "https://example.org\\@evil.net/",
        "https://exa mple.org/", "https://example.org/\r\nX: y", "https://ex\u00e4mple.org/", "https://example.org:0/",
        "https://example.org:99999/", "http://2130706433/", "http://0x7f000001/", "http://127.1/", "http://[::1",
        "https://example.org/" + "x" * 5000,
    ],
)  # fmt: skip
def test_threat_16_what_is_not_plainly_http_is_no_url(url: str) -> None:
    with pytest.raises(ValueRefusedError):
        parse_url(url)


@pytest.mark.parametrize(
    "place", ["", "*", "https://example.org", "example.org/x", "a:b", "*.", "127.1", "x:99999", "a@b"]
)
def test_what_is_no_place(place: str) -> None:
    with pytest.raises(ValueRefusedError):
        parse_place(place)


def test_which_names_mean_the_home() -> None:
    home = [
        "localhost",
        "nas",
        "nas-2",
        "printer.local",
        "x.home.arpa",
        "192.168.1.2",
        "127.0.0.1",
        "::1",
        "169.254.9.9",
    ]
    assert all(map(is_of_the_home, home))
    assert not any(map(is_of_the_home, ["example.org", "8.8.8.8", "local.example.org", "2606:4700::1111"]))

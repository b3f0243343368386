import pytest

from hub.web.access.own_names import in_url, own_names, seen_from_elsewhere, seen_from_here

LAN = ("127.0.0.1", "fd00::2", "192.168.1.5", "::1")


def test_a_server_for_this_machine_is_known_by_its_name_here() -> None:
    assert own_names("127.0.0.1", machine="Hub.example.org") == ("localhost", "127.0.0.1", "::1", "hub", "hub.local")


def test_a_server_for_all_is_known_by_every_address() -> None:
    names = own_names("0.0.0.0", ("Hub.Home.Arpa.", "not a name", ""), machine="hub", addresses=LAN)
    assert names == ("localhost", "127.0.0.1", "::1", "hub", "hub.local", "hub.home.arpa", "fd00::2", "192.168.1.5")
    assert "192.168.1.5" not in own_names("192.168.1.7", machine="hub", addresses=LAN)
    assert "192.168.1.7" in own_names("192.168.1.7", machine="hub", addresses=LAN)


def test_this_machine_has_addresses() -> None:
    names = own_names("0.0.0.0")
    assert len(set(names)) == len(names)
    assert not any("%" in name or name.startswith("fe80") for name in names)


@pytest.mark.parametrize(
    ("host", "elsewhere", "here"),
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("::1", "::1", "::1"),
        ("localhost", "localhost", "localhost"),
        ("192.168.1.5", "192.168.1.5", "192.168.1.5"),
        ("0.0.0.0", "192.168.1.5", "127.0.0.1"),
        ("::", "192.168.1.5", "::1"),
    ],
)
def test_where_people_and_commands_find_it(host: str, elsewhere: str, here: str) -> None:
    assert seen_from_elsewhere(host, ("localhost", *LAN)) == elsewhere
    assert seen_from_here(host) == here


def test_an_ipv6_address_in_a_url() -> None:
    assert (in_url("::1"), in_url("127.0.0.1"), in_url("hub.local")) == ("[::1]", "127.0.0.1", "hub.local")
    assert seen_from_elsewhere("0.0.0.0", ("localhost", "127.0.0.1")) == "127.0.0.1"

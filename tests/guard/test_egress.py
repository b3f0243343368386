import pytest

from hub.core.errors import EgressError
from hub.guard.egress import Destination, EgressPolicy, Reach

METADATA = ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "169.254.170.2"]
ODD = ["0.0.0.0", "::", "224.0.0.251", "255.255.255.255", "ff02::fb", "64:ff9b::808:808", "2002:808:808::1"]
LAN = ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.20", "169.254.7.7", "fd12::1", "fe80::1%eth0"]
LOOPBACK = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
OUTSIDE = ["8.8.8.8", "172.32.0.1", "100.64.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "192.169.0.1", "198.18.0.1"]


def allowed(policy: EgressPolicy, address: str, reach: Reach, host: str = "") -> bool:
    try:
        policy.check(host or address, address, 443, reach)
    except EgressError:
        return False
    return True


@pytest.mark.parametrize("address", METADATA + ODD)
@pytest.mark.parametrize("reach", Reach)
def test_threat_16_some_addresses_are_never_connected_to(address: str, reach: Reach) -> None:
    policy = EgressPolicy([Destination(address), Destination("anything")])
    assert not allowed(policy, address, reach)
    assert not allowed(policy, address, reach, "anything")


@pytest.mark.parametrize("address", LAN)
def test_the_lan_is_home(address: str) -> None:
    assert allowed(EgressPolicy(), address, Reach.HOME)
    assert allowed(EgressPolicy(), address, Reach.LAN)


@pytest.mark.parametrize("address", LOOPBACK)
def test_threat_16_this_machine_is_for_the_hub_alone(address: str) -> None:
    assert allowed(EgressPolicy(), address, Reach.HOME)
    assert not allowed(EgressPolicy(), address, Reach.LAN)
    assert not allowed(EgressPolicy([Destination("localhost")]), address, Reach.LAN, "localhost")


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside_is_refused_until_granted(address: str) -> None:
    for reach in Reach:
        assert not allowed(EgressPolicy(), address, reach, "models.example.org")
        assert allowed(EgressPolicy([Destination("models.example.org")]), address, reach, "models.example.org")
        assert not allowed(EgressPolicy([Destination("models.example.org", 80)]), address, reach, "models.example.org")


@pytest.mark.parametrize("address", LAN + LOOPBACK)
def test_threat_16_a_download_does_not_lead_back_into_the_home(address: str) -> None:
    assert not allowed(EgressPolicy([Destination("evil.example")]), address, Reach.OUTSIDE, "evil.example")


@pytest.mark.parametrize(
    ("granted", "asked", "covered"),
    [
        ("Example.org.", "example.ORG", True),
        ("example.org", "www.example.org", False),
        ("example.org", "notexample.org", False),
        ("*.example.org", "www.example.org", True),
        ("*.example.org", "a.b.example.org", True),
        ("*.example.org", "example.org", False),
        ("*.example.org", "evilexample.org", False),
        ("example.org", "example.org.evil.net", False),
    ],
)
def test_names_are_compared_whole(granted: str, asked: str, covered: bool) -> None:
    assert Destination(granted).covers(asked, 443) is covered


def test_a_grant_can_be_taken_back() -> None:
    policy = EgressPolicy()
    place = Destination("models.example.org", 443)
    policy.grant(place)
    assert policy.granted() == (place,)
    assert allowed(policy, "8.8.8.8", Reach.HOME, "models.example.org")
    policy.revoke(place)
    assert not allowed(policy, "8.8.8.8", Reach.HOME, "models.example.org")


def test_the_refusal_says_what_to_do() -> None:
    with pytest.raises(EgressError, match=r"models\.example\.org:443 \(8\.8\.8\.8\) is outside the home.*grant"):
        EgressPolicy().check("models.example.org", "8.8.8.8", 443, Reach.HOME)

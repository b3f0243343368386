import pytest

from hub.core.clock import FakeClock
from hub.web.access.logins import network
from hub.web.access.throttle import Throttle


async def test_each_wrong_try_costs_twice_the_one_before_and_a_day_forgets_them() -> None:
    clock = FakeClock()
    throttle = Throttle(clock, free=2, most_s=5.0)
    waits = []
    for _ in range(6):
        waits.append(throttle.wait_s("a"))
        await clock.advance(waits[-1])
        assert throttle.wait_s("a") == 0.0
        throttle.tried("a")
    assert waits == [0.0, 0.0, 1.0, 2.0, 4.0, 5.0]
    assert throttle.wait_s("b") == 0.0
    await clock.advance(25 * 3600)
    throttle.tried("a")
    assert throttle.wait_s("a") == 0.0


def test_what_was_right_is_taken_back() -> None:
    throttle = Throttle(FakeClock(), free=2)
    for _ in range(3):
        throttle.tried("account")
        throttle.tried("address")
    throttle.right("account", all_of_them=True)
    assert throttle.wait_s("account") == 0.0
    throttle.right("address", all_of_them=False)
    assert throttle.wait_s("address") == 1.0
    throttle.right("unknown", all_of_them=False)


def test_a_flood_of_keys_is_bounded() -> None:
    throttle = Throttle(FakeClock(), free=1)
    for number in range(12_000):
        throttle.tried(str(number))
    assert len(throttle._tries) == 10_000
    assert throttle.wait_s("11999") == 1.0
    assert throttle.wait_s("0") == 0.0


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.168.1.7", "192.168.1.7"),
        ("::ffff:192.168.1.7", "192.168.1.7"),
        ("fd00:1:2:3:aaaa::1", "fd00:1:2:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_ipv6_host_is_counted_by_its_network(address: str, place: str) -> None:
    assert network(address) == place

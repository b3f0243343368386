from hub.bench.measure import compare


def test_more_is_better_by_default() -> None:
    measure = compare("bus", "callbacks", 300.0, "events/s", peer=200.0, peer_name="HA", target=250.0)
    assert measure.ratio == 1.5
    assert measure.ok is True


def test_less_is_better_when_said() -> None:
    measure = compare("wake", "cpu", 2.0, "s", peer=12.0, target_ratio=6.0, lower_is_better=True)
    assert measure.ratio == 6.0
    assert measure.ok is True
    assert compare("history", "row", 61.0, "bytes", target=60.0, lower_is_better=True).ok is False


def test_a_ratio_is_not_judged_without_the_peer() -> None:
    measure = compare("wake", "cpu", 2.0, "s", target_ratio=6.0, lower_is_better=True)
    assert measure.ratio is None
    assert measure.ok is None


def test_both_bounds_must_hold() -> None:
    assert compare("b", "m", 10.0, "x", peer=9.0, target=5.0, target_ratio=2.0).ok is False

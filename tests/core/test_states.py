from hub.core.bus import Bus
from hub.core.events import AvailabilityChanged, StateChanged
from hub.core.states import StateTable


def test_a_new_value_is_told_and_an_equal_one_is_not() -> None:
    bus, heard = Bus(), []
    bus.subscribe(StateChanged, heard.append)
    table = StateTable(bus)
    table.set("light.a", "OnOff", True, causes=(7,))
    table.set("light.a", "OnOff", True)
    table.set("light.a", "OnOff", False)
    assert [(e.value, e.old) for e in heard] == [(True, None), (False, True)]
    assert heard[0].causes == (7,)
    assert table.value("light.a", "OnOff") is False
    assert table.value("light.b", "OnOff") is None


def test_one_and_true_are_not_the_same_value() -> None:
    table = StateTable(Bus())
    table.set("light.a", "Level", 1)
    assert table.set("light.a", "Level", 1.0) is not None


def test_restoring_tells_nobody_and_never_overwrites() -> None:
    bus, heard = Bus(), []
    bus.subscribe(StateChanged, heard.append)
    table = StateTable(bus)
    table.set("light.a", "OnOff", True)
    table.restore("light.a", "OnOff", False, 0.0)
    table.restore("light.b", "OnOff", True, 0.0)
    assert len(heard) == 1
    assert table.value("light.a", "OnOff") is True
    assert table.value("light.b", "OnOff") is True


def test_availability_is_told_once() -> None:
    bus, heard = Bus(), []
    bus.subscribe(AvailabilityChanged, heard.append)
    table = StateTable(bus)
    table.set_available("light.a", True)
    table.set_available("light.a", False)
    table.set_available("light.a", False)
    table.set_available("light.a", True)
    assert [e.available for e in heard] == [False, True]
    table.forget("light.a")
    assert table.available("light.a")

from hub.core.events import CommandSent
from hub.home.attribution import WINDOW_S, Attribution


def sent(number, trait, value, mono):
    return CommandSent(id=number, command=number, entity="light.a", trait=trait, value=value, mono=mono)


def test_a_report_of_the_wanted_value_is_the_commands_doing():
    known = Attribution()
    known.sent(sent(1, "OnOff", True, 100.0))
    assert known.causes("light.a", "OnOff", True, 101.0) == (1,)
    assert known.causes("light.b", "OnOff", True, 101.0) == ()
    assert known.causes("light.a", "OnOff", True, 100.0 + WINDOW_S + 1) == ()


def test_somebody_who_switches_back_by_hand_is_not_blamed_on_the_command():
    known = Attribution()
    known.sent(sent(1, "OnOff", True, 100.0))
    assert known.causes("light.a", "OnOff", False, 102.0) == ()


def test_other_traits_may_follow_shortly_after():
    known = Attribution()
    known.sent(sent(1, "OnOff", True, 100.0))
    assert known.causes("light.a", "Level", 80, 101.0) == (1,)
    assert known.causes("light.a", "Level", 30, 106.0) == ()


def test_what_travels_is_caused_on_the_way():
    known = Attribution()
    known.sent(sent(1, "Position", 100, 100.0))
    assert known.causes("light.a", "Position", 40, 103.0) == (1,)


def test_of_two_commands_the_newer_one_counts():
    known = Attribution()
    for number in range(1, 20):
        known.sent(sent(number, "OnOff", number % 2 == 0, 100.0 + number / 10))
    assert known.causes("light.a", "OnOff", False, 102.0) == (19,)

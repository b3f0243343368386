"""Entries end once, and end only themselves."""

from hub.core.entries import enter, enter_under


def test_an_entry_is_taken_out_once_however_often_it_is_asked_for() -> None:
    told: list[str] = []
    entries = ["first"]
    leave = enter(entries, "second", left=lambda: told.append("left"))
    assert (entries, told) == (["first", "second"], [])
    leave()
    leave()
    assert (entries, told) == (["first"], ["left"])


def test_leaving_does_not_take_the_place_of_who_came_since() -> None:
    places: dict[str, object] = {}
    leave = enter_under(places, "lamps", "first")
    leave_again = enter_under(places, "lamps", "second")
    leave()
    assert places == {"lamps": "second"}
    leave_again()
    leave_again()
    assert places == {}

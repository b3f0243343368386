"""The speech benchmarks, on a few of the real recordings each."""

import pytest

from hub.bench import coffee, speech_accuracy
from hub.bench.listener import Understanding
from hub.bench.recordings import clips, padded, read, recordings
from hub.core.errors import UsageError

pytestmark = pytest.mark.realdata


@pytest.fixture(autouse=True)
def _recordings() -> None:
    try:
        recordings("voice", "coffee")
    except UsageError as error:
        pytest.skip(str(error))


def test_most_of_a_few_coffee_orders_are_right_in_every_slot() -> None:
    listener = coffee.listener()
    some = list(coffee.orders().items())[::40]
    heard = [listener.hear(padded(read(recordings("voice", "coffee", clip)), 0.3, 0.3)) for clip, _ in some]
    right = sum(coffee.right(slots, got) for (_, slots), got in zip(some, heard, strict=True))
    assert right >= 0.75 * len(some), [got.text for got in heard]


def test_an_order_with_a_slot_too_many_is_not_right() -> None:
    slots = (("coffeeDrink", "latte"), ("size", "large"))
    got = Understanding("a large latte", 0.9, (("coffee.orderDrink", slots, ()),), acted=True)
    assert coffee.right({"coffeeDrink": "latte", "size": "large"}, got)
    assert not coffee.right({"coffeeDrink": "latte"}, got)
    assert not coffee.right({"coffeeDrink": "latte", "size": "large"}, Understanding("", 0.1, got.meant, acted=False))


def test_synthesised_home_commands_do_what_they_say_and_foreign_speech_does_nothing() -> None:
    listener = speech_accuracy.listener()
    paths = clips(recordings("voice", "home", "generated"))[::8]
    wrong = [p.stem for p in paths if listener.hear(read(p)).meant != listener.read(p.stem)]
    assert len(wrong) <= 1, wrong
    foreign = [p for p in clips(recordings("voice", "home", "spoken")) if p.stem.startswith("oov")]
    assert not any(listener.hear(read(p)).acted for p in foreign)

"""The speech benchmarks, on a few of the real recordings each."""

import numpy as np
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
    listener = coffee.listener(coffee.PATIENT)
    some = list(coffee.orders().items())[::40]
    heard = [listener.hear(read(recordings("voice", "coffee", clip))) for clip, _ in some]
    right = sum(coffee.right(slots, got) for (_, slots), got in zip(some, heard, strict=True))
    assert right >= 0.85 * len(some), [got.text for got in heard]


def test_an_order_with_a_slot_too_many_is_not_right() -> None:
    slots = (("coffeeDrink", "latte"), ("size", "large"))
    got = Understanding("a large latte", 0.9, (("coffee.orderDrink", slots, ()),), acted=True)
    assert coffee.right({"coffeeDrink": "latte", "size": "large"}, got)
    assert not coffee.right({"coffeeDrink": "latte"}, got)
    assert not coffee.right({"coffeeDrink": "latte", "size": "large"}, Understanding("", 0.1, (), acted=False))


def test_noise_is_mixed_by_the_loudest_pieces_of_both() -> None:
    order = np.concatenate([np.zeros(4096), 1000 * np.ones(4096)]).astype(np.int16)
    kitchen = np.resize(np.array([100, -100], np.int16), 20_000)
    mixture = coffee.in_kitchen(order, kitchen, 0, 20.0).astype(np.float64)
    assert mixture.max() == 16_384
    assert mixture[4096:].mean() / np.abs(mixture[:4096]).max() == pytest.approx(10, rel=0.01)


def test_synthesised_home_commands_do_what_they_say_and_foreign_speech_does_nothing() -> None:
    listener = speech_accuracy.listener()
    paths = clips(recordings("voice", "home", "generated"))[::8]
    wrong = [p.stem for p in paths if listener.hear(padded(read(p), 0.0, 1.0)).meant != listener.read(p.stem)]
    assert len(wrong) <= 1, wrong
    foreign = [p for p in clips(recordings("voice", "home", "spoken")) if p.stem.startswith("oov")]
    assert not any(listener.hear(padded(read(p), 0.0, 1.0)).acted for p in foreign)

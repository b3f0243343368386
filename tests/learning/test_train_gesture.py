"""Training the gesture network, and the network that comes with the hub."""

import hashlib
from pathlib import Path

from hub.core.bundled import bundled
from hub.inference.card import load_card
from hub.inference.store import ModelStore
from hub.learning.train_gesture import FILE, train, write
from hub.perception.gesture.head import GestureHead


def test_the_same_seed_trains_the_same_bytes_and_writes_a_sound_card(tmp_path: Path) -> None:
    first, second = (train(per_class=60, epochs=2, seed=4) for _ in range(2))
    assert first == second
    assert train(per_class=60, epochs=2, seed=5).onnx != first.onnx
    path = write(first, tmp_path)
    store = ModelStore(tmp_path / "cache", tmp_path)
    assert store.path("gesture", FILE) == path
    assert store.card("gesture").metrics[0].value == round(first.accuracy, 4)
    GestureHead(path)


def test_the_network_that_comes_with_the_hub_is_what_its_card_says() -> None:
    card = load_card(bundled("models") / "gesture.toml")
    file = card.file(FILE)
    data = (bundled("models") / "gesture" / FILE).read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (file.size, file.sha256)
    assert card.task == "gesture" and card.licence == "Apache-2.0" and card.default
    assert file.size < 20_000
    figures = {m.metric: m.value for m in card.metrics}
    assert figures["accuracy"] > 0.95 and figures["expected calibration error"] < 0.02

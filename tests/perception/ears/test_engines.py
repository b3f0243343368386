from collections.abc import Mapping

import numpy as np
import pytest

from hub.core.errors import UsageError
from hub.perception.ears.engines import WakeEngines
from hub.perception.wake.detection import WakeDetection


class Engine:
    """Hears its words once for every sample that it is fed."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.open_streams: dict[str, Mapping[str, float]] = {}
        self.fed: dict[str, int] = {}

    def open(self, stream: str, words: Mapping[str, float]) -> None:
        self.open_streams[stream] = words

    def close(self, stream: str) -> None:
        del self.open_streams[stream]

    def feed(self, stream: str, pcm: np.ndarray) -> None:
        self.fed[stream] = self.fed.get(stream, 0) + len(pcm)

    def judging(self, stream: str) -> bool:
        return self.fed.get(stream, 0) == 5

    def refused(self, stream: str) -> list[WakeDetection]:
        return []

    def step(self) -> list[WakeDetection]:
        return [WakeDetection(s, word, 1.0, 0.0, 0.0) for s, words in self.open_streams.items() for word in words]


def test_each_word_goes_to_the_engine_that_has_it() -> None:
    one, other = Engine("hey_jarvis", "alexa"), Engine("alexa", "okay_nabu")
    engines = WakeEngines([one, other])
    assert set(engines.words) == {"hey_jarvis", "alexa", "okay_nabu"}
    engines.open("a", {"hey_jarvis": 0.5, "alexa": 0.6})
    engines.open("b", {"okay_nabu": 0.9, "hey_jarvis": 0.4})
    assert one.open_streams == {"a": {"hey_jarvis": 0.5, "alexa": 0.6}, "b": {"hey_jarvis": 0.4}}
    assert other.open_streams == {"b": {"okay_nabu": 0.9}}
    engines.feed("a", np.zeros(5, np.int16))
    engines.feed("b", np.zeros(7, np.int16))
    assert (one.fed, other.fed) == ({"a": 5, "b": 7}, {"b": 7})
    assert (engines.judging("a"), engines.judging("b")) == (True, False)
    assert {(d.stream, d.word) for d in engines.step()} == {
        ("a", "hey_jarvis"), ("a", "alexa"), ("b", "hey_jarvis"), ("b", "okay_nabu"),
    }  # fmt: skip
    engines.close("b")
    assert (set(one.open_streams), set(other.open_streams)) == ({"a"}, set())
    engines.close("b")


def test_what_is_not_there_is_named() -> None:
    engines = WakeEngines([Engine("alexa")])
    with pytest.raises(UsageError, match="loaded are alexa"):
        engines.open("a", {"computer": 0.5})
    with pytest.raises(UsageError, match="not open"):
        engines.feed("a", np.zeros(1, np.int16))

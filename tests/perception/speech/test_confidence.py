"""How sure the recogniser is."""

import numpy as np
from numpy.typing import NDArray

from hub.perception.speech.confidence import certain, confidence
from hub.perception.speech.sphinx import Segment


def word(score_a_frame: float, frames: int = 20, start: int = 0, prior: float = 0.0) -> Segment:
    return Segment("w", start, start + frames - 1, score_a_frame * frames, prior)


def anything(score_a_frame: float, frames: int = 100) -> NDArray[np.float64]:
    return np.arange(frames + 1) * score_a_frame


def test_nothing_heard_is_not_believed() -> None:
    assert not certain([])
    assert confidence([]) == confidence([], anything(-0.01)) == 0.0


def test_words_that_fit_are_believed_at_once_and_one_foreign_word_is_looked_at() -> None:
    good = [word(-0.003), word(-0.003), word(-0.002)]
    assert certain(good)
    assert confidence(good) > 0.9
    assert not certain([*good, word(-0.015)])
    assert not certain([word(-0.007)] * 3)


def test_a_short_word_says_less_than_a_long_one() -> None:
    rest = [word(-0.003, 40)]
    assert certain([*rest, word(-0.009, 4)])
    assert not certain([*rest, word(-0.009, 60)])


def test_what_fits_as_badly_as_any_speech_in_that_noise_is_believed() -> None:
    noisy = [word(-0.009), word(-0.009, start=20)]
    assert confidence(noisy, anything(-0.0088)) > 0.8
    assert confidence(noisy, anything(-0.0055)) < 0.1


def test_the_less_likely_sentence_has_to_fit_better() -> None:
    likely, unlikely = word(-0.009), word(-0.009, prior=-0.03)
    assert confidence([likely], anything(-0.008)) > confidence([unlikely], anything(-0.008))


def test_worse_sound_is_never_surer() -> None:
    sure = [confidence([word(-n / 1000), word(-0.002)], anything(-0.005)) for n in range(30)]
    assert sure == sorted(sure, reverse=True)
    assert confidence([word(-1e6)], anything(-0.005)) >= 0.0


def test_words_beyond_what_was_scored_do_no_harm() -> None:
    assert 0.0 <= confidence([word(-0.005, 20, 90)], anything(-0.005)) <= 1.0
    assert 0.0 <= confidence([word(-0.005)], np.zeros(1)) <= 1.0

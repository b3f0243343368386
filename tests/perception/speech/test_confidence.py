"""How sure the recogniser is."""

from hub.perception.speech.confidence import WordScore, confidence


def word(score_a_frame: float, frames: int = 20) -> WordScore:
    return WordScore("w", 0, frames - 1, score_a_frame * frames)


def test_nothing_heard_is_not_believed() -> None:
    assert confidence([]) == 0.0


def test_words_that_fit_are_believed_and_one_foreign_word_is_not() -> None:
    good = [word(-0.003), word(-0.003), word(-0.002)]
    assert confidence(good) > 0.9
    assert confidence([*good, word(-0.015)]) < 0.5
    assert confidence([word(-0.007)] * 3) < 0.5


def test_a_short_word_says_less_than_a_long_one() -> None:
    rest = [word(-0.003, 40)]
    assert confidence([*rest, word(-0.008, 4)]) > confidence([*rest, word(-0.008, 40)])


def test_worse_sound_is_never_surer() -> None:
    sure = [confidence([word(-n / 1000), word(-0.002)]) for n in range(30)]
    assert sure == sorted(sure, reverse=True)
    assert confidence([word(-1e6)]) >= 0.0

from hypothesis import given
from hypothesis import strategies as st

from hub.dialogue.words import MAX_NAME, spoken, words_of


def test_case_and_punctuation_do_not_matter() -> None:
    assert words_of("Turn ON the light, please!") == ["turn", "on", "the", "light", "please"]


def test_apostrophes_of_all_sorts_are_one() -> None:
    assert words_of("what\u2019s Anna\u2018s") == ["what's", "anna's"]


def test_numbers_and_units_come_apart() -> None:
    assert words_of("50% 21.5° 7:30 5min") == ["50", "%", "21.5", "°", "7:30", "5", "min"]


def test_a_name_of_emoji_cannot_be_spoken_and_a_huge_one_is_left_out() -> None:
    assert spoken("💡") == ()
    assert spoken("a" * (MAX_NAME + 1)) == ()
    assert spoken("a" * 1_000_000) == ()


@given(st.text(max_size=200))
def test_words_are_stable(text: str) -> None:
    words = words_of(text)
    assert words_of(" ".join(words)) == words
    assert all(word and " " not in word for word in words)

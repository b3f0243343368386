import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.perception.turn import Hearing, Turn, TurnEnd, TurnSettings

FRAME = 0.032
SETTINGS = TurnSettings()


def run(
    turn: Turn, pattern: list[tuple[float, float | None]], hearing: Hearing = Hearing.WORDS, start: float = 0.0
) -> tuple[TurnEnd | None, float]:
    """Push (seconds, chance of speech) one after the other; the end and when it came."""
    at = start
    for seconds, chance in pattern:
        for _ in range(round(seconds / FRAME)):
            at += FRAME
            verdict = turn.push(at, FRAME, chance, hearing)
            if verdict is not None:
                return verdict, at
    return None, at


def test_silence_after_speech_ends_it() -> None:
    turn = Turn(SETTINGS, 0.0)
    verdict, at = run(turn, [(0.5, 0.0), (1.5, 0.9), (3, 0.0)])
    assert verdict is TurnEnd.SILENCE
    assert at == pytest.approx(2.0 + 0.7, abs=2 * FRAME)
    assert turn.began == pytest.approx(0.5, abs=2 * FRAME)
    assert turn.last_voice == pytest.approx(2.0, abs=2 * FRAME)


@pytest.mark.parametrize(
    ("hearing", "wait"),
    [(Hearing.WORDS, 0.7), (Hearing.NOTHING, 0.7), (Hearing.ACCEPTABLE, 0.17), (Hearing.COMPLETE, 0.05)],
)
def test_a_whole_command_needs_less_silence(hearing: Hearing, wait: float) -> None:
    verdict, at = run(Turn(SETTINGS, 0.0), [(1.0, 0.9), (3, 0.0)], hearing)
    assert verdict is (TurnEnd.COMPLETE if wait < 0.7 else TurnEnd.SILENCE)
    assert at == pytest.approx(1.0 + wait, abs=2 * FRAME)


def test_a_household_that_wants_no_early_end_gets_none() -> None:
    settings = TurnSettings(early_end=False, silence_s=1.0)
    verdict, at = run(Turn(settings, 0.0), [(1.0, 0.9), (3, 0.0)], Hearing.COMPLETE)
    assert verdict is TurnEnd.SILENCE
    assert at == pytest.approx(2.0, abs=2 * FRAME)


def test_a_pause_inside_a_sentence_does_not_end_it() -> None:
    verdict, at = run(Turn(SETTINGS, 0.0), [(0.6, 0.9), (0.5, 0.0), (0.6, 0.9), (2, 0.0)])
    assert verdict is TurnEnd.SILENCE
    assert at == pytest.approx(1.7 + 0.7, abs=3 * FRAME)


def test_nobody_speaks() -> None:
    verdict, at = run(Turn(SETTINGS, 0.0), [(20, 0.0)])
    assert verdict is TurnEnd.NOBODY
    assert at == pytest.approx(5.0, abs=2 * FRAME)


def test_a_click_is_not_speech() -> None:
    turn = Turn(SETTINGS, 0.0)
    verdict, at = run(turn, [(1, 0.0), (0.06, 0.9), (20, 0.0)])
    assert verdict is TurnEnd.NOBODY
    assert at == pytest.approx(5.0, abs=2 * FRAME)


def test_endless_speech_or_music_is_cut_off() -> None:
    verdict, at = run(Turn(SETTINGS, 0.0), [(60, 0.9)])
    assert verdict is TurnEnd.TOO_LONG
    assert at == pytest.approx(15.0, abs=2 * FRAME)


def test_the_wake_words_own_voice_does_not_count() -> None:
    turn = Turn(SETTINGS, 1.0)
    verdict, at = run(turn, [(1.0, 0.9), (20, 0.0)])
    assert verdict is TurnEnd.NOBODY
    assert turn.began is None
    assert at == pytest.approx(6.0, abs=2 * FRAME)


def test_warming_up_counts_neither_as_silence_nor_as_waiting() -> None:
    verdict, at = run(Turn(SETTINGS, 0.0), [(1.0, None), (20, 0.0)])
    assert verdict is TurnEnd.NOBODY
    assert at == pytest.approx(6.0, abs=2 * FRAME)
    turn = Turn(SETTINGS, 0.0)
    verdict, at = run(turn, [(1.0, 0.9), (0.6, 0.0), (0.6, None), (2, 0.0)])
    assert at == pytest.approx(1.0 + 0.6 + 0.7, abs=3 * FRAME)


def test_going_on_leaves_what_was_left_of_the_wait() -> None:
    turn = Turn(SETTINGS, 0.0)
    _, at = run(turn, [(0.5, 0.9), (2, 0.0)])
    turn.go_on(at)
    assert turn.began is None
    verdict, ended = run(turn, [(20, 0.0)], start=at)
    assert verdict is TurnEnd.NOBODY
    assert ended == pytest.approx(5.0, abs=3 * FRAME)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.3, 1.0, 4.0]), st.sampled_from([None, 0.0, 0.2, 0.4, 0.6, 1.0]))))
def test_every_turn_ends_and_its_times_are_in_order(pattern: list[tuple[float, float | None]]) -> None:
    turn = Turn(SETTINGS, 0.0)
    verdict, at = run(turn, [*pattern, (30, 0.0)])
    assert verdict is not None
    assert turn.last_voice <= at + sum(seconds for seconds, chance in pattern if chance is None) + 1e-6
    if turn.began is not None:
        assert 0.0 <= turn.began <= turn.last_voice
        assert at - turn.began <= SETTINGS.longest_s + FRAME

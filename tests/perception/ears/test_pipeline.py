from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.core.errors import UsageError
from hub.perception.ears.messages import Began, Doubted, Judge, Judged, NotHeard, StreamEnded, Transcribed, Woke
from hub.perception.ears.pipeline import EarsPipeline
from hub.perception.turn import TurnSettings
from hub.perception.wake.detection import WakeDetection
from tests.perception.ears.fakes import FakeDetector, Fakes, says, silence, sound, voice, wakes

WAKE = {"hey_jarvis": 0.5}


def hear(pipeline: EarsPipeline, samples: np.ndarray, piece: int = 1_280, stream: int = 1) -> list[Any]:
    """Feed all of it, then end the stream; everything that was said."""
    said: list[Any] = []
    for begin in range(0, len(samples), piece):
        pipeline.feed(stream, samples[begin : begin + piece].copy())
        said += pipeline.step()
    pipeline.end(stream)
    while pipeline.busy:
        said += pipeline.step()
    return said


def one(pipeline: EarsPipeline, samples: np.ndarray, words: dict[str, float] = WAKE) -> list[Any]:
    pipeline.open(1, words)
    return hear(pipeline, samples)


def kinds(said: list[Any]) -> list[type]:
    return [type(message) for message in said]


def texts(said: list[Any]) -> list[str]:
    return [message.text for message in said if isinstance(message, Transcribed)]


def test_a_command_spoken_without_a_pause_is_whole(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), says("turn on the light"), silence(2)))
    assert kinds(said) == [Woke, Began, Transcribed, StreamEnded]
    woke, began, heard, ended = said
    assert (woke.word, woke.t) == ("hey_jarvis", pytest.approx(1.68))
    assert began.t >= 1.5
    assert heard.text == "turn on the light"
    assert heard.t_start == pytest.approx(1.64, abs=0.02)
    assert heard.t_end == pytest.approx(2.28, abs=0.02)
    assert [h.text for h in heard.alternatives] == ["stop"]
    assert ended.audio_s == pytest.approx(1 + 0.64 + 0.64 + 2)
    assert set(heard.stages_ms) == {"wake", "vad", "speech", "silence"}
    assert set(ended.stages_ms) == {"wake", "vad", "speech"}


def test_a_command_after_a_pause(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), silence(2), says("turn off the light"), silence(2)))
    assert kinds(said) == [Woke, Began, Transcribed, StreamEnded]
    assert texts(said) == ["turn off the light"]
    assert said[2].t_start == pytest.approx(3.64, abs=0.05)


@pytest.mark.parametrize(
    ("command", "wait"), [("turn off the light", 50), ("turn on the light", 200), ("the light", 700)]
)
def test_the_turn_ends_as_early_as_the_command_allows(fakes: Fakes, command: str, wait: float) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), says(command), silence(3)))
    assert texts(said) == [command]
    assert wait - 40 <= said[2].stages_ms["silence"] <= wait + 120


def test_early_end_can_be_turned_off(fakes: Fakes) -> None:
    pipeline = fakes.pipeline(TurnSettings(early_end=False))
    said = one(pipeline, sound(silence(1), wakes(), says("turn off the light"), silence(3)))
    assert said[2].stages_ms["silence"] >= 660


def test_a_command_that_is_hardly_believed_is_heard_to_its_end(fakes: Fakes) -> None:
    fakes.recognizer.unsure_of = "turn off the light"
    samples = sound(silence(1), wakes(), says("turn off the light"), silence(0.4), says("now"), silence(3))
    said = one(fakes.pipeline(), samples)
    assert texts(said) == ["turn off the light now"]
    assert said[2].confidence == 0.9
    assert said[2].t_start == pytest.approx(1.64, abs=0.02)
    assert fakes.recognizer.open == set()


def test_a_command_that_is_never_believed_is_said_with_its_doubt(fakes: Fakes) -> None:
    fakes.recognizer.unsure_of = "turn off the light"
    said = one(fakes.pipeline(), sound(silence(1), wakes(), says("turn off the light"), silence(3)))
    assert texts(said) == ["turn off the light"]
    assert said[2].confidence == 0.1
    assert 660 <= said[2].stages_ms["silence"] <= 820


def test_a_knock_is_no_command(fakes: Fakes) -> None:
    fakes.recognizer.unsure_of = "stop"
    samples = sound(
        silence(1), wakes(), silence(1), says("stop", 0.15), silence(1), says("turn on the light"), silence(2)
    )
    assert texts(one(fakes.pipeline(), samples)) == ["turn on the light"]


def test_a_slow_end_of_the_wake_word_is_not_the_command(fakes: Fakes) -> None:
    slow = sound(wakes(), says("jarvis", 0.3))  # noticed before it is over
    said = one(fakes.pipeline(), sound(silence(1), slow, silence(1.5), says("stop", 0.4), silence(2)))
    assert texts(said) == ["stop"]


def test_nothing_after_the_wake_word_is_silence(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), silence(8)))
    assert kinds(said) == [Woke, NotHeard, StreamEnded]
    assert said[1].reason == "silence"
    assert said[1].t == pytest.approx(1.6 + 5, abs=0.3)


def test_voice_without_words_is_noise(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), silence(0.5), voice(1), silence(8)))
    assert [m.reason for m in said if isinstance(m, NotHeard)] == ["noise"]


def test_endless_noise_is_too_long(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), voice(20)))
    assert [m.reason for m in said if isinstance(m, NotHeard)] == ["too_long"]


def test_no_wake_word_no_listening(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), says("turn on the light"), silence(2)))
    assert kinds(said) == [StreamEnded]
    assert fakes.recognizer.begun == 0


def test_a_wake_word_that_its_second_listener_did_not_hear_is_told(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    fakes.spotter.refuses["1"] = WakeDetection("1", "hey_jarvis", 0.61234, 1.0, 0.5)
    said = hear(pipeline, silence(1))
    assert said[0] == Doubted(1, "hey_jarvis", 0.6123, 0.08)
    assert kinds(said) == [Doubted, StreamEnded]


def test_several_commands_in_one_stream(fakes: Fakes) -> None:
    command = sound(silence(1), wakes(), says("stop", 0.4), silence(2))
    said = one(fakes.pipeline(), sound(command, command, command))
    assert texts(said) == ["stop"] * 3


def test_a_second_wake_word_starts_over(fakes: Fakes) -> None:
    samples = sound(silence(1), wakes(), silence(1), wakes(), says("stop", 0.4), silence(2))
    said = one(fakes.pipeline(), samples)
    assert [kind for kind in kinds(said) if kind is not Began] == [Woke, Woke, Transcribed, StreamEnded]
    assert texts(said) == ["stop"]
    assert fakes.recognizer.open == set()


def test_a_wake_word_at_the_very_end_is_heard(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes()))
    assert kinds(said) == [Woke, NotHeard, StreamEnded]


def test_a_command_cut_off_by_the_end_is_still_heard(fakes: Fakes) -> None:
    said = one(fakes.pipeline(), sound(silence(1), wakes(), says("turn on the light")))
    assert texts(said) == ["turn on the light"]


def test_without_wake_words_all_speech_is_heard(fakes: Fakes) -> None:
    samples = sound(silence(7), says("turn on the light"), silence(2), says("stop", 0.4), silence(1))
    said = one(fakes.pipeline(), samples, {})
    assert kinds(said) == [Began, Transcribed, Began, Transcribed, StreamEnded]
    assert texts(said) == ["turn on the light", "stop"]
    assert said[1].t_start == pytest.approx(7.0, abs=0.05)


@pytest.mark.parametrize("samples", [silence(0), silence(0.01), silence(6)])
def test_silence_without_wake_words_is_an_honest_nothing(fakes: Fakes, samples: np.ndarray) -> None:
    said = one(fakes.pipeline(), samples, {})
    assert kinds(said) == [NotHeard, StreamEnded]
    assert said[0].reason == "silence"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40_000), min_size=1, max_size=6))
def test_how_sound_is_fed_makes_no_difference(pieces: list[int]) -> None:
    samples = sound(silence(1), wakes(), says("turn on the light"), silence(2), wakes(), silence(1), says("stop", 0.4))

    def without_stages(said: list[Any]) -> list[Any]:
        return [(type(m), getattr(m, "t", None), getattr(m, "text", None), getattr(m, "t_end", None)) for m in said]

    steady = one(Fakes().pipeline(), samples)
    pipeline, said, at = Fakes().pipeline(), [], 0
    pipeline.open(1, WAKE)
    for piece in pieces * (1 + len(samples) // sum(pieces)):
        pipeline.feed(1, samples[at : at + piece].copy())
        at += piece
        said += pipeline.step()
    while pipeline.behind_s >= 0.08:
        said += pipeline.step()
    pipeline.end(1)
    while pipeline.busy:
        said += pipeline.step()
    assert without_stages(said) == without_stages(steady)


def test_streams_do_not_disturb_each_other(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    commands = {1: "turn on the light", 2: "turn off the light", 3: "stop"}
    said: list[Any] = []
    sounds = {n: sound(silence(0.5 * n), wakes(), says(text, 0.3), silence(3)) for n, text in commands.items()}
    for stream in commands:
        pipeline.open(stream, WAKE)
    for begin in range(0, 16_000 * 6, 1_280):
        for stream, samples in sounds.items():
            pipeline.feed(stream, samples[begin : begin + 1_280].copy())
        said += pipeline.step()
    assert {m.stream: m.text for m in said if isinstance(m, Transcribed)} == commands
    assert fakes.spotter.steps <= 16_000 * 6 / 1_280 + 1  # together, not one after the other


def test_an_answer_is_listened_to_without_a_wake_word(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    pipeline.feed(1, silence(1))
    while pipeline.busy:
        pipeline.step()
    pipeline.listen(1)
    said = hear(pipeline, sound(silence(0.5), says("stop", 0.4), silence(2), says("turn on the light"), silence(2)))
    assert texts(said) == ["stop"]


def test_an_answer_that_does_not_come(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    pipeline.listen(1)
    said = hear(pipeline, silence(8))
    assert [m.reason for m in said if isinstance(m, NotHeard)] == ["silence"]


def test_muted_is_deaf_and_time_goes_on(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    pipeline.mute(1, True)
    pipeline.feed(1, sound(silence(1), wakes(), says("stop", 0.4), silence(2)))
    said = [m for _ in range(60) for m in pipeline.step()]
    assert said == []
    pipeline.mute(1, False)
    said = hear(pipeline, sound(silence(1), wakes(), says("stop", 0.4), silence(2)))
    assert texts(said) == ["stop"]
    assert said[0].t > 4


def test_a_reopened_stream_keeps_its_time(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE, start=16_000 * 100)
    said = hear(pipeline, sound(silence(1), wakes(), says("stop", 0.4), silence(2)))
    assert said[0].t == pytest.approx(101.68, abs=0.01)
    assert said[2].t_start == pytest.approx(101.64, abs=0.02)
    assert said[-1].audio_s == pytest.approx(4.04)


def test_without_a_grammar_it_says_so(fakes: Fakes) -> None:
    fakes.recognizer.grammar = None
    said = one(fakes.pipeline(), sound(silence(1), wakes(), says("turn on the light"), silence(2)))
    assert [m.reason for m in said if isinstance(m, NotHeard)] == ["not_ready"]


def test_the_recogniser_is_told_the_level(fakes: Fakes) -> None:
    one(fakes.pipeline(), sound(silence(1), wakes(), says("stop", 0.4), silence(2)))
    before = fakes.recognizer.before[0]
    assert before is not None
    assert np.abs(before.astype(int)).max() >= 10_000  # the wake word itself


def test_closing_zeroes_what_is_kept(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    waiting = says("turn on the light")
    pipeline.feed(1, sound(silence(1), wakes()))
    for _ in range(20):
        pipeline.step()
    pipeline.feed(1, waiting)
    stream = pipeline._streams[1]
    memory = stream.ring._samples
    pipeline.close(1)
    assert not memory.any()
    assert not waiting.any()
    assert fakes.recognizer.open == set()
    with pytest.raises(UsageError):
        pipeline.feed(1, silence(1))
    pipeline.close(1)


def test_networks_are_used_again(fakes: Fakes) -> None:
    FakeDetector.made = 0
    command = sound(silence(1), wakes(), says("stop", 0.4), silence(2))
    one(fakes.pipeline(), sound(*[command] * 5))
    assert FakeDetector.made == 1


def test_a_stream_is_opened_once(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    with pytest.raises(UsageError, match="open already"):
        pipeline.open(1, WAKE)
    for call in (lambda: pipeline.end(2), lambda: pipeline.mute(2, True), lambda: pipeline.listen(2)):
        with pytest.raises(UsageError, match="not open"):
            call()


def test_it_is_told_when_no_wake_word_up_to_a_moment_may_still_come(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    pipeline.open(2, WAKE)
    pipeline.judge(Judge(1, 7, 2_000))
    pipeline.judge(Judge(2, 8, 0))
    assert pipeline.busy
    assert pipeline.step() == [Judged(2, 8)]
    assert not pipeline.busy
    pipeline.feed(1, silence(0.08))
    assert pipeline.step() == []  # not that far yet
    fakes.spotter.judges.add("1")
    pipeline.feed(1, silence(0.08))
    assert pipeline.step() == []  # the second stage has yet to say
    assert not pipeline.busy
    fakes.spotter.judges.clear()
    assert pipeline.busy
    assert pipeline.step() == [Judged(1, 7)]
    assert pipeline.step() == []


def test_what_was_confirmed_is_told_before_that_no_more_may_come(fakes: Fakes) -> None:
    pipeline = fakes.pipeline()
    pipeline.open(1, WAKE)
    heard = sound(silence(0.8), wakes())
    pipeline.judge(Judge(1, 1, len(heard)))
    said: list[Any] = []
    for begin in range(0, len(heard) + 1_280, 1_280):
        pipeline.feed(1, np.resize(heard[begin : begin + 1_280], 1_280))
        said += pipeline.step()
    assert kinds(said)[:2] == [Woke, Judged]

"""Whisper's recogniser over the real faster-whisper, with a stand-in model whose words are known."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hub.core.errors import ModelError, UnavailableError
from hub.perception.speech import whisper_recognizer
from hub.perception.speech.automaton import minimal
from hub.perception.speech.grammar import SpeechGrammar
from hub.perception.speech.recognizer import Partial, Pcm, Transcript
from hub.perception.speech.whisper_recognizer import WhisperRecognizer

faster_whisper = pytest.importorskip("faster_whisper", reason="faster-whisper (extra `whisper`) is not installed")

from tests.perception.speech.whisper_model import make_whisper  # noqa: E402 -- it needs faster-whisper

RATE = 16_000
SAYS = "Turn on the kitchen light."
SENTENCES = ("turn on the kitchen light", "turn off the lamp", "open the zigbee blinds")
Make = Callable[..., WhisperRecognizer]


def grammar(*sentences: str) -> SpeechGrammar:
    said = {tuple(s.split()) for s in sentences or SENTENCES}

    def arcs(state: tuple[str, ...]) -> list[tuple[str, tuple[str, ...], int]]:
        following = {s[len(state)] for s in said if s[: len(state)] == state and len(s) > len(state)}
        return [(word, (*state, word), 0) for word in sorted(following)]

    automaton = minimal((), arcs, lambda state: 0 if state in said else None)
    return SpeechGrammar.of(automaton, {word: ("T",) for s in said for word in s})


def noise(seconds: float, level: float) -> Pcm:
    return np.random.default_rng(3).normal(0, level, round(seconds * RATE)).astype(np.int16)


VOICE = noise(0.8, 3_000)
PAUSE = noise(0.3, 8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    common = {word for s in SENTENCES for word in s.split()} - {"zigbee"}
    return make_whisper(tmp_path_factory.mktemp("models") / "faster-whisper-tiny.en-0123", SAYS, words=common)


@pytest.fixture
def recognizer(folder: Path) -> WhisperRecognizer:
    made = WhisperRecognizer(folder)
    made.set_grammar(grammar())
    return made


@pytest.fixture
def saying(tmp_path: Path) -> Make:
    """A recogniser that hears a sentence of your choice."""

    def made(says: str, *sentences: str, **how: Any) -> WhisperRecognizer:
        recognizer = WhisperRecognizer(make_whisper(tmp_path / "model-1", says, **how))
        recognizer.set_grammar(grammar(*sentences))
        return recognizer

    return made


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[np.ndarray, dict[str, Any]]]:
    """What the model is given from now on."""
    calls: list[tuple[np.ndarray, dict[str, Any]]] = []
    transcribe = faster_whisper.WhisperModel.transcribe

    def noted(self: Any, sound: np.ndarray, **options: Any) -> Any:
        assert np.abs(sound).max() > 0.01
        calls.append((sound, options))
        return transcribe(self, sound, **options)

    monkeypatch.setattr(faster_whisper.WhisperModel, "transcribe", noted)
    return calls


def test_it_hears(recognizer: WhisperRecognizer) -> None:
    utterance = recognizer.begin(VOICE)
    for begin in range(0, len(VOICE), 1_280):
        utterance.feed(VOICE[begin : begin + 1_280])
    heard = utterance.finish()
    assert heard.text == SAYS
    assert heard.confidence > 0.9


def test_it_hears_without_a_grammar_but_ends_no_turn(folder: Path) -> None:
    utterance = WhisperRecognizer(folder, threads=2).begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial() == Partial(SAYS)
    assert utterance.finish().text == SAYS


@pytest.mark.parametrize(
    "pcm",
    [
        np.zeros(0, np.int16),
        np.zeros(RATE * 2, np.int16),
        noise(2, 3),
        VOICE[:1_000],
        np.full(10, -32_768, np.int16),
    ],
    ids=["nothing", "digital silence", "a silent room", "a click", "a few samples"],
)
def test_the_model_never_sees_silence(recognizer: WhisperRecognizer, shown: list[Any], pcm: Pcm) -> None:
    utterance = recognizer.begin()
    utterance.feed(pcm)
    assert utterance.partial() == Partial()
    assert utterance.finish() == Transcript()
    assert shown == []


def test_a_pause_after_a_whole_command_completes_it(recognizer: WhisperRecognizer, shown: list[Any]) -> None:
    utterance = recognizer.begin()
    utterance.feed(VOICE)
    assert utterance.partial() == Partial()
    assert shown == []
    utterance.feed(PAUSE)
    for _ in range(20):
        assert utterance.partial() == Partial(SAYS, complete=True, acceptable=True)
        utterance.feed(PAUSE[:512])
    assert utterance.finish().text == SAYS
    assert len(shown) == 1  # it was heard when the pause began, and there was nothing new afterwards


def test_what_follows_a_pause_is_heard_too(recognizer: WhisperRecognizer, shown: list[Any]) -> None:
    utterance = recognizer.begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial().complete
    utterance.feed(VOICE)
    assert utterance.partial() == Partial(SAYS)
    utterance.finish()
    assert [len(sound) for sound, _ in shown] == [len(VOICE) + len(PAUSE), 2 * len(VOICE) + len(PAUSE)]


def test_a_command_that_may_go_on_is_only_acceptable(saying: Make) -> None:
    recognizer = saying("Open the blinds", "open the blinds", "open the blinds in here")
    utterance = recognizer.begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial() == Partial("Open the blinds", complete=False, acceptable=True)


def test_digits_end_a_turn_where_the_grammar_has_words(saying: Make) -> None:
    utterance = saying("Set it to 50%.", "set it to fifty percent").begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial() == Partial("Set it to 50%.", complete=True, acceptable=True)


@pytest.mark.parametrize("how", [{"sureness": 0.8}, {"sureness": 0.95, "silent": True}])
def test_an_unsure_text_is_told_as_such_and_ends_no_turn(saying: Make, how: dict[str, Any]) -> None:
    utterance = saying(SAYS, **how).begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial() == Partial(SAYS)
    assert utterance.finish().confidence < 0.5


def test_a_slow_model_is_asked_at_the_end_alone(
    recognizer: WhisperRecognizer, shown: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whisper_recognizer, "_GUESS_S", -1.0)
    utterance = recognizer.begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial() == Partial()
    assert shown == []
    assert utterance.finish().text == SAYS


def test_the_homes_odd_words_are_the_prompt(recognizer: WhisperRecognizer, shown: list[Any]) -> None:
    older = recognizer.begin()
    recognizer.set_grammar(grammar("turn on the tasmota", "turn on the kitchen light"))
    newer = recognizer.begin()
    for utterance in (older, newer):
        utterance.feed(VOICE)
        utterance.finish()
    assert [options["hotwords"] for _, options in shown] == ["zigbee", "tasmota"]
    assert not any(options["condition_on_previous_text"] for _, options in shown)


def test_a_home_of_very_many_odd_names_is_no_trouble(recognizer: WhisperRecognizer) -> None:
    recognizer.set_grammar(grammar(*(f"turn on the xy{'abcdefghij'[n % 10]}{'klmno'[n // 10]}" for n in range(50))))
    utterance = recognizer.begin()
    utterance.feed(VOICE)
    assert utterance.finish().text == SAYS


def test_the_prompt_read_out_is_not_what_was_said(saying: Make) -> None:
    utterance = saying("TASMOTA, ZIGBEE", "turn on the zigbee", "turn on the tasmota").begin()
    utterance.feed(np.concatenate((VOICE, PAUSE)))
    assert utterance.partial() == Partial()
    assert utterance.finish() == Transcript()


def test_the_sound_is_zeroed_and_the_rest_has_no_effect(recognizer: WhisperRecognizer, shown: list[Any]) -> None:
    utterance = recognizer.begin()
    utterance.feed(VOICE)
    utterance.finish()
    ((sound, _),) = shown
    assert not sound.any()  # the model had been shown the sound itself, no copy
    utterance.feed(VOICE)
    assert utterance.partial() == Partial()
    assert utterance.finish() == Transcript()
    utterance.cancel()
    assert not sound.any()
    assert len(shown) == 1


def test_a_model_that_fails_leaves_no_sound_and_no_open_utterance(
    recognizer: WhisperRecognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[np.ndarray] = []

    def fails(_: Any, sound: np.ndarray, **options: Any) -> Any:
        kept.append(sound)
        raise RuntimeError("out of memory")

    monkeypatch.setattr(faster_whisper.WhisperModel, "transcribe", fails)
    for _ in range(10):
        utterance = recognizer.begin()
        utterance.feed(VOICE)
        with pytest.raises(RuntimeError):
            utterance.finish()
    assert not any(sound.any() for sound in kept)


def test_what_is_longer_than_the_model_takes_is_cut(recognizer: WhisperRecognizer, shown: list[Any]) -> None:
    utterance = recognizer.begin()
    for _ in range(40):
        utterance.feed(np.concatenate((VOICE, VOICE)))
    assert utterance.finish().text == SAYS
    assert [len(sound) for sound, _ in shown] == [30 * RATE]


def test_too_many_people(recognizer: WhisperRecognizer) -> None:
    everybody = [recognizer.begin() for _ in range(4)]
    with pytest.raises(UnavailableError, match="4 people"):
        recognizer.begin()
    everybody[0].finish()
    everybody[0].cancel()
    everybody[1].cancel()
    again = [recognizer.begin(), recognizer.begin()]
    with pytest.raises(UnavailableError):
        recognizer.begin()
    for utterance in (*everybody, *again):
        utterance.cancel()


@pytest.mark.parametrize("name", ["model.bin", "config.json", "tokenizer.json"])
def test_a_missing_file(folder: Path, tmp_path: Path, name: str) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / folder.name))
    (copy / name).unlink()
    with pytest.raises(ModelError, match=rf"{name} .*hearth models pull faster-whisper-tiny\.en`"):
        WhisperRecognizer(copy)


def test_a_missing_folder_is_not_fetched(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="hearth models pull"):
        WhisperRecognizer(tmp_path / "tiny.en")


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("model.bin", b""),
        ("model.bin", b"\x06\x00\x00\x00" + bytes(400)),
        ("model.bin", bytes(1_000)),
        ("config.json", b"{"),
        ("tokenizer.json", b"{}"),
        ("tokenizer.json", b"\xff\x00"),
        ("vocabulary.json", b"[]"),
    ],
)
def test_a_broken_file(folder: Path, tmp_path: Path, name: str, data: bytes) -> None:
    copy = Path(shutil.copytree(folder, tmp_path / folder.name))
    (copy / name).write_bytes(data)
    with pytest.raises(ModelError, match=r"hearth models verify faster-whisper-tiny\.en`"):
        WhisperRecognizer(copy)


def test_it_is_not_installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "faster_whisper", None)
    with pytest.raises(ModelError, match=r"not installed .*pip install 'hearth\[whisper\]'"):
        WhisperRecognizer(folder)


def test_a_language_that_the_model_does_not_know(recognizer: WhisperRecognizer, folder: Path) -> None:
    with pytest.raises(ModelError, match="'de'"):
        WhisperRecognizer(folder, language="de")
    with pytest.raises(ModelError, match="'de'"):
        recognizer.set_grammar(SpeechGrammar(language="de"))

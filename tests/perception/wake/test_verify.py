"""The second stage by phrase, on the demo home's clips."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pocketsphinx
import pytest
from numpy.typing import NDArray

from hub.core.errors import ModelError, NotFoundError
from hub.perception.wake.moment import WakeMoment
from hub.perception.wake.phrases import PHRASES, SOUNDS
from hub.perception.wake.spotter import WakeSpotter
from hub.perception.wake.verify import PhraseVerifier, second_stages

Sound = NDArray[np.int16]
Speech = Callable[[str], Sound]
CLIPS = ("01", "04", "07", "10", "12")


def without_hey(sound: Sound, acoustic_model: Path) -> Sound:
    """The clip with silence where "hey" was, found by aligning it."""
    config = pocketsphinx.Config(hmm=str(acoustic_model), dict=None, lm=None, loglevel="FATAL", bestpath=False)
    decoder = pocketsphinx.Decoder(config)
    for word in ("hey", "jarvis"):
        decoder.add_word(word, SOUNDS[word], True)
    decoder.add_fsg("f", decoder.create_fsg("f", 0, 2, [(0, 1, 1.0, "hey"), (1, 2, 1.0, "jarvis")]))
    decoder.activate_search("f")
    decoder.start_utt()
    decoder.process_raw(sound[: int(1.6 * 16_000)].tobytes(), full_utt=True)
    decoder.end_utt()
    cut = next(s.start_frame for s in decoder.seg() if s.word == "jarvis") * 160
    return np.concatenate([np.zeros(cut, np.int16), sound[cut:]])


def wakes(spotter: WakeSpotter, sound: Sound, threshold: float) -> int:
    spotter.open("s", {"hey_jarvis": threshold})
    spotter.feed("s", np.concatenate([np.zeros(16_000, np.int16), sound]))
    found = spotter.step()
    spotter.close("s")
    return len(found)


def test_hey_jarvis_wakes_and_bare_jarvis_does_not(
    make_spotter: Callable[..., WakeSpotter], acoustic_model: Path, speech: Speech
) -> None:
    easily = make_spotter()
    strictly = make_spotter(confirm=second_stages(acoustic_model, ["hey_jarvis"]))
    low = 0.005  # synthesised bare words score less than people's, 62 % of which pass at 0.5
    bare = [without_hey(speech(n), acoustic_model) for n in CLIPS]
    assert [wakes(strictly, speech(n), 0.5) for n in CLIPS] == [1] * len(CLIPS)
    assert sum(wakes(easily, sound, low) for sound in bare) > 0  # the first stage alone is fooled
    assert [wakes(strictly, sound, low) for sound in bare] == [0] * len(CLIPS)


def test_every_phrase_can_be_decoded(acoustic_model: Path, speech: Speech) -> None:
    verifier = PhraseVerifier(acoustic_model)
    sound = speech("01")[8000:30_000]
    ratios = {word: verifier.ratio(word, sound) for word in PHRASES}
    assert all(np.isfinite(r) for r in ratios.values())
    assert ratios["hey_jarvis"] > PHRASES["hey_jarvis"].margin


@pytest.mark.parametrize(
    "sound",
    [np.zeros(0, np.int16), np.zeros(100, np.int16), np.zeros(21_760, np.int16), np.full(21_760, 32767, np.int16)],
    ids=["none", "short", "silent", "clipped"],
)
def test_what_is_no_speech_is_no_error(sound: Sound, acoustic_model: Path) -> None:
    confirm = PhraseVerifier(acoustic_model).confirm("alexa")
    assert confirm(WakeMoment(sound, np.zeros((16, 96), np.float32), 0.9)) in (True, False)


def test_words_without_a_phrase_have_no_second_stage(acoustic_model: Path) -> None:
    assert second_stages(acoustic_model, ["computer"]) == {}
    assert set(second_stages(acoustic_model, ["computer", "alexa"])) == {"alexa"}
    with pytest.raises(NotFoundError):
        PhraseVerifier(acoustic_model).confirm("computer")


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="pocketsphinx-en-us"):
        PhraseVerifier(tmp_path)

"""One person's voice as a second stage."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.core.errors import ModelError, UsageError
from hub.perception.wake.moment import WakeMoment
from hub.perception.wake.spotter import WakeSpotter
from hub.perception.wake.voiceprint import Voiceprint, enrol, load_voiceprint, moments

Sound = NDArray[np.int16]
PERSON = ("01", "02", "03")  # the demo's clips of the first voice
OTHERS = ("09", "12")


@pytest.fixture(scope="module")
def voices() -> dict[str, list[str]]:
    """Which demo clips each voice speaks, by the story."""
    import tomllib

    from hub.core.bundled import bundled

    story = tomllib.loads((bundled("config") / "demo" / "story.toml").read_text())
    found: dict[str, list[str]] = {}
    for clip in story["clip"]:
        if clip.get("wake", True):
            found.setdefault(clip["voice"], []).append(Path(clip["file"]).name[:2])
    return found


def phrase(sound: Sound) -> Sound:
    """The clip's first two seconds: the wake phrase."""
    return sound[:32_000]


def test_it_tells_one_voice_from_another(
    make_spotter: Callable[..., WakeSpotter],
    speech: Callable[[str], Sound],
    voices: dict[str, list[str]],
    tmp_path: Path,
) -> None:
    spotter = make_spotter(gate_db=None)
    person, *rest = sorted(voices, key=lambda v: -len(voices[v]))
    mine = voices[person]
    assert len(mine) >= 3
    others = [n for v in rest for n in voices[v]]
    learnt = moments(spotter, "hey_jarvis", [phrase(speech(n)) for n in mine[:-1]])
    against = moments(spotter, "hey_jarvis", [phrase(speech(n)) for n in others[::2]])
    print_ = enrol("hey_jarvis", learnt, against)
    again = moments(spotter, "hey_jarvis", [phrase(speech(mine[-1]))], 0.5)
    foreign = moments(spotter, "hey_jarvis", [phrase(speech(n)) for n in others[1::2]], 0.5)
    assert np.mean([print_.score(f) for f in again]) > 0.6
    assert np.mean([print_.score(f) for f in foreign]) < 0.4
    print_.save(tmp_path / "v.npz")
    kept = load_voiceprint(tmp_path / "v.npz")
    assert kept.word == "hey_jarvis"
    assert kept.score(again[0]) == pytest.approx(print_.score(again[0]))
    assert kept.confirm(0.0)(WakeMoment(np.zeros(0, np.int16), again[0], 0.9))
    assert not kept.confirm(1.0)(WakeMoment(np.zeros(0, np.int16), again[0], 0.9))


def test_too_little_to_learn_from_is_said() -> None:
    few = np.zeros((2, 16, 96), np.float32)
    with pytest.raises(UsageError, match="too few"):
        enrol("alexa", few, np.zeros((9, 16, 96), np.float32))


def test_foreign_files_are_refused_and_pickles_not_read(tmp_path: Path) -> None:
    path = tmp_path / "v.npz"
    size = 16 * 96
    sound = Voiceprint("alexa", *(np.ones(size, np.float32) for _ in range(3)), 0.0)
    sound.save(path)
    assert load_voiceprint(path).word == "alexa"

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (pytest.fail, ("a pickle was read",))

    wrong: dict[str, dict[str, object]] = {
        "shape": {"weights": np.ones(3, np.float32)},
        "finite": {"bias": np.float32(np.nan)},
        "scale": {"scale": np.zeros(size, np.float32)},
        "object": {"weights": np.array([Trap()], dtype=object)},
    }
    for change in wrong.values():
        arrays: dict[str, object] = {
            "word": np.frombuffer(b"alexa", np.uint8), "weights": sound.weights, "mean": sound.mean,
            "scale": sound.scale, "bias": np.float32(0), **change,
        }  # fmt: skip
        np.savez(path, **arrays)  # type: ignore[arg-type]
        with pytest.raises(ModelError, match="no voiceprint"):
            load_voiceprint(path)
    for data in (b"", b"nonsense", pickle.dumps(Trap())):
        path.write_bytes(data)
        with pytest.raises(ModelError):
            load_voiceprint(path)
    with pytest.raises(ModelError):
        load_voiceprint(tmp_path / "missing.npz")

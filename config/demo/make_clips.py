"""Make the demo home's recordings: each line of story.toml, spoken by one of flite's voices, as a small FLAC file.

    python config/demo/make_clips.py [ID...]

Needs Debian's `flite` (voices slt, rms, awb, kal16) and `sox`, and numpy. The same versions of them make the same
bytes again: the noise comes from a seeded generator, the files carry no dates.
"""

import subprocess
import sys
import tempfile
import tomllib
import wave
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).parent
RATE = 16_000
LEAD_S, TAIL_S = 0.5, 1.0
PEAK = 0.5  # of full scale
NOISE_BELOW_DB = 38.0  # under the loudness of the speech: digital silence misleads recognisers
MAX_BYTES = 100_000


def main(wanted: list[str]) -> int:
    """Make the clips named by `wanted`, all when it is empty."""
    story = tomllib.loads((HERE / "story.toml").read_text("utf-8"))
    for clip in story["clip"]:
        if wanted and clip["id"] not in wanted:
            continue
        said = f"hey jarvis, {clip['text']}" if clip.get("wake", True) else clip["text"]
        path = HERE / clip["file"]
        path.parent.mkdir(exist_ok=True)
        write_flac(path, recorded(speak(said, clip["voice"]), seed=zlib.crc32(clip["id"].encode())))
        size = path.stat().st_size
        if size > MAX_BYTES:
            sys.stderr.write(f"{path} has {size} bytes, more than {MAX_BYTES}\n")
            return 1
        sys.stdout.write(f"{path.name}: {size} bytes, {clip['voice']}: {said}\n")
    return 0


def speak(text: str, voice: str) -> NDArray[np.float64]:
    """`text` by one of flite's voices: mono at 16 kHz, -1 to 1."""
    with tempfile.TemporaryDirectory() as folder:
        spoken, resampled = Path(folder) / "spoken.wav", Path(folder) / "resampled.wav"
        _run("flite", "-voice", voice, "-t", text, "-o", str(spoken))
        _run("sox", "-D", str(spoken), "-r", str(RATE), "-c", "1", "-b", "16", str(resampled))
        with wave.open(str(resampled), "rb") as file:
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return samples.astype(np.float64) / 32768


def recorded(speech: NDArray[np.float64], *, seed: int) -> NDArray[np.int16]:
    """Speech as a microphone would have it: a quiet room before, under and after it."""
    speech = speech * (PEAK / np.abs(speech).max())
    loud = speech[np.abs(speech) > 0.02]
    level = np.sqrt(np.mean(loud**2)) * 10 ** (-NOISE_BELOW_DB / 20)
    padded = np.concatenate([np.zeros(round(LEAD_S * RATE)), speech, np.zeros(round(TAIL_S * RATE))])
    noise = np.random.default_rng(seed).normal(0.0, level, len(padded))
    return np.clip(np.round((padded + noise) * 32767), -32768, 32767).astype("<i2")


def write_flac(path: Path, samples: NDArray[np.int16]) -> None:
    """Write 16-bit mono samples at 16 kHz, packed as tightly as FLAC can."""
    raw = ["-t", "raw", "-r", str(RATE), "-e", "signed", "-b", "16", "-c", "1", "-"]
    _run("sox", "-D", *raw, "-C", "8", "--comment", "", str(path), given=samples.tobytes())


def _run(*command: str, given: bytes | None = None) -> None:
    try:
        subprocess.run(command, input=given, check=True, capture_output=True)  # noqa: S603 -- fixed programs
    except FileNotFoundError:
        raise SystemExit(f"{command[0]} is not installed: apt install flite sox") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"{command[0]} failed: {error.stderr.decode()[:500]}") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

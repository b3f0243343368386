"""The page's resampler, run by Node: what a microphone hears is the same to the hub as through its own resampler."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import resample_poly

FRONTEND = Path(__file__).parents[2] / "frontend"
ESBUILD = FRONTEND / "node_modules" / ".bin" / "esbuild"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("node") is None or not ESBUILD.exists(), reason="npm ci in frontend/ was not run"),
]
RATES = (8_000, 16_000, 22_050, 44_100, 48_000, 96_000)
_RUN = """
import {{ readFileSync, writeFileSync }} from "node:fs";
import {{ Resampler }} from "{module}";
for (const name of {names}) {{
  const rate = parseInt(name);
  const sound = new Float32Array(new Uint8Array(readFileSync(`{folder}/${{name}}.in`)).buffer);
  const resampler = new Resampler(rate, 16000);
  const pieces = [];
  for (let at = 0; at < sound.length; at += 128) pieces.push(...resampler.process(sound.subarray(at, at + 128)));
  writeFileSync(`{folder}/${{name}}.out`, new Uint8Array(new Float32Array(pieces).buffer));
}}
const refused = [0, -1, NaN, 0.5, 10_000_019].filter((rate) => {{
  try {{ new Resampler(rate, 16000); return false; }} catch {{ return true; }}
}});
console.log(JSON.stringify(refused.length));
"""
Sound = NDArray[np.float32]


@pytest.fixture(scope="module")
def resampled(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int | str], tuple[Sound, Sound]]:
    """Noise up to the Nyquist frequency at a rate, and what the page makes of it; one run of Node for all rates."""
    folder = tmp_path_factory.mktemp("resampler")
    subprocess.run(
        [ESBUILD, FRONTEND / "src/voice/resampler.ts", "--format=esm", f"--outfile={folder}/resampler.mjs"],
        check=True,
        capture_output=True,
    )
    names = [str(rate) for rate in RATES] + [f"{rate}.tones" for rate in RATES]
    for rate in RATES:
        np.random.default_rng(rate).normal(0, 0.1, rate).astype(np.float32).tofile(folder / f"{rate}.in")
        tones = [0.2 * np.sin(2 * np.pi * hz * np.arange(rate) / rate) for hz in (9_000, 10_000, 15_000, 20_000)]
        np.sum(tones, axis=0).astype(np.float32).tofile(folder / f"{rate}.tones.in")
    (folder / "run.mjs").write_text(_RUN.format(module=f"{folder}/resampler.mjs", folder=folder, names=names))
    ran = subprocess.run(["node", folder / "run.mjs"], check=True, capture_output=True, text=True)
    assert json.loads(ran.stdout) == 5  # rates that no microphone has

    def found(name: int | str) -> tuple[Sound, Sound]:
        return (np.fromfile(folder / f"{name}.in", np.float32), np.fromfile(folder / f"{name}.out", np.float32))

    return found


@pytest.mark.parametrize("rate", RATES)
def test_the_band_of_speech_comes_through_as_scipy_has_it(
    resampled: Callable[[int | str], tuple[Sound, Sound]], rate: int
) -> None:
    before, after = resampled(rate)
    assert abs(len(after) - 16_000) < 100
    common = np.gcd(rate, 16_000)
    reference = resample_poly(before, 16_000 // common, rate // common, window=("kaiser", 9.0))[: len(after)]
    top = 0.8 * min(rate, 16_000) / 2
    keep = np.fft.rfftfreq(len(after), 1 / 16_000) < top
    ours, theirs = (np.fft.irfft(np.fft.rfft(sound) * keep) for sound in (after, reference))
    inner = slice(1_600, -1_600)
    error = np.sum((ours[inner] - theirs[inner]) ** 2) / np.sum(theirs[inner] ** 2)
    assert 10 * np.log10(error + 1e-20) < -35


@pytest.mark.parametrize("rate", [44_100, 48_000, 96_000])
def test_what_is_above_the_band_does_not_fold_into_it(
    resampled: Callable[[int | str], tuple[Sound, Sound]], rate: int
) -> None:
    before, after = resampled(f"{rate}.tones")
    inner = slice(1_600, -1_600)
    assert 10 * np.log10(np.mean(after[inner] ** 2) / np.mean(before[inner] ** 2)) < -70

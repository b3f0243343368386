"""Sound files of others, decoded in real sealed processes."""

import random
from pathlib import Path

import numpy as np
import pytest

from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.errors import MediaError
from hub.core.events import WorkerLost, WorkerReady
from hub.guard.sealing.syscalls import this_architecture
from hub.media.decode import AudioFile
from hub.media.sound_file import decoding
from hub.media.sound_file.decoding import decoded
from tests.media.sound_files import wav

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
CLIP = bundled("config") / "demo" / "clips" / "01_light_on.flac"


SOUND = wav(bytes(3_200))


async def test_a_file_gives_what_decoding_it_here_would() -> None:
    bus, ready = Bus(), []
    bus.subscribe(WorkerReady, lambda event: ready.append(event.sealed))
    with AudioFile(CLIP) as file:
        here = np.concatenate(list(file.read()))
    assert np.array_equal(await decoded(CLIP.read_bytes(), bus, most_s=10.0), here)
    assert ready == [True]


async def test_a_longer_file_is_refused() -> None:
    with pytest.raises(MediaError, match="longer than 1 s"):
        await decoded(CLIP.read_bytes(), Bus(), most_s=1.0)


@pytest.mark.parametrize(
    "data",
    [b"", CLIP.read_bytes()[:3_000], wav(b"", rate=0), wav(bytes(64), rate=10_000_000), wav(b"", channels=65_535)],
)  # fmt: skip
async def test_threat_41_a_file_that_is_none_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(MediaError) as caught:
        await decoded(data, Bus(), most_s=10.0)
    assert caught.value.remedy


async def test_threat_41_mutated_files_end_in_sound_or_an_error() -> None:
    chance = random.Random(41)
    for whole in (CLIP.read_bytes(), SOUND) * 2:
        data = bytearray(whole[: chance.randrange(100, len(whole))])
        for _ in range(20):
            data[chance.randrange(min(len(data), 200))] = chance.randrange(256)
        try:
            assert len(await decoded(bytes(data), Bus(), most_s=60.0)) <= 60 * 16_000
        except MediaError as error:
            assert error.remedy


async def test_threat_41_a_file_that_kills_its_decoder_kills_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "dying.py").write_text(
        "import os\n\ndef run(link, config):\n    link.ready()\n    link.receive(None)\n    os.abort()\n"
    )
    bus, lost = Bus(), []
    bus.subscribe(WorkerLost, lost.append)
    with pytest.raises(MediaError, match="ended what decodes it"):
        await decoded(SOUND, bus, most_s=1.0, entry="dying:run", search=(tmp_path,))
    assert [event.worker for event in lost] == ["sound file"]
    assert len(await decoded(SOUND, bus, most_s=1.0)) == 1_600


async def test_threat_41_a_file_that_holds_its_decoder_up_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "_DECODES_S", 0.1)
    (tmp_path / "hanging.py").write_text(
        "import time\n\ndef run(link, config):\n    link.ready()\n    link.receive(None)\n    time.sleep(60)\n"
    )
    with pytest.raises(MediaError, match="too long"):
        await decoded(SOUND, Bus(), most_s=1.0, entry="hanging:run", search=(tmp_path,))

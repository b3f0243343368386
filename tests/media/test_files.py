import wave
from pathlib import Path

import numpy as np
import pytest

from hub.core.errors import MediaError
from hub.media.file_sink import FileSink
from hub.media.file_source import FileSource
from tests.media.sound_files import wav

RAMP = np.arange(5_000, dtype=np.int16)


async def test_a_file_comes_in_chunks_with_their_times(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(RAMP.tobytes()))
    source = FileSource(path, "hall", chunk_s=0.1)
    chunks = [chunk async for chunk in source]
    await source.close()
    assert [chunk.t for chunk in chunks] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert [len(chunk) for chunk in chunks] == [1_600, 1_600, 1_600, 200]
    assert {chunk.stream for chunk in chunks} == {"hall"}
    assert np.array_equal(np.concatenate([chunk.samples for chunk in chunks]), RAMP)


async def test_closing_ends_the_chunks(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(bytes(320_000)))
    source = FileSource(path)
    count = 0
    async for _ in source:
        count += 1
        await source.close()
    assert 1 <= count <= 25


async def test_what_is_played_to_a_file_is_in_it(tmp_path: Path) -> None:
    path = tmp_path / "out.wav"
    sink = FileSink(path)
    await sink.play(RAMP, 16_000)
    await sink.play(np.zeros(4_410, np.int16), 44_100)
    await sink.close()
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        assert file.getnframes() == 5_000 + 1_600
        assert file.readframes(5_000) == RAMP.tobytes()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such dir"):
        FileSink(tmp_path / "no such dir" / "out.wav")

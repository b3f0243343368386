"""Sound files as 16 kHz mono, a little at a time: wav, flac, mp3 and ogg (Vorbis), by miniaudio."""

import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import miniaudio
import numpy as np

from hub.core.errors import MediaError
from hub.media.chunk import SAMPLE_RATE, Pcm
from hub.media.resample import HIGHEST_RATE, LOWEST_RATE, Resampler

_READ_FRAMES: Final = 16_384
_KNOWN: Final = "give a wav, flac, mp3 or ogg (Vorbis) file"
_FORMATS: Final = {
    "wav": miniaudio.FileFormat.WAV,
    "flac": miniaudio.FileFormat.FLAC,
    "mp3": miniaudio.FileFormat.MP3,
    "ogg": miniaudio.FileFormat.VORBIS,
}
_WAV_FORMAT_END: Final = 36
_MOST_CHANNELS: Final = 254
_BITS: Final = (8, 16, 24, 32, 64)


def sniff(head: bytes) -> str:
    """Which format a file is of by its first 64 bytes: wav, flac, mp3 or ogg; empty when none of them."""
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "ogg" if b"vorbis" in head[:64] else ""
    if head[:3] == b"ID3":
        return "mp3"
    layer = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06
    return "mp3" if layer and head[2] & 0xF0 != 0xF0 else ""


def _trouble(form: str, head: bytes) -> str:
    """What is wrong with a file that the decoder refused, as well as its beginning tells."""
    if form == "wav" and head[12:16] == b"fmt " and len(head) >= _WAV_FORMAT_END:
        _, channels, rate, _, _, bits = struct.unpack("<HHIIHH", head[20:_WAV_FORMAT_END])
        if not LOWEST_RATE <= rate <= HIGHEST_RATE or not 1 <= channels <= _MOST_CHANNELS or bits not in _BITS:
            return f"a wav file of {channels} channels at {rate} Hz with {bits} bits"
    return f"a broken or unusual {form} file"


class AudioFile:
    """A sound file, decoded as it is read: memory does not grow with its length. Use it in a `with`.

    `format` is wav, flac, mp3 or ogg; `rate` the file's own sampling rate in Hz.
    """

    def __init__(self, source: Path | bytes, name: str = "") -> None:
        """`source` is a path, or what is in the file; `name` is for messages.

        Raises `MediaError` that says what is wrong when there is no sound in the file that can be read.
        """
        self._decoder: Any = None
        self._lock = threading.Lock()
        self._place = name or ("" if isinstance(source, bytes) else str(source))
        self._source = source  # the decoder does not copy it
        head = self._head(source)
        if not head:
            raise self._error("the file is empty", _KNOWN)
        self.format = sniff(head)
        if not self.format:
            opus = "OggS" in head[:4].decode("latin-1")
            raise self._error("an ogg file that is not Vorbis" if opus else "this is not a sound file", _KNOWN)
        decoder = miniaudio.ffi.new("ma_decoder *")
        config = miniaudio.lib.ma_decoder_config_init(miniaudio.SampleFormat.SIGNED16.value, 1, 0)
        config.encodingFormat = _FORMATS[self.format].value
        if self._begin(source, miniaudio.ffi.addressof(config), decoder) != 0:
            raise self._error(_trouble(self.format, head), "convert it to a 16-bit wav, or " + _KNOWN)
        self._decoder = decoder
        self.rate = int(decoder.outputSampleRate)
        try:
            self._resampler = Resampler(self.rate)
        except MediaError as error:
            self.close()
            raise self._error(error.message, error.remedy) from error

    def _head(self, source: Path | bytes) -> bytes:
        if isinstance(source, bytes):
            return source[:64]
        try:
            with source.open("rb") as file:
                return file.read(64)
        except OSError as error:
            raise self._error(error.strerror or str(error), "give the path of a readable file") from error

    @staticmethod
    def _begin(source: Path | bytes, config: Any, decoder: Any) -> int:
        if isinstance(source, bytes):
            data = miniaudio.ffi.from_buffer(source)
            return int(miniaudio.lib.ma_decoder_init_memory(data, len(source), config, decoder))
        return int(miniaudio.lib.ma_decoder_init_file(str(source).encode(), config, decoder))

    def _error(self, message: str, remedy: str) -> MediaError:
        return MediaError(message, place=self._place, remedy=remedy)

    def read(self) -> Iterator[Pcm]:
        """The sound at 16 kHz in pieces as they come, to the end of the file or to where it is cut off."""
        ffi, lib = miniaudio.ffi, miniaudio.lib
        buffer = np.zeros(_READ_FRAMES, np.int16)
        frames = ffi.new("ma_uint64 *")
        while self._decoder is not None:
            with self._lock:
                if self._decoder is None:  # closed from another thread meanwhile
                    break
                result = lib.ma_decoder_read_pcm_frames(self._decoder, ffi.from_buffer(buffer), _READ_FRAMES, frames)
            count = int(frames[0]) if result == 0 else 0
            if count == 0:
                break
            yield self._resampler.process(buffer[:count].copy())
        buffer[:] = 0
        yield self._resampler.finish()

    def chunks(self, seconds: float = 0.08) -> Iterator[Pcm]:
        """The sound at 16 kHz in pieces of exactly `seconds`; the last one is shorter, or there is none."""
        size = max(1, round(seconds * SAMPLE_RATE))
        rest = np.zeros(0, np.int16)
        for piece in self.read():
            rest = np.concatenate((rest, piece))
            whole = len(rest) - len(rest) % size
            for at in range(0, whole, size):
                yield rest[at : at + size].copy()
            rest = rest[whole:].copy()
        if len(rest):
            yield rest

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._decoder is not None:
                miniaudio.lib.ma_decoder_uninit(self._decoder)
                self._decoder = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

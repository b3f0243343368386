"""Speech by flite (Debian's `flite`): small, fast, English."""

import asyncio
import os
import re
import tempfile
from typing import Final

from hub.core.errors import UsageError
from hub.dialogue.tts.program import run
from hub.dialogue.tts.speech import MAX_SECONDS, Speech, from_wav, silence, speakable

_VOICE = re.compile(r"[a-z0-9_]{1,32}$")
_MOST_BYTES: Final = 44 + 2 * 48_000 * MAX_SECONDS


class Flite:
    """flite with one of its own voices: slt, rms, awb, kal16."""

    name = "flite"
    languages = ("en",)

    def __init__(self, voice: str = "slt", program: str = "flite") -> None:
        """Raises `UsageError` for a voice that is a path or address: flite would fetch it."""
        if not _VOICE.match(voice):
            raise UsageError(f"{voice[:40]!r} is no flite voice", remedy="use slt, rms, awb or kal16")
        self._voice, self._program = voice, program

    async def synthesize(self, text: str, language: str = "en") -> Speech:
        """`text` in English; raises `UnavailableError` when flite cannot."""
        text = speakable(text)
        if not text:
            return silence()
        # flite writes a wav only to what it can seek in; a file in memory keeps what is said off the disk
        with _memory_file() as file:
            command = (self._program, "-voice", self._voice, "-f", "-", "-o", file.name)
            await run(command, text, pass_fds=(file.fileno(),))
            return from_wav(await asyncio.to_thread(_read, file.fileno()), self.name)


def _read(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    parts: list[bytes] = []
    while (part := os.read(descriptor, 1 << 20)) and len(parts) * (1 << 20) < _MOST_BYTES:
        parts.append(part)
    return b"".join(parts)


def _memory_file() -> "tempfile._TemporaryFileWrapper[bytes] | _Memory":
    return _Memory() if hasattr(os, "memfd_create") else tempfile.NamedTemporaryFile(suffix=".wav")


class _Memory:
    """An open file that is on no disk (Linux)."""

    def __enter__(self) -> "_Memory":
        self._descriptor = os.memfd_create("speech")
        self.name = f"/dev/fd/{self._descriptor}"
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)

    def fileno(self) -> int:
        """The descriptor."""
        return self._descriptor

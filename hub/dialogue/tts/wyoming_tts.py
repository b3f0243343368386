"""Speech by a Wyoming server (Piper and others): JSON lines with binary payloads over TCP."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

import numpy as np

from hub.core.errors import UnavailableError
from hub.dialogue.tts.speech import MAX_SECONDS, TIMEOUT_SECONDS, Speech, silence, speakable

Connect = Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
"""Opens a connection; the guard's, so that it is allowed and ledgered."""

_MOST_DATA: Final = 1 << 20
_RATES: Final = (8_000, 96_000)


class WyomingTts:
    """A Wyoming text-to-speech server at `host`:`port`. A connection a reply: cancelling closes it."""

    languages: tuple[str, ...] = ()

    def __init__(self, host: str, port: int, connect: Connect, voice: str = "") -> None:
        self.name = f"wyoming://{host}:{port}"
        self._host, self._port, self._connect, self._voice = host, port, connect, voice

    async def synthesize(self, text: str, language: str = "en") -> Speech:
        """`text` spoken by the server; raises `UnavailableError` when it cannot be reached or misbehaves."""
        text = speakable(text)
        if not text:
            return silence()
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                reader, writer = await self._connect(self._host, self._port)
                try:
                    voice = {"name": self._voice} if self._voice else {"language": language}
                    writer.write(_message("synthesize", {"text": text, "voice": voice}))
                    await writer.drain()
                    return await _listen(reader)
                finally:
                    writer.close()
        except (OSError, EOFError, ValueError, KeyError, TypeError, TimeoutError) as error:
            reason = str(error) or type(error).__name__
            raise UnavailableError(f"{self.name} does not speak: {reason[:120]}", remedy="is the server up?") from error


def _message(kind: str, data: dict[str, Any]) -> bytes:
    return json.dumps({"type": kind, "data": data}, ensure_ascii=False).encode() + b"\n"


async def _listen(reader: asyncio.StreamReader) -> Speech:
    parts: list[bytes] = []
    rate = size = 0
    while True:
        kind, data, payload = await _event(reader)
        if kind == "error":
            raise ValueError(str(data.get("text", "error"))[:120])
        if kind in ("audio-start", "audio-chunk"):
            rate = rate or int(data["rate"])
            if (data["rate"], data["width"], data["channels"]) != (rate, 2, 1) or not _RATES[0] <= rate <= _RATES[1]:
                raise ValueError("sound that is not 16-bit mono")
        if kind == "audio-chunk":
            size += len(payload)
            if size > 2 * MAX_SECONDS * rate:
                raise ValueError("speech without end")
            parts.append(payload)
        elif kind == "audio-stop":
            sound = b"".join(parts)
            return Speech(np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(np.int16), rate or 16_000)


async def _event(reader: asyncio.StreamReader) -> tuple[str, dict[str, Any], bytes]:
    """One event: a JSON line, then as many bytes of data and payload as it says, within bounds."""
    line = await reader.readline()
    if not line:
        raise EOFError("the server hung up")
    header = json.loads(line)
    if not isinstance(header, dict):
        raise ValueError("an event that is no object")
    lengths = [int(header.get(key) or 0) for key in ("data_length", "payload_length")]
    if any(not 0 <= length <= _MOST_DATA for length in lengths):
        raise ValueError("an event that is too large")
    data = dict(header.get("data") or {})
    if lengths[0]:
        data |= json.loads(await reader.readexactly(lengths[0]))
    return str(header["type"]), data, await reader.readexactly(lengths[1]) if lengths[1] else b""

"""Inside the sealed process: a file's bytes in one memory become samples in another."""

import os
from typing import Any, Final

import msgspec

from hub.core.errors import HearthError, MediaError
from hub.guard.worker_link import WorkerLink
from hub.media.decode import AudioFile
from hub.media.sound_file.messages import Decoded, DecodeFile, FromDecoder, Undecodable

_SILENT: Final = MediaError("there is no sound in the file", remedy="give a wav, flac, mp3 or ogg (Vorbis) file")


def run(link: WorkerLink, _config: dict[str, Any]) -> None:
    """The entry of the worker: decode what comes until the hub goes."""
    link.ready()
    while True:
        received = link.receive(None)
        if received is not None:
            order = msgspec.msgpack.decode(received.body, type=DecodeFile)
            given, room = link.take_descriptors(2)
            try:
                link.send(_decode(link, given, room, order.samples))
            finally:
                os.close(given)
                os.close(room)


def _decode(link: WorkerLink, given: int, room: int, most: int) -> FromDecoder:
    try:
        with AudioFile(os.pread(given, os.fstat(given).st_size, 0), "sound file") as file:
            done = 0
            for piece in file.read():
                taken = piece[: most - done]
                os.pwrite(room, taken.astype("<i2").tobytes(), 2 * done)
                done += len(taken)
                link.beat()
                if len(taken) < len(piece):
                    return Decoded(samples=done, cut=True)
    except HearthError as error:
        return Undecodable({key: value[:500] for key, value in error.to_wire().items()})
    if not done:
        return Undecodable(_SILENT.to_wire())
    return Decoded(samples=done)

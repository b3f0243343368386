"""A tap's worker: inside the sealed process, from a camera or file to the slot."""

import contextlib
import importlib
import os
import time
from collections.abc import Generator
from typing import Any, BinaryIO, Final

import msgspec

from hub.core.errors import HearthError, MediaError, ProtocolError
from hub.guard.framing import Frame, Received
from hub.guard.worker_link import WorkerLink
from hub.media.asked_pictures import AskedPictures
from hub.media.film import Film
from hub.media.frame import VideoFrame
from hub.media.page_picture import read_page_picture
from hub.media.picture_kinds import is_picture
from hub.media.pictures import read_picture
from hub.media.rtsp.camera import RtspCamera
from hub.media.slot import SlotWriter
from hub.media.tap.config import TapConfig
from hub.media.tap.messages import (
    Source,
    SourceEnded,
    SourceReady,
    SourceTrouble,
    StopSource,
    TapFile,
    TapPage,
    TapRtsp,
    TapUsb,
    ToTap,
    UseSlot,
)
from hub.media.usb_camera import UsbCamera

Frames = Generator[VideoFrame, None, None]
_LOOKS_S: Final = 60.0
"""The longest that looking at one frame of a file may take: the eyes may have to start again meanwhile."""


def run(link: WorkerLink, config: dict[str, Any]) -> None:
    """The entry of the worker: play what it is told (`ToTap`), one source at a time, until the hub goes."""
    tap = TapWorker(link, msgspec.convert(config, TapConfig))
    link.ready()
    tap.serve()


class _Stopped(Exception):  # noqa: N818 -- not an error: the hub has enough
    pass


class TapWorker:
    """Plays one source after the other."""

    def __init__(self, link: WorkerLink, config: TapConfig) -> None:
        self._link = link
        self._config = config
        self._decoder = msgspec.msgpack.Decoder(ToTap)
        self._writer: SlotWriter | None = None
        self._next: tuple[Source, int] | None = None
        self._playing = 0

    def serve(self) -> None:
        """Work until `HubGone`."""
        while True:
            if self._next is None:
                received = self._link.receive(None)
                if received is not None:
                    with contextlib.suppress(_Stopped):  # nothing is playing
                        self._take(received)
            else:
                source, descriptor = self._next
                self._next = None
                self._play(source, descriptor)

    def _take(self, received: Received) -> None:
        """Do as the hub says. Raises `_Stopped` when what is playing is over with that."""
        if received.kind is not Frame.MESSAGE:
            raise ProtocolError("a tap takes no sound", remedy="this is a fault of the hub")
        message = self._decoder.decode(received.body)
        if isinstance(message, UseSlot):
            memory, bell = self._link.take_descriptors(2)
            if self._writer is not None:
                self._writer.close()
            self._writer = SlotWriter(memory, bell)
        elif isinstance(message, StopSource):
            if message.source == self._playing:
                raise _Stopped
        else:
            if self._next is not None:
                _close(self._next[1])
            descriptor = -1 if isinstance(message, TapUsb) else self._link.take_descriptors(1)[0]
            self._next = (message, descriptor)
            raise _Stopped

    def _play(self, source: Source, descriptor: int) -> None:
        self._playing = source.source
        shown, first, last = 0, 0.0, 0.0
        frames = self._frames(source, descriptor)
        every = isinstance(source, TapFile) and source.every
        try:
            for frame in frames:
                try:
                    self._look_up()
                    self._put(frame, wait=every)
                    if shown == 0:
                        self._link.send(SourceReady(source=source.source, width=frame.width, height=frame.height))
                        first = frame.t
                    shown, last = shown + 1, frame.t
                finally:
                    frame.release()
            if every and self._writer is not None:
                self._writer.drain(meanwhile=self._look_up, patience_s=_LOOKS_S)
        except _Stopped:
            pass
        except HearthError as error:
            wire = {key: value[:500] for key, value in error.to_wire().items()}
            return self._link.send(SourceTrouble(source.source, wire))
        finally:
            self._playing = 0
            frames.close()
            _close(descriptor)
        return self._link.send(SourceEnded(source=source.source, frames=shown, seconds=max(0.0, last - first)))

    def _put(self, frame: VideoFrame, *, wait: bool) -> None:
        if self._writer is None:
            raise ProtocolError("there is no slot to put frames into", remedy="this is a fault of the hub")
        self._writer.put(frame, wait=wait, meanwhile=self._look_up, patience_s=_LOOKS_S)

    def _look_up(self) -> None:
        """Hear what the hub says, and let it hear that we live."""
        self._link.beat()
        while (received := self._link.receive(0.0)) is not None:
            self._take(received)

    def _attend(self, descriptor: int, seconds: float) -> None:
        self._link.wait((descriptor,), seconds)
        self._look_up()

    def _frames(self, source: Source, descriptor: int) -> Frames:
        if isinstance(source, TapRtsp):
            return self._rtsp(source, descriptor)
        if isinstance(source, TapPage):
            return AskedPictures(descriptor, read_page_picture, self._attend).frames()
        if isinstance(source, TapUsb):
            module, _, function = self._config.capture.partition(":")
            opening = getattr(importlib.import_module(module), function)
            return UsbCamera(source.device, rate=source.rate, open_capture=opening).frames()
        return self._file(source, descriptor)

    def _rtsp(self, source: TapRtsp, descriptor: int) -> Frames:
        camera = RtspCamera(descriptor, source.address, self._attend, rate=source.rate)
        try:
            yield from camera.frames()
        finally:
            camera.close()

    def _file(self, source: TapFile, descriptor: int) -> Frames:
        with os.fdopen(os.dup(descriptor), "rb") as file:
            pictures = self._pictures(file, source)
            if source.every:
                yield from pictures
                return
            began = time.monotonic()
            for frame in pictures:
                due = began + frame.t
                while (left := due - time.monotonic()) > 0:
                    self._link.wait((), min(left, 0.25))
                    self._look_up()
                yield VideoFrame(frame.pixels, frame.stream, time.monotonic())

    def _pictures(self, file: BinaryIO, source: TapFile) -> Frames:
        try:
            head = file.read(16)
            file.seek(0)
        except OSError as error:
            raise MediaError(error.strerror or str(error), place=source.name, remedy="give a readable file") from error
        if not head:
            raise MediaError("the file is empty", place=source.name, remedy="give a picture or film")
        if is_picture(head):
            yield VideoFrame(read_picture(file, source.name), source.name, 0.0)
            return
        with Film(file, source.name, rate=source.rate, meanwhile=self._look_up) as film:
            yield from film.frames()


def _close(descriptor: int) -> None:
    if descriptor >= 0:
        os.close(descriptor)

"""Pictures that a tap asks for: both ends over a real socket pair."""

import asyncio
import os
import select

import numpy as np
import pytest

from hub.core.errors import MediaError, ProtocolError, WorkerDiedError
from hub.media.asked_pictures import AskedPictures, PictureFeed
from hub.media.encoded import MOST_BYTES, EncodedPicture
from hub.media.frame import Pixels


class Tap:
    """The tap's end, in a thread; a picture decodes to pixels of its first byte."""

    def __init__(self, feed: PictureFeed) -> None:
        self.descriptor = os.dup(feed.for_tap())
        self.decoded: list[bytearray] = []
        self._frames = AskedPictures(self.descriptor, self._decode, self._attend).frames()

    def _decode(self, data: bytearray) -> Pixels:
        self.decoded.append(data)
        return np.full((1, 1, 3), data[0], np.uint8)

    def _attend(self, descriptor: int, seconds: float) -> None:
        select.select([descriptor], [], [], seconds)

    async def next(self) -> int:
        """The next frame's first value."""
        frame = await asyncio.to_thread(next, self._frames)
        return int(frame.pixels[0, 0, 0])


async def test_each_picture_is_asked_for_and_is_zeroed_when_it_was_decoded() -> None:
    feed = PictureFeed()
    tap = Tap(feed)
    for value, size in ((7, 1), (9, MOST_BYTES)):
        coming = asyncio.create_task(tap.next())
        await feed.asked()
        await feed.send(EncodedPicture(bytes([value]) * size))
        assert await coming == value
        assert tap.decoded[-1] == bytes(size)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await feed.asked()  # nobody looks for the next one
    os.close(tap.descriptor)
    feed.close()


async def test_an_end_that_is_gone_is_told_to_the_other() -> None:
    feed = PictureFeed()
    tap = Tap(feed)
    os.write(feed._ours.fileno(), (MOST_BYTES + 1).to_bytes(4, "big"))
    with pytest.raises(ProtocolError):
        await tap.next()
    os.close(tap.descriptor)
    tap = Tap(feed)
    feed.close()
    with pytest.raises(MediaError):
        await tap.next()
    os.close(tap.descriptor)
    other = PictureFeed()
    other._theirs.close()
    with pytest.raises(WorkerDiedError):
        await other.asked()
    with pytest.raises(WorkerDiedError):
        await other.send(EncodedPicture(b"\0"))
    other.close()

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import ProtocolError
from hub.guard.framing import MOST_FROM_WORKER, MOST_TO_WORKER, VERSION, Frame, FrameReader, frame

TO_WORKER = st.sampled_from([Frame.START, Frame.MESSAGE, Frame.SOUND])


@given(
    st.lists(st.tuples(TO_WORKER, st.binary(max_size=300), st.integers(0, 65_535)), max_size=8),
    st.lists(st.integers(1, 200), min_size=1),
)
def test_frames_come_out_as_they_went_in(frames: list[tuple[Frame, bytes, int]], cuts: list[int]) -> None:
    wire = b"".join(frame(kind, body, number) for kind, body, number in frames)
    reader, found, at = FrameReader(from_worker=False), [], 0
    while at < len(wire):
        cut = cuts[at % len(cuts)]
        found += [(f.kind, f.body, f.number) for f in reader.feed(wire[at : at + cut])]
        at += cut
    assert found == frames


@pytest.mark.parametrize("kind", [Frame.SOUND, Frame.START, 0, 99, 255])
def test_a_worker_sends_no_sound(kind: int) -> None:
    with pytest.raises(ProtocolError, match="wrong end"):
        list(FrameReader(from_worker=True).feed(struct.pack("<BBHI", VERSION, kind, 1, 4) + b"\0" * 4))


@pytest.mark.parametrize("kind", [Frame.SEALED, Frame.READY, Frame.HEARTBEAT, Frame.FAILED])
def test_the_hub_does_not_speak_as_a_worker(kind: Frame) -> None:
    with pytest.raises(ProtocolError, match="wrong end"):
        list(FrameReader(from_worker=False).feed(frame(kind)))


@pytest.mark.parametrize(("from_worker", "most"), [(True, MOST_FROM_WORKER), (False, MOST_TO_WORKER)])
def test_a_large_frame_is_refused_before_it_is_there(from_worker: bool, most: int) -> None:
    for length in (most + 1, 2**32 - 1):
        with pytest.raises(ProtocolError, match=str(length)):
            list(FrameReader(from_worker=from_worker).feed(struct.pack("<BBHI", VERSION, Frame.MESSAGE, 0, length)))
    reader = FrameReader(from_worker=from_worker)
    assert list(reader.feed(struct.pack("<BBHI", VERSION, Frame.MESSAGE, 0, most))) == []
    with pytest.raises(ProtocolError):
        frame(Frame.MESSAGE, b"x" * (MOST_TO_WORKER + 1))


def test_another_version_is_refused() -> None:
    with pytest.raises(ProtocolError, match="version 2"):
        list(FrameReader(from_worker=True).feed(struct.pack("<BBHI", 2, Frame.READY, 0, 0)))


@given(st.binary(max_size=2_000))
def test_garbage_is_refused_or_waited_for(garbage: bytes) -> None:
    for from_worker in (True, False):
        try:
            for received in FrameReader(from_worker=from_worker).feed(garbage):
                assert len(received.body) <= MOST_TO_WORKER
        except ProtocolError:
            continue

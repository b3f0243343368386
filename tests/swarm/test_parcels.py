import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.errors import ProtocolError
from hub.swarm.outbox import Outbox
from hub.swarm.parcels import Sender, pack, unpack


@given(st.lists(st.binary(max_size=100), min_size=1, max_size=128))
def test_what_is_packed_comes_out_again(bodies: list[bytes]) -> None:
    assert unpack(pack(bodies)) == bodies


@given(st.binary(max_size=300))
def test_anything_else_is_refused_or_bounded(parcel: bytes) -> None:
    try:
        bodies = unpack(parcel)
    except ProtocolError:
        return
    assert sum(map(len, bodies)) <= len(parcel)


def test_a_parcel_of_a_million_nothings_is_refused() -> None:
    with pytest.raises(ProtocolError):
        unpack(b"\1" + bytes(4 * 1_000_000))


async def test_the_first_goes_at_once_and_the_rest_of_the_turn_together_in_order() -> None:
    sent: list[tuple[str, list[bytes], bool]] = []
    outbox = Outbox("a")
    sender = Sender(outbox, lambda key, parcel, urgent: sent.append((key, unpack(parcel), urgent)))
    for number in range(4):
        await sender.send("k", b"%d" % number, True)
        await sender.send("other", b"%d" % number, False)
    assert sent == [("k", [b"0"], True)]
    await asyncio.sleep(0)
    assert sent[1:] == [("other", [b"0", b"1", b"2", b"3"], False), ("k", [b"1", b"2", b"3"], True)]
    await sender.send("k", b"next turn", True)
    assert sent[-1] == ("k", [b"next turn"], True)
    await outbox.close()


async def test_full_parcels_and_large_bodies_do_not_wait_for_the_turn() -> None:
    sent: list[list[bytes]] = []
    outbox = Outbox("a")
    sender = Sender(outbox, lambda key, parcel, urgent: sent.append(unpack(parcel)))
    for _ in range(1 + 128):
        await sender.send("k", b"x", True)
    assert [len(bodies) for bodies in sent] == [1, 128]
    await sender.send("k", b"small", True)
    await sender.send("k", bytes(100_000), True)
    assert [len(bodies[0]) for bodies in sent[2:]] == [5, 100_000]
    await outbox.close()


async def test_a_link_that_blocks_does_not_block_the_loop_for_long() -> None:
    stuck = True

    def slow() -> None:
        if stuck:
            import time

            time.sleep(0.05)

    outbox = Outbox("a")
    await outbox.hand(slow, 1)  # the loop is held up once; from then on a thread sends
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    counting = asyncio.create_task(count())
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for _ in range(5):
        await outbox.hand(slow, 1)
    await outbox.hand(lambda: loop.call_soon_threadsafe(done.set), 1)
    await asyncio.wait_for(done.wait(), 20)
    counting.cancel()
    assert turns > 100
    await outbox.close()


async def test_more_than_fits_waits_and_none_is_lost() -> None:
    ran = 0

    def run() -> None:
        nonlocal ran
        ran += 1

    outbox = Outbox("a")
    outbox._cautious_until = float("inf")  # as if a link were slow
    await asyncio.gather(*(outbox.hand(run, 1_000_000) for _ in range(200)))
    async with asyncio.timeout(20):
        while ran < 200:
            await asyncio.sleep(0.001)
    await outbox.close()

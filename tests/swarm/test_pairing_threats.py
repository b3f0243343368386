"""Pairing with everybody on the network who should not be in the home. Numbers are those of the threat list."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from hub.core.errors import PairingError, ProtocolError, UnavailableError
from hub.core.events import HubAsked, HubPaired, PairingAlarm
from hub.guard.tls import pairing_contexts
from hub.swarm import certificates
from hub.swarm.fabric import Fabric
from hub.swarm.identity import Identity
from hub.swarm.pairing.handshake import Handshake
from hub.swarm.pairing.messages import (
    MOST_FRAME,
    VERSION,
    Answer,
    Confirmed,
    Guess,
    Hello,
    OtherRefusedError,
    Refused,
    Request,
    Stored,
    receive,
    send,
)
from tests.swarm.paired import Between, RawGuest, Two, silent_server

P = 2**255 - 19
ZERO = (1).to_bytes(32, "little")
SMALL_ORDER = (P - 1).to_bytes(32, "little")  # (0, -1), of order 2
OFF_CURVE = (2).to_bytes(32, "little")
ZERO_AGAIN = (P + 1).to_bytes(32, "little")  # zero, written another way


async def test_threat_17_five_wrong_codes_close_the_window_and_raise_the_alarm(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        for left in (4, 3, 2, 1):
            with pytest.raises(PairingError, match="not the one"):
                await two.join(two.wrong())
            assert two.host.status().tries_left == left
        with pytest.raises(PairingError, match="not the one"):
            await two.join(two.wrong())
        assert (two.host.status().stage, two.host.status().code) == ("closed", "")
        assert len(two.told_of(PairingAlarm)) == 1
        with pytest.raises(PairingError, match="nobody"):
            await two.join(code)  # the right one is too late
        assert two.fabric.home == two.guest.home == ""


async def test_threat_17_parallel_tries_share_the_counter(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        guests = [Fabric.open(tmp_path / f"g{number}") for number in range(8)]
        wrong = two.wrong()
        ends = await asyncio.gather(*(two.join(wrong, guest=guest) for guest in guests), return_exceptions=True)
        assert all(isinstance(end, PairingError) for end in ends)
        looked_at = [end for end in ends if "not the one" in str(end)]
        assert len(looked_at) == 5
        assert len(two.told_of(PairingAlarm)) == 1
        with pytest.raises(PairingError):
            await two.join(code)


async def test_threat_17_a_right_guess_after_five_that_were_under_way_is_not_looked_at(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        async with two.raw() as streams:
            late = RawGuest(streams, two.guest.identity, code)
            await late.meet()  # before the others
            for _ in range(5):
                with pytest.raises(PairingError):
                    await two.join(two.wrong())
            await late.say(Guess(late.handshake.guess(), late.handshake.sign(two.guest.identity.key)))
            with pytest.raises(OtherRefusedError) as told:
                await receive(late.reader, Confirmed)
            assert told.value.reason == "closed"


async def test_threat_17_runs_that_are_begun_and_left_are_counted_too(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        two.host.arm()
        for _ in range(51):
            async with two.raw() as streams:
                await RawGuest(streams, two.guest.identity, "000000").say(
                    Hello(VERSION, two.guest.identity.certificate, b"A" + OFF_CURVE)
                )
                with pytest.raises(OtherRefusedError):
                    await receive(streams[0], Answer)
        assert two.host.status().stage == "closed"
        assert len(two.told_of(PairingAlarm)) == 1


async def test_threat_17_one_run_is_one_guess(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        two.host.arm()
        async with two.raw() as streams:
            guest = RawGuest(streams, two.guest.identity, two.wrong())
            await guest.meet()
            guess = Guess(guest.handshake.guess(), guest.handshake.sign(two.guest.identity.key))
            await guest.say(guess)
            await guest.say(guess)
            with pytest.raises(OtherRefusedError):
                await receive(guest.reader, Confirmed)
            with pytest.raises(ProtocolError):
                await receive(guest.reader, Confirmed)
        assert two.host.status().tries_left == 4


async def test_threat_18_a_relay_with_its_own_certificate_gets_nowhere_and_both_sides_say_so(tmp_path: Path) -> None:
    async with Two(tmp_path) as two, Between(two.port, tmp_path) as address:
        code = two.host.arm().code
        with capture_logs() as logs, pytest.raises(PairingError, match="somebody is between"):
            await two.join(code, address=address)
        assert "a wrong code, or somebody between the two hubs" in [line["event"] for line in logs]
        assert two.host.status().tries_left == 4
        assert two.fabric.home == two.guest.home == ""


async def test_threat_18_nor_one_that_shows_its_certificate_as_the_guests(tmp_path: Path) -> None:
    theirs = Identity.open(tmp_path / "between.pem").certificate

    def swap(body: bytes, to_host: bool) -> bytes:
        message = msgspec.msgpack.decode(body)
        if to_host and message["type"] == "Hello":
            message["identity"] = theirs
        return msgspec.msgpack.encode(message)

    async with Two(tmp_path) as two, Between(two.port, tmp_path, swap) as address:
        with pytest.raises(PairingError):
            await two.join(two.host.arm().code, address=address)
        assert two.fabric.home == two.guest.home == ""


async def test_threat_18_nor_one_that_says_it_was_right(tmp_path: Path) -> None:
    def lie(body: bytes, to_host: bool) -> bytes:
        if not to_host and msgspec.msgpack.decode(body)["type"] == "Refused":
            return msgspec.msgpack.encode(Confirmed(b"0" * 32))
        return body

    async with Two(tmp_path) as two, Between(two.port, tmp_path, lie) as address:
        with pytest.raises(PairingError, match="does not know the code"):
            await two.join(two.host.arm().code, address=address)
        assert two.guest.home == ""


async def test_threat_18_a_hub_cannot_come_in_as_another(tmp_path: Path) -> None:
    """Who knows the code, but not the key of the certificate that they show."""
    other = Identity.open(tmp_path / "other.pem")
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        async with two.raw() as streams:
            guest = RawGuest(streams, other, code)
            await guest.meet()
            await guest.say(Guess(guest.handshake.guess(), guest.handshake.sign(two.guest.identity.key)))
            with pytest.raises(OtherRefusedError) as told:
                await receive(guest.reader, Confirmed)
            assert told.value.reason == "protocol"
        assert two.fabric.home == ""


@pytest.mark.parametrize(
    "element",
    [b"A" + ZERO, b"A" + SMALL_ORDER, b"A" + OFF_CURVE, b"A" + ZERO_AGAIN, b"B" + b"\x58" + b"\x66" * 31,
     b"S" + b"\x58" + b"\x66" * 31, b"\0" * 33],
    ids=["zero", "small order", "off the curve", "written another way", "the host's side", "symmetric", "nothing"],
)  # fmt: skip
async def test_threat_19_bad_elements(tmp_path: Path, element: bytes) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        async with two.raw() as (reader, writer):
            await send(writer, Hello(VERSION, two.guest.identity.certificate, element))
            with pytest.raises(OtherRefusedError) as told:
                await receive(reader, Answer)
            assert told.value.reason == "protocol"
        await two.join(code)  # nothing is left of it


@pytest.mark.parametrize("element", [b"B" + ZERO, b"B" + SMALL_ORDER, b"B" + OFF_CURVE, b"B" + ZERO_AGAIN, b"reflect"])
def test_threat_19_a_host_with_bad_elements(element: bytes) -> None:
    guest = Handshake("123456", b"g", b"h", is_host=False)
    mine = guest.element()
    with pytest.raises(ProtocolError):
        guest.meet(b"B" + mine[1:] if element == b"reflect" else element)
    with pytest.raises(ProtocolError):
        guest.guess()


async def test_threat_19_reflection(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        two.host.arm()
        async with two.raw() as streams:
            guest = RawGuest(streams, two.guest.identity, "000000")
            await guest.meet()
            await guest.say(Guess(guest.handshake.answer(), guest.handshake.sign(two.guest.identity.key)))
            with pytest.raises(OtherRefusedError) as told:
                await receive(guest.reader, Confirmed)
            assert told.value.reason == "wrong"


async def test_threat_19_a_run_played_again(tmp_path: Path) -> None:
    """Everything that a guest with the right code said, said once more."""
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        async with two.raw() as streams:
            guest = RawGuest(streams, two.guest.identity, code)
            hello = Hello(VERSION, two.guest.identity.certificate, guest.handshake.element())
            await guest.say(hello)
            guest.handshake.meet((await receive(guest.reader, Answer)).element)
            guess = Guess(guest.handshake.guess(), guest.handshake.sign(two.guest.identity.key))
        await two.idle()
        async with two.raw() as (reader, writer):
            await send(writer, hello)
            await receive(reader, Answer)
            await send(writer, guess)
            with pytest.raises(OtherRefusedError) as told:
                await receive(reader, Confirmed)
            assert told.value.reason == "wrong"


async def test_threat_19_out_of_order(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        two.host.arm()
        card = two.guest.card("x", ())
        for message in (
            Answer(b"B" + ZERO), Guess(b"0" * 32, b"0" * 64), Confirmed(b"0" * 32), Request(b"", card), Stored(),
        ):  # fmt: skip
            async with two.raw() as (reader, writer):
                await send(writer, message)
                with pytest.raises(OtherRefusedError) as told:
                    await receive(reader, Answer)
                assert told.value.reason == "protocol"
        async with two.raw() as streams:  # asks to be let in without having shown that it knows the code
            guest = RawGuest(streams, two.guest.identity, "000000")
            await guest.meet()
            await guest.say(Request(certificates.make_request(two.guest.identity.key, two.guest.hub), card))
            with pytest.raises(OtherRefusedError):
                await receive(guest.reader, Confirmed)
        assert two.fabric.home == ""


@pytest.mark.parametrize(
    "frame",
    [
        (MOST_FRAME + 1).to_bytes(4, "big"),
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\n\r\n",
        (0).to_bytes(4, "big"),
        (4).to_bytes(4, "big") + b"\xc1\xc1\xc1\xc1",
        (2000).to_bytes(4, "big") + b"\x91" * 2000,
        (8).to_bytes(4, "big") + msgspec.msgpack.encode({"type": 3})[:8].ljust(8, b"\0"),
    ],
)
async def test_threat_19_oversized_and_broken_messages(tmp_path: Path, frame: bytes) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        async with two.raw() as (reader, writer):
            writer.write(frame)
            with pytest.raises(OtherRefusedError) as told:
                await receive(reader, Answer)
            assert told.value.reason == "protocol"
        assert two.host.status().tries_left == 5
        await two.join(code)


async def test_threat_19_silence_ends_a_run_and_leaves_nothing(tmp_path: Path) -> None:
    async with Two(tmp_path, deadline_s=0.3) as two:
        two.host.arm()
        async with two.raw(), two.raw() as streams:
            guest = RawGuest(streams, two.guest.identity, "000000")
            await guest.meet()
            _, writer = await asyncio.open_connection("127.0.0.1", two.port)  # not even TLS
            await two.idle()
            writer.close()
        assert two.host._from.total() == 0
        assert two.host.status().stage == "waiting"
        assert two.host.status().tries_left == 5


async def test_threat_19_a_silent_host(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        with silent_server() as address, pytest.raises(UnavailableError):
            await two.join("123456", address=address, deadline_s=0.2)
        context = pairing_contexts(two.fabric.identity.path)[1]
        silent: list[object] = []  # a connection that nobody holds is closed, and that says something
        server = await asyncio.start_server(lambda *streams: silent.extend(streams), "127.0.0.1", 0, ssl=context)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(PairingError, match="said nothing"):
            await two.join("123456", address=address, deadline_s=0.3)
        server.close()
        assert two.guest.home == ""


async def test_threat_19_a_guest_that_wins_and_stops_leaves_the_code_spent(tmp_path: Path) -> None:
    async with Two(tmp_path, deadline_s=0.5) as two:
        code = two.host.arm().code
        async with two.raw() as streams:
            guest = RawGuest(streams, two.guest.identity, code)
            await guest.meet()
            await guest.say(Guess(guest.handshake.guess(), guest.handshake.sign(two.guest.identity.key)))
            await receive(guest.reader, Confirmed)
            await guest.say(Refused("failed"))
        await two.idle()
        assert two.host.status().stage == "closed"
        with pytest.raises(PairingError, match="nobody"):
            await two.join(code)
        await two.join(two.host.arm().code)  # and it can be done again


async def test_threat_20_asking_while_nobody_waits_is_refused_and_told_of_once(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        for _ in range(20):
            with pytest.raises(PairingError, match="nobody at the other hub waits"):
                await two.join("123456")
        assert [event.address for event in two.told_of(HubAsked)] == ["127.0.0.1"]
        two.host._told_at -= 60.0  # a minute later
        with pytest.raises(PairingError):
            await two.join("123456")
        assert len(two.told_of(HubAsked)) == 2
        assert two.told_of(HubPaired) == []


async def test_threat_20_many_at_once_are_cut_short(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        code = two.host.arm().code
        open_ones = [await asyncio.open_connection("127.0.0.1", two.port) for _ in range(40)]
        async with asyncio.timeout(20):
            while two.host._from.total() < 8:
                await asyncio.sleep(0.01)
        ends = [reader.read() for reader, _ in open_ones[8:]]
        assert await asyncio.gather(*ends) == [b""] * 32
        assert two.host._from.total() == 8
        for _, writer in open_ones:
            writer.close()
        await two.idle()
        await two.join(code)


async def test_threat_22_a_removed_hub_that_knows_the_code_stays_out(tmp_path: Path) -> None:
    async with Two(tmp_path) as two:
        await two.join(two.host.arm().code)
        await two.idle()
        await two.fabric.remove(two.guest.hub)
        again = Fabric.open(tmp_path / "again")
        again.identity = two.guest.identity
        with pytest.raises(PairingError, match="removed"):
            await two.join(two.host.arm().code, guest=again)

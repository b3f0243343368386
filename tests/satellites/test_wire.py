"""Framing from strangers: limits before allocation, typed errors, and no event lost."""

import asyncio
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wyoming.event import Event, async_read_event, async_write_event

from hub.core.errors import ProtocolError
from hub.satellites.wyoming.wire import Limits, Wire, context_in, seconds, text_in


class Sink:
    """The writing half that a `Wire` needs in these tests."""

    def __init__(self) -> None:
        self.data = b""

    def write(self, data: bytes) -> None:
        self.data += data

    def writelines(self, parts: Any) -> None:
        self.data += b"".join(parts)

    async def drain(self) -> None:
        return None


def wire(data: bytes, *, eof: bool = True, limits: Limits | None = None) -> Wire:
    limits = limits or Limits()
    reader = asyncio.StreamReader(limit=limits.line)
    reader.feed_data(data)
    if eof:
        reader.feed_eof()
    return Wire(reader, Sink(), limits)  # type: ignore[arg-type]


async def test_what_the_package_writes_is_read_and_the_other_way_round() -> None:
    event = Event("audio-chunk", {"rate": 16000, "text": "grüße"}, b"\x00\x01" * 50)
    sink = Sink()
    await async_write_event(event, sink)  # type: ignore[arg-type]
    assert await wire(sink.data).read() == event
    written = Sink()
    await Wire(asyncio.StreamReader(), written).write(event, event)  # type: ignore[arg-type]
    reader = asyncio.StreamReader()
    reader.feed_data(written.data)
    reader.feed_eof()
    assert await async_read_event(reader) == event and await async_read_event(reader) == event


async def test_data_is_merged_over_the_header() -> None:
    extra = b'{"b": 2}'
    head = json.dumps({"type": "x", "data": {"a": 1, "b": 1}, "data_length": len(extra)}).encode()
    event = await wire(head + b"\n" + extra).read()
    assert event is not None and event.data == {"a": 1, "b": 2}


async def test_the_end_between_events_is_no_error() -> None:
    assert await wire(b"").read() is None


@pytest.mark.parametrize(
    "data",
    [
        b"hello\n",
        b"[]\n",
        b"null\n",
        b"{}\n",
        b'{"type": 5}\n',
        b'{"type": ""}\n',
        b'{"type": "' + b"x" * 100 + b'"}\n',
        b'{"type": "x", "data": []}\n',
        b'{"type": "x", "data": 5}\n',
        b'{"type": "x", "data_length": -1}\n',
        b'{"type": "x", "data_length": true}\n',
        b'{"type": "x", "data_length": 1.5}\n',
        b'{"type": "x", "data_length": "9"}\n',
        b'{"type": "x", "data_length": 1e400}\n',
        b'{"type": "x", "data_length": 99999999999999999999}\n',
        b'{"type": "x", "payload_length": 4294967296}\n',
        b'{"type": "x", "payload_length": 1048577}\n' + b"x" * 2000,
        b'{"type": "x", "data_length": 3}\n[1]',
        b'{"type": "x", "data_length": 3}\n{"a',
        b'{"type": "x", "payload_length": 10}\nshort',
        b'{"type": "x"',
        b'{"type": NaN}\n',
        b'{"type": "x", "data": ' + b"[" * 5000 + b"]" * 5000 + b"}\n",
        b'{"type": "x", "data": {"a": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}}\n",
        b"\xff\xfe\x00\n",
        b"x" * 200_000,
        b"x" * 200_000 + b"\n",
    ],
)
async def test_threat_10_hostile_events_are_protocol_errors(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        await wire(data).read()


async def test_threat_27_a_claimed_length_allocates_nothing() -> None:
    reading = wire(b'{"type": "x", "payload_length": 524288}\n', eof=False, limits=Limits(finish_s=0.05))
    with pytest.raises(ProtocolError, match="slow"):
        await reading.read()
    with pytest.raises(ProtocolError, match="at most"):
        await wire(b'{"type": "x", "payload_length": 524289}\n', eof=False).read()


async def test_threat_09_slow_and_silent_peers_are_let_go() -> None:
    with pytest.raises(ProtocolError, match="slow"):
        await wire(b'{"typ', eof=False, limits=Limits(finish_s=0.05)).read()
    with pytest.raises(ProtocolError, match="silent"):
        await wire(b"", eof=False, limits=Limits(begin_s=0.05)).read()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=60) | st.sampled_from([b"\n", b'{"type":"x"}\n', b'{"data_length":5}', b'"', b"{"])))
def test_any_bytes_give_events_or_a_protocol_error(parts: list[bytes]) -> None:
    async def read_all() -> None:
        reading = wire(b"".join(parts))
        try:
            while (event := await reading.read()) is not None:
                assert isinstance(event.type, str) and isinstance(event.data, dict)
        except ProtocolError:
            pass

    asyncio.run(read_all())


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=3), v, max_size=3), max_leaves=8,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "data", "data_length", "payload_length", "version"]), _JSON))
def test_any_header_gives_an_event_or_a_protocol_error(header: dict[str, Any]) -> None:
    async def read() -> None:
        with contextlib.suppress(ProtocolError):
            await wire(json.dumps(header).encode() + b"\n" + b'{"a":1}' * 4).read()

    asyncio.run(read())


def test_fields_of_events() -> None:
    assert text_in(Event("t", {"text": "x"})) == "x"
    for data in ({}, {"text": 5}, {"text": "x" * 5000}):
        with pytest.raises(ProtocolError):
            text_in(Event("t", data))
    assert context_in(Event("t", {"context": []})) is None
    assert seconds(1500) == 1.5 and seconds(True) == 0 and seconds("x") == 0 and seconds(float("nan")) == 0

"""Traces of a canary: windows of its bytes as somebody might write them down, and finding one in other bytes."""

import base64
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

WINDOW: Final = 32
"""Numbers in a window: 64 bytes as int16, 128 as float32."""
_BASE64_GROUP: Final = 3


class Trace(Struct, frozen=True):
    """Bytes that are nowhere but where the canary was written down, in this `form`."""

    form: str
    data: bytes


def number_traces(windows: Iterable[NDArray[np.integer]], scale: float) -> Iterator[Trace]:
    """Windows of whole numbers in every form; `scale` is what floats divide them by to lie within 1."""
    for window in windows:
        for form, data in _forms(window, scale):
            yield Trace(form, data)
            yield from text_traces(form, data)
        for name, gap in (("json", ","), ("text", ", "), ("columns", " "), ("lines", "\n")):
            # Without the outermost numbers, which a list may have other neighbours for.
            yield Trace(f"{name} numbers", gap.join(map(str, window[1:-1].tolist())).encode())


def _forms(window: NDArray[np.integer], scale: float) -> Iterator[tuple[str, bytes]]:
    kind = np.dtype(window.dtype)
    yield str(kind), window.astype(kind.newbyteorder("<")).tobytes()
    if kind.itemsize > 1:
        yield f"{kind} big-endian", window.astype(kind.newbyteorder(">")).tobytes()
    yield "float32", (window / scale).astype("<f4").tobytes()
    yield "float32 unscaled", window.astype("<f4").tobytes()
    yield "float64", (window / scale).astype("<f8").tobytes()


def text_traces(form: str, data: bytes) -> Iterator[Trace]:
    """The bytes as hexadecimal digits and as Base64, wherever in a longer piece they stood."""
    yield Trace(f"hex of {form}", data.hex().encode())
    yield Trace(f"HEX of {form}", data.hex().upper().encode())
    for shift in range(_BASE64_GROUP):
        rest = data[shift:]
        whole = rest[: len(rest) - len(rest) % _BASE64_GROUP]
        yield Trace(f"base64 of {form}", base64.b64encode(whole))
        safe = base64.urlsafe_b64encode(whole)
        if safe != base64.b64encode(whole):
            yield Trace(f"base64 of {form}", safe)


class Canary:
    """Something that the hub is given and that must be found nowhere; `name` is what it is called."""

    def __init__(self, name: str, traces: Iterable[Trace]) -> None:
        self.name = name
        self.traces = tuple(traces)

    def found(self, data: bytes) -> str:
        """In which form some of it is in `data`, and where; empty where none is."""
        for trace in self.traces:
            at = data.find(trace.data)
            if at >= 0:
                return f"the {self.name} as {trace.form}, at byte {at}"
        return ""


def unfound(canary: Canary, written: Iterable[tuple[str, bytes]]) -> list[str]:
    """The ways of writing a whole canary down that a search misses."""
    return [way for way, data in written if not canary.found(b"before " + data)]

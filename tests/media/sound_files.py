"""Sound files to test with, made by hand, so that broken ones can be made too."""

import struct


def wav(
    data: bytes,
    *,
    rate: int = 16_000,
    channels: int = 1,
    bits: int = 16,
    form: int = 1,
    claimed: int | None = None,
) -> bytes:
    """A wav file of `data`; `claimed` is the length that its header tells, if that is not the truth."""
    frame = channels * bits // 8
    header = struct.pack("<HHIIHH", form, channels, rate, rate * frame & 0xFFFFFFFF, frame & 0xFFFF, bits)
    size = len(data) if claimed is None else claimed
    return (
        b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + struct.pack("<I", 16) + header
        + b"data" + struct.pack("<I", size) + data
    )  # fmt: skip

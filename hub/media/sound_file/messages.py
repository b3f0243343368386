"""What the hub and the process that decodes a sound file say to each other. The sound goes through shared memory."""

from msgspec import Struct


class DecodeFile(Struct, frozen=True, tag=True):
    """Decode a file; two memories are handed over as descriptors: the file, and room for `samples` at 16 kHz."""

    samples: int


class Decoded(Struct, frozen=True, tag=True, kw_only=True):
    """So many samples are in the memory; `cut`: the file is longer."""

    samples: int
    cut: bool = False


class Undecodable(Struct, frozen=True, tag=True):
    """There is no sound in it that can be read, and why (`HearthError.to_wire`)."""

    error: dict[str, str]


FromDecoder = Decoded | Undecodable

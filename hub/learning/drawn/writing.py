"""Writing films as small files that every PyAV can read."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

from hub.learning.drawn.solids import Picture


def write_film(
    path: Path, frames: Iterable[tuple[float, Picture]], *, size: tuple[int, int], fps: int, quality: int = 27
) -> int:
    """Write frames (second, RGB picture) as H.264 in an mp4; gives back its size in bytes.

    `quality` is x264's: less is better and larger. The same encoder makes the same pictures again (one thread), and
    nearly always the same bytes.
    Needs PyAV with an H.264 encoder, as its wheels have it.
    """
    import av

    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as out:
        stream = out.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(quality), "preset": "slow", "threads": "1", "g": str(fps * 4)}
        for number, (_, picture) in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path.stat().st_size

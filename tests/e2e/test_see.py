"""`hearth see` with files as people have them: films, pictures of every kind, broken, cut off, of nothing, and long."""

import io
import os
import signal
import struct
import subprocess
import sys
import tomllib
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from hub.core.bundled import bundled
from hub.guard.sealing.syscalls import this_architecture
from tests.command import failed, hearth, lines_of
from tests.e2e.test_hear import by_file

av = pytest.importorskip("av")
pytest.importorskip("mediapipe")
from PIL import Image  # noqa: E402 -- comes with the same extra

from tests.media.picture_files import encoded, film  # noqa: E402 -- needs both

pytestmark = [
    pytest.mark.eyes,
    pytest.mark.sealed,
    pytest.mark.skipif(this_architecture() is None, reason="sealing needs Linux on x86-64 or arm64"),
]
DEMO = bundled("config") / "demo"
THUMB = DEMO / "films" / "thumb_up.mp4"
SHOWN = ("raise", "thumb_up", "somebody_comes")  # a motion, a gesture, and people
MOST_MORE_MB = 30


def png(width: int, height: int) -> bytes:
    """A picture that says it is this large, and is not."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def noise(form: str, mode: str = "RGB") -> bytes:
    pixels = np.random.default_rng(1).integers(0, 256, (120, 160, 3), np.uint8)
    return encoded(form, Image.fromarray(pixels).convert(mode))


def animated() -> bytes:
    pictures = [Image.new("L", (80, 60), shade) for shade in (0, 120, 255)]
    return encoded("GIF", pictures[0], save_all=True, append_images=pictures[1:])


def of_late_times() -> bytes:
    """A film whose second picture comes after 60 000 years."""
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        video = container.add_stream("mjpeg", rate=1)
        video.width, video.height, video.pix_fmt = 64, 48, "yuvj420p"
        for seconds in (0, 2_000_000_000):
            picture = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
            picture.pts = seconds
            container.mux(video.encode(picture))
        container.mux(video.encode(None))
    return file.getvalue()


def line_about(stderr: str, name: str) -> str:
    [line] = [line for line in stderr.splitlines() if name in line]
    return line


def test_films_show_what_their_table_says_and_a_broken_one_among_them_hides_none(tmp_path: Path) -> None:
    wanted = {f["id"]: f for f in tomllib.loads((DEMO / "films.toml").read_text("utf-8"))["film"]}
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x20ftypisom" + b"\0" * 500)
    films = [DEMO / wanted[name]["file"] for name in SHOWN]
    ran = hearth("see", "--config", "demo", "--json", "--area", "kitchen", films[0], broken, *films[1:])
    failed(ran, "broken.mp4", "not a film")
    told = by_file(lines_of(ran))
    assert list(told) == [file.name for file in films]
    for name in SHOWN:
        *lines, end = told[f"{name}.mp4"]
        gestures = [line for line in lines if line["event"] == "gesture"]
        shown = [(line["name"], line["hand"]) for line in gestures]
        assert shown == [(w.get("gesture", w.get("motion")), w["hand"]) for w in wanted[name]["hands"]]
        for line in gestures:
            assert line.keys() == {"event", "name", "hand", "confidence", "t"}
            assert 0 < line["confidence"] <= 1 and 0 <= line["t"] <= wanted[name]["seconds"]
        counts = [line for line in lines if line["event"] == "presence"]
        for line in counts:
            assert line.keys() == {"event", "area", "people", "confidence", "t"}
            assert line["area"] == "kitchen" and 0.5 < line["confidence"] <= 1
        assert name != "somebody_comes" or [line["people"] for line in counts] == [0, 1]
        assert all(before["people"] != after["people"] for before, after in pairwise(counts))
        assert [line["t"] for line in counts] == sorted(line["t"] for line in counts)
        assert end.keys() == {"event", "file", "frames", "fps", "video_s", "wall_s", "stages_ms"}
        with av.open(end["file"]) as source:
            assert end["frames"] == sum(1 for _ in source.decode(video=0))
        assert end["stages_ms"].keys() == {"hands", "gesture", "faces", "bodies", "moved"}
        assert end["fps"] > 0 and end["video_s"] == pytest.approx(wanted[name]["seconds"], abs=0.2)


def test_files_of_every_kind_are_looked_at_or_refused_in_one_line(tmp_path: Path) -> None:
    thumb = THUMB.read_bytes()
    walk = film("mpegts", "mpeg2video", frames=60)
    looked_at = {
        "cut.mp4": thumb[: len(thumb) // 2],  # what there is of it
        "cut.ts": walk[: len(walk) // 2],
        "grows.ts": film("mpegts", "mpeg2video", frames=10) + film("mpegts", "mpeg2video", frames=10, size=(320, 240)),
        "tiny.mp4": film(size=(2, 2), frames=5),
        "animated.gif": animated(),
        "deep.png": encoded("PNG", Image.fromarray(np.full((60, 80), 40_000, np.uint16))),
        "print.jpg": noise("JPEG", "CMYK"),
        "grey.png": noise("PNG", "L"),
        "dot.png": encoded("PNG", Image.new("RGB", (1, 1))),
    }
    refused = {
        "cut.jpg": (noise("JPEG")[:4000], "truncated"),
        "cut.png": (noise("PNG")[:4000], "truncated"),
        "empty.mp4": (b"", "empty"),
        "letter.jpg": (b"Dear neighbour,\n" * 9, "not a film"),
        "huge.png": (png(65_535, 65_535), "too large"),
        "zero.png": (png(0, 0), "not a picture"),
        "strip.png": (encoded("PNG", Image.new("RGB", (1920, 1))), "too narrow"),
        "late.mkv": (of_late_times(), "times"),
    }
    for name, data in (*looked_at.items(), *((name, data) for name, (data, _) in refused.items())):
        (tmp_path / name).write_bytes(data)
    odd = tmp_path / os.fsdecode(b"odd \xff\n.mp4")  # a name that is no text, nor fit for one line
    odd.write_bytes(b"nothing")
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "folder.mp4").mkdir()
    others = {"pipe.mp4": "no file", "folder.mp4": "no file", "missing.mp4": "No such file", "\\xff": "not a film"}

    files = [tmp_path / name for name in (*refused, *looked_at, "pipe.mp4", "folder.mp4", "missing.mp4")]
    ran = hearth("see", "--config", "demo", "--json", *files[:9], odd, *files[9:])
    assert ran.returncode == 1
    for name, words in {**{name: words for name, (_, words) in refused.items()}, **others}.items():
        assert words in line_about(ran.stderr, name), ran.stderr
    assert len(ran.stderr.splitlines()) == len(refused) + len(others), ran.stderr
    told = by_file(lines_of(ran))
    assert list(told) == list(looked_at)
    assert not any(line["event"] == "gesture" for lines in told.values() for line in lines)
    frames = {name: lines[-1]["frames"] for name, lines in told.items()}
    assert frames.pop("cut.mp4") in range(5, 30) and frames.pop("cut.ts") in range(5, 60)
    assert frames.pop("grows.ts") in range(18, 21)
    assert frames == {"tiny.mp4": 5, "animated.gif": 1, "deep.png": 1, "print.jpg": 1, "grey.png": 1, "dot.png": 1}


def test_people_read_names_of_any_kind(tmp_path: Path) -> None:
    odd = tmp_path / "[red" / "[" / os.fsdecode(b"bold] \xff.png")  # would be formatting, and is none
    odd.parent.mkdir(parents=True)
    odd.write_bytes(noise("PNG"))
    ran = hearth("see", "--config", "demo", odd, odd)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.replace("\n", "").count("[red/[/bold] \\xff.png") == 2
    assert ran.stdout.count("nobody") == 2


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(THUMB.read_bytes())
    secret.chmod(0)
    if os.geteuid() != 0:  # who may read everything
        failed(hearth("see", "--config", "demo", "--json", secret), "secret.mp4", "Permission denied")
    failed(hearth("see", "--config", "demo", "--json", "/proc/self/mem"), "/proc/self/mem", "Input/output error")


def test_settings_that_do_not_count_are_said(tmp_path: Path) -> None:
    (tmp_path / "hearth.toml").write_text("[seeing\narm = false\n")
    picture = tmp_path / "picture.png"
    picture.write_bytes(noise("PNG"))
    ran = hearth("see", "--config", tmp_path, "--json", picture)
    assert ran.returncode == 0
    assert "hearth.toml:1" in ran.stderr and len(ran.stderr.splitlines()) == 1


def children(process: psutil.Process) -> dict[str, psutil.Process]:
    """The processes of a `hearth see`, by what they do."""
    found = {}
    for child in process.children():
        mapped = Path(f"/proc/{child.pid}/maps").read_text() if child.is_running() else ""
        for name, library in (("eyes", "mediapipe"), ("tap", "libavcodec")):
            if library in mapped:
                found[name] = child
    return found


@contextmanager
def looking(*files: Path, errors: Any = subprocess.PIPE) -> Iterator[tuple[subprocess.Popen[str], Any]]:
    """`hearth see --json`, once it has told something."""
    command = [sys.executable, "-m", "hub.cli", "see", "--config", "demo", "--json", *map(str, files)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as run:
        try:
            assert run.stdout is not None
            assert '"presence"' in run.stdout.readline()
            yield run, psutil.Process(run.pid)
        finally:
            run.kill()


@pytest.mark.parametrize(("whose", "why"), [("eyes", "the eyes were lost"), ("tap", "killed by SIGKILL")])
def test_a_death_while_looking_is_said_and_the_next_file_is_looked_at(whose: str, why: str) -> None:
    with looking(DEMO / "films" / "gestures.mp4", THUMB) as (run, process):
        workers = children(process)
        workers[whose].send_signal(signal.SIGKILL)
        out, err = run.communicate(timeout=60)
        assert run.returncode == 1
    assert "Traceback" not in err
    assert [line for line in err.splitlines() if line.startswith("hearth: ") and "gestures.mp4" in line and why in line]
    assert '"thumb_up.mp4"' not in out and f'"file":"{THUMB}"' in out
    assert '"gestures.mp4"' not in out.replace(str(THUMB.parent), "")
    assert not any(worker.is_running() for worker in workers.values())


def test_interrupted_it_leaves_quietly_and_alone() -> None:
    with looking(*[DEMO / "films" / "gestures.mp4"] * 20) as (run, process):
        workers = children(process)
        assert workers.keys() == {"eyes", "tap"}
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=30)
        assert (run.returncode, err.strip()) == (130, "")
    assert not any(worker.is_running() for worker in workers.values())


def test_a_reader_that_goes_ends_it() -> None:
    with looking(*[DEMO / "films" / "gestures.mp4"] * 20) as (run, _):
        assert run.stdout is not None and run.stderr is not None
        run.stdout.close()
        assert run.wait(30) == 1
        assert run.stderr.read() == ""


def test_the_hubs_memory_stays_flat(tmp_path: Path) -> None:
    long = tmp_path / "long.mp4"
    long.write_bytes(film(frames=120, size=(640, 480)))  # 110 MB of pixels
    with looking(long, long, long) as (run, process):
        assert run.stdout is not None
        measured = [process.memory_info().rss / 1e6 for line in run.stdout if '"end"' in line]
        assert run.wait(30) == 0
    assert len(measured) == 3
    assert measured[-1] - measured[0] < MOST_MORE_MB

"""Which cameras are plugged in, as the kernel's folder of devices tells."""

from pathlib import Path

from hub.media.usb_cameras import UsbDevice, usb_cameras


def test_each_camera_is_told_once_in_order_and_by_what_it_is_called(tmp_path: Path) -> None:
    nodes = {"video10": ("0", "Window\x1b cam\n"), "video0": ("0", "Desk cam: Desk"), "video1": ("1", "Desk cam: Desk"),
             "video2": (None, None), "v4l-subdev0": ("0", "sensor")}  # fmt: skip
    for name, (index, called) in nodes.items():
        (tmp_path / name).mkdir()
        for file, text in (("index", index), ("name", called)):
            if text is not None:
                (tmp_path / name / file).write_text(text)
    assert usb_cameras(tmp_path) == [
        UsbDevice("/dev/video0", "Desk cam: Desk"),
        UsbDevice("/dev/video2", "video2"),
        UsbDevice("/dev/video10", "Window cam"),
    ]


def test_where_there_are_none_there_are_none(tmp_path: Path) -> None:
    assert usb_cameras(tmp_path / "missing") == []

"""What the doctor says of cameras."""

from pathlib import Path

from hub.cli.doctor.seeing_checks import seeing
from hub.core.settings import CameraSettings, Settings


def _told(source: str) -> tuple[str, str]:
    camera = CameraSettings(name="hall", source=source)
    [found] = [each for each in seeing(Settings(camera=(camera,))) if each.check == "camera hall"]
    return found.level, found.detail


def test_a_camera_of_the_network_is_named_without_its_passwords() -> None:
    level, detail = _told("rtsp://me:s3cret@10.0.0.2/cam?channel=1&token=s3cret")
    assert level == "ok"
    assert detail.startswith("rtsp://10.0.0.2:554/cam?channel=1&token=••••••")
    assert "s3cret" not in detail


def test_what_is_no_camera_is_said(tmp_path: Path) -> None:
    assert _told("rtsp://")[0] == "broken"
    assert _told(str(tmp_path / "video9")) == ("broken", f"there is no {tmp_path / 'video9'}")

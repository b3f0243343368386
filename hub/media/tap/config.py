"""What a tap is told at its start."""

from msgspec import Struct


class TapConfig(Struct, frozen=True):
    """`capture` is what opens a camera of this machine, as `module:function` (see `usb_camera.OpenCapture`)."""

    capture: str = "hub.media.usb_camera:open_v4l2"

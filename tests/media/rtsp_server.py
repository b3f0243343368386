"""A real RTSP camera by GStreamer, for the system's Python: `rtsp_server.py CODEC PORT AUTH`.

CODEC is h264, h265 or mjpeg, PORT 0 for any, AUTH none, basic or digest (user "me", password "s3 cret").
"""

import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found] # noqa: E402

ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 pt=96",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! rtph265pay name=pay0 pt=96",
    "mjpeg": "jpegenc ! rtpjpegpay name=pay0 pt=26",
}


def main(codec: str, port: str, auth: str) -> None:
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    form = "video/x-raw,format=I420,width=640,height=480,framerate=25/1"
    factory.set_launch(f"( videotestsrc is-live=true pattern=smpte ! {form} ! {ENCODERS[codec]} )")
    factory.set_shared(True)
    if auth != "none":
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "user")
        asked = GstRtspServer.RTSPAuth()
        if auth == "digest":
            asked.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
            asked.add_digest("me", "s3 cret", token)
        else:
            asked.add_basic(GstRtspServer.RTSPAuth.make_basic("me", "s3 cret"), token)
        server.set_auth(asked)
        may = GstRtspServer.RTSPPermissions()
        may.add_permission_for_role("user", "media.factory.access", True)
        may.add_permission_for_role("user", "media.factory.construct", True)
        factory.set_permissions(may)
    server.get_mount_points().add_factory("/live", factory)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    print(server.get_bound_port(), flush=True)  # noqa: T201 -- the test reads it
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:4])

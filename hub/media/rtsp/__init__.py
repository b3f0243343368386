"""RTSP: pictures of network cameras over a connection that the hub opened. Everything from the camera is suspect."""

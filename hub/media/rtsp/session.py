"""A conversation with one camera over a connection that is open already: ask, set up, play, and media packets in.

Nothing that the camera says leads anywhere else: a redirect is an error, an address only a name to repeat to it.
"""

import contextlib
import os
import select
import time
from collections.abc import Callable, Iterator
from typing import Final

from hub.core.errors import MediaError, ProtocolError
from hub.media.rtsp import auth
from hub.media.rtsp.address import RtspAddress
from hub.media.rtsp.sdp import Track, video_track
from hub.media.rtsp.wire import MediaPacket, Reply, RtspReader, request

_READ_BYTES: Final = 256 * 1024
_ANSWER_S: Final = 10.0
_SILENT_S: Final = 10.0
_SEND_S: Final = 5.0
_LOOK_UP_S: Final = 0.25
_LONGEST_SESSION_S: Final = 60.0
_SHORTEST_SESSION_S: Final = 10.0
_SESSION_NAME: Final = 256
Attend = Callable[[int, float], None]
"""Waits until a descriptor can be read, at most so many seconds, and does meanwhile what else is to be done."""


class RtspSession:
    """One camera's video. `open` it, then take `packets`, and `close` it."""

    def __init__(self, connection: int, address: RtspAddress, attend: Attend) -> None:
        """`connection` is a connected TCP socket's descriptor; it stays the caller's to close."""
        os.set_blocking(connection, False)
        self._connection = connection
        self._address = address
        self._attend = attend
        self._reader = RtspReader()
        self._number = 0
        self._asked: auth.Challenge | None = None
        self._answered = 0
        self._session = ""
        self._keep_alive_s = _LONGEST_SESSION_S / 2
        self._keep_alive = "OPTIONS"
        self._base = address.url

    def open(self) -> Track:
        """Begin playing; returns the track. Raises `MediaError` that says what the camera objects to."""
        options = self._ask("OPTIONS", self._base)
        if "GET_PARAMETER" in options.header("public").upper():
            self._keep_alive = "GET_PARAMETER"
        described = self._ask("DESCRIBE", self._base, {"Accept": "application/sdp"})
        self._base = described.header("content-base") or described.header("content-location") or self._base
        track = video_track(described.body)
        transport = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"}
        reply = self._ask("SETUP", self._control(track.control), transport)
        if "tcp" not in reply.header("transport").lower():
            raise MediaError("the camera sends its video only by UDP", remedy="allow RTP over TCP in its settings")
        name, _, rest = reply.header("session").partition(";")
        self._session = name.strip()[:_SESSION_NAME]
        timeout = rest.strip().removeprefix("timeout=")
        if timeout.isascii() and timeout.isdigit() and len(timeout) <= 6:
            self._keep_alive_s = min(max(int(timeout), _SHORTEST_SESSION_S), _LONGEST_SESSION_S) / 2
        self._ask("PLAY", self._base, {"Range": "npt=0.000-"})
        return track

    def _control(self, control: str) -> str:
        if control.startswith("rtsp://"):
            return control
        return self._base if control in ("", "*") else f"{self._base.rstrip('/')}/{control}"

    def packets(self) -> Iterator[bytes]:
        """The track's media packets as they come. Raises `MediaError` when the camera is gone, or silent for 10 s."""
        heard = kept = time.monotonic()
        while True:
            for found in self._receive(_LOOK_UP_S):
                if isinstance(found, MediaPacket) and found.channel == 0:
                    heard = time.monotonic()
                    yield found.data
            now = time.monotonic()
            if now - heard > _SILENT_S:
                raise MediaError(f"the camera has sent nothing for {_SILENT_S:g} s", remedy="is it on?")
            if now - kept > self._keep_alive_s:
                kept = now
                self._send(self._keep_alive, self._base, {})

    def behind(self) -> bool:
        """Whether more is waiting to be read already."""
        poll = select.poll()
        poll.register(self._connection, select.POLLIN)
        return bool(poll.poll(0))

    def close(self) -> None:
        """Tell the camera that it is done."""
        if self._session:
            with contextlib.suppress(MediaError, ProtocolError):
                self._send("TEARDOWN", self._base, {})

    def _ask(self, method: str, url: str, headers: dict[str, str] | None = None) -> Reply:
        reply = self._exchange(method, url, headers or {})
        if reply.status == 401:
            if not self._address.user:
                remedy = "write rtsp://user:password@host/path"
                raise MediaError("the camera asks for a user and a password", remedy=remedy)
            self._asked, self._answered = auth.challenge(reply.all_headers("www-authenticate")), 0
            reply = self._exchange(method, url, headers or {})
        if reply.status == 200:
            return reply
        if reply.status in (401, 403):
            raise MediaError("the camera refuses this user and password", remedy="check them in its settings")
        if reply.status == 404:
            raise MediaError("the camera has nothing at this path", remedy="look up its RTSP path in its manual")
        if 300 <= reply.status < 400:
            raise MediaError("the camera wants to be asked elsewhere", remedy="give the address that it really has")
        raise MediaError(f"the camera answers {method} with {reply.status}", remedy="see the camera's manual")

    def _exchange(self, method: str, url: str, headers: dict[str, str]) -> Reply:
        number = str(self._send(method, url, headers))
        deadline = time.monotonic() + _ANSWER_S
        while time.monotonic() < deadline:
            for found in self._receive(_LOOK_UP_S):
                if isinstance(found, Reply) and found.header("cseq") in (number, ""):
                    return found
        raise MediaError(f"the camera does not answer {method}", remedy="is it an RTSP camera?")

    def _send(self, method: str, url: str, headers: dict[str, str]) -> int:
        self._number += 1
        headers = {"Session": self._session, **headers} if self._session else headers
        if self._asked is not None:
            self._answered += 1
            user, password = self._address.user, self._address.password
            value = auth.answer(self._asked, user, password, method, url, self._answered)
            headers = {**headers, "Authorization": value}
        data = request(method, url, self._number, headers)
        deadline = time.monotonic() + _SEND_S
        while data:
            try:
                data = data[os.write(self._connection, data) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise MediaError("the camera takes no requests", remedy="switch it off and on") from None
                poll = select.poll()
                poll.register(self._connection, select.POLLOUT)
                poll.poll(_LOOK_UP_S * 1000)
            except OSError as error:
                raise MediaError("the camera hung up", remedy="is it on?") from error
        return self._number

    def _receive(self, seconds: float) -> Iterator[Reply | MediaPacket]:
        """What came with the last thing that was asked for, else what comes within so many seconds."""
        left = False
        for found in self._reader.feed(b""):
            left = True
            yield found
        if left:
            return
        self._attend(self._connection, seconds)
        try:
            data = os.read(self._connection, _READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            raise MediaError(f"the camera is gone: {error.strerror}", remedy="is it on?") from error
        if not data:
            raise MediaError("the camera hung up", remedy="is it on?")
        yield from self._reader.feed(data)

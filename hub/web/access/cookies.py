"""The cookies of a browser: its session, and that it was let in before.

Cookies do not know ports: two hubs on one machine would overwrite each other's, so the port is in their names. With TLS
the names begin with `__Host-`, which browsers take from this very host over TLS only.
"""

from aiohttp import web

from hub.web.access.keyring import DEVICE_S, LONGEST_S


class Cookies:
    """Reads and sets them, for a server on `port`."""

    def __init__(self, port: int, *, tls: bool) -> None:
        prefix = "__Host-" if tls else ""
        self._session = f"{prefix}hearth-{port}"
        self._device = f"{prefix}hearth-device-{port}"
        self._tls = tls

    def session(self, request: web.Request) -> str:
        """The secret of a session; empty when none is shown."""
        return request.cookies.get(self._session, "")

    def device(self, request: web.Request) -> str:
        """The secret of a device; empty when none is shown."""
        return request.cookies.get(self._device, "")

    def give(self, response: web.Response, session: str, device: str) -> None:
        """Have the browser keep them; an empty `device` leaves what it has."""
        self._set(response, self._session, session, LONGEST_S)
        if device:
            self._set(response, self._device, device, DEVICE_S)

    def take(self, response: web.Response) -> None:
        """Have the browser forget the session. The device stays known: that is what it is for."""
        self._set(response, self._session, "", 0)

    def _set(self, response: web.Response, name: str, value: str, age_s: float) -> None:
        response.set_cookie(
            name, value, max_age=int(age_s), path="/", secure=self._tls, httponly=True, samesite="Strict"
        )

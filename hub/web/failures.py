"""Errors as answers: a status, and a body that says what to do."""

from collections.abc import Mapping
from typing import Final, TypeVar

from aiohttp import web
from msgspec import UNSET

from hub.core.errors import FieldRefusedError, HearthError, UnavailableError
from hub.web.wire import ErrorDetail, ErrorResponse, encode

R = TypeVar("R")

_STATUS: Final = {
    "usage": 400,
    "not_found": 404,
    "value_refused": 422,
    "field_refused": 422,
    "denied": 403,
    "locked": 403,
    "switched_off": 403,
    "media": 422,
    "confirmation_required": 409,
    "timeout": 504,
    "unavailable": 503,
    "command_failed": 502,
    "pairing": 409,
    "package": 422,
    "manifest": 422,
    "protocol": 502,
    "egress": 403,
    "store": 503,
    "settings": 422,
}
_PLAIN: Final = {
    404: ("not_found", "there is nothing here", "the API is described at /api/v1/openapi.json"),
    405: ("method", "this cannot be done here", "the API is described at /api/v1/openapi.json"),
    413: ("too_large", "the request is too large", "send less"),
}


class Refused(Exception):  # noqa: N818 -- an answer rather than a fault
    """End this request with a status and an error body."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        remedy: str = "",
        *,
        close: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.detail = ErrorDetail(code=code, message=message, remedy=remedy)
        self.close = close
        self.headers = headers or {}


def response_of(error: Exception) -> web.Response:
    """The answer to a request that ended in `error`; what was not foreseen says nothing about the inside."""
    if isinstance(error, Refused):
        response = _response(error.status, error.detail)
        response.headers.update(error.headers)
        if error.close:
            response.force_close()
        return response
    if isinstance(error, HearthError):
        # A place may be a file of this machine; only of a form it is a field's name, which the page can show.
        place = error.place if isinstance(error, FieldRefusedError) else UNSET
        detail = ErrorDetail(code=error.code, message=error.message, remedy=error.remedy, field=place)
        return _response(_STATUS.get(error.code, 500), detail)
    if isinstance(error, web.HTTPException):
        code, message, remedy = _PLAIN.get(error.status, ("http", error.reason, ""))
        return _response(error.status, ErrorDetail(code=code, message=message, remedy=remedy))
    return _response(500, ErrorDetail(code="error", message="the hub failed to answer", remedy="its log says why"))


def status_of(code: str) -> int:
    """The HTTP status of an error code."""
    return _STATUS.get(code, 500)


def _response(status: int, detail: ErrorDetail) -> web.Response:
    return web.Response(status=status, body=encode(ErrorResponse(detail)), content_type="application/json")


def ready(room: R | None, name: str) -> R:
    """The room that is asked; raises `Refused` (503) while `name` is not up."""
    if room is None:
        raise Refused(503, "starting", f"{name} is not ready yet", "try again in a moment")
    return room


def present(room: R | None, lack: str, remedy: str) -> R:
    """The room that is asked; raises `UnavailableError`, saying `lack`, where a hub may well be without it."""
    if room is None:
        raise UnavailableError(lack, remedy=remedy)
    return room

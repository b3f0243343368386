"""The routes about backups: POST /api/v1/backup and /api/v1/restore."""

from collections.abc import Callable
from typing import Annotated, Final
from urllib.parse import unquote

from aiohttp import web
from msgspec import Meta, Struct

from hub.web.access.entry_routes import Newcomers
from hub.web.api.backups import Backups
from hub.web.api.restart_routes import Restart, begin
from hub.web.bodies import check_content, pieces, read_json
from hub.web.failures import Refused, present
from hub.web.routes import Access, Route

_KIND: Final = "application/octet-stream"
_MOST_BYTES: Final = 1024 * 1024 * 1024
_UPLOAD_S: Final = 600.0
PASSPHRASE: Final = "X-Hearth-Passphrase"  # noqa: S105 -- the header's name
CODE: Final = "X-Hearth-Code"
_LONGEST: Final = 1_000


class BackupRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The passphrase that is to open the backup."""

    passphrase: Annotated[str, Meta(max_length=_LONGEST)]


class RestoredResponse(Struct, frozen=True, kw_only=True):
    """What the hub becomes: `home` as it was when `made`. It has when /healthz tells of another `run`."""

    home: str
    made: str
    files: int
    run: str


def backup_routes(
    backups: Callable[[], Backups | None], restart: Callable[[], Restart | None], newcomers: Newcomers, run: str
) -> tuple[Route, ...]:
    """The routes; rooms are asked for at each request. `run` is which of the hub's runs this is."""
    handlers = _Handlers(backups, restart, newcomers, run)
    return (
        Route(method="POST", path="/api/v1/backup", access=Access.OWNER, summary="The whole home, encrypted.",
              handler=handlers.backup, request=BackupRequest, content=_KIND),
        Route(method="POST", path="/api/v1/restore", access=Access.PUBLIC, summary="Become the home of a backup, once.",
              handler=handlers.restore, takes=_KIND, response=RestoredResponse),
    )  # fmt: skip


class _Handlers:
    def __init__(
        self,
        backups: Callable[[], Backups | None],
        restart: Callable[[], Restart | None],
        newcomers: Newcomers,
        run: str,
    ) -> None:
        self._asked = backups
        self._restart = restart
        self._newcomers = newcomers
        self._run = run

    def _backups(self) -> Backups:
        return present(self._asked(), "this hub keeps no home of its own", "start it with `hearth run`")

    async def backup(self, request: web.Request) -> web.Response:
        asked = await read_json(request, BackupRequest)
        made = await self._backups().make(asked.passphrase)
        headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
        return web.Response(body=made.sealed, content_type=_KIND, headers=headers)

    async def restore(self, request: web.Request) -> RestoredResponse:
        """Whoever might make the owner may: with the backup come its owner and everybody who may come in."""
        check_content(request, _KIND)
        self._newcomers.check(request, _header(request, CODE))
        backups, restart = self._backups(), self._restart()
        if restart is None:
            await begin(restart)
        manifest = await backups.prepare(pieces(request, _MOST_BYTES, _UPLOAD_S), _header(request, PASSPHRASE))
        try:
            # It took a while to come: whose home it has become meanwhile is not replaced.
            self._newcomers.check_unowned()
            await begin(restart)
        except BaseException:
            await backups.give_up()
            raise
        return RestoredResponse(home=manifest.home, made=manifest.made, files=len(manifest.members), run=self._run)


def _header(request: web.Request, name: str) -> str:
    """A text in a header, written as in a URL: headers are ASCII."""
    shown = request.headers.getall(name, [])
    if len(shown) > 1 or any(len(each) > 4 * _LONGEST for each in shown):
        raise Refused(400, "header", f"{name} stands twice or is too long", "give it once", close=True)
    return unquote(shown[0], errors="replace") if shown else ""

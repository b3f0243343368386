"""The page: its files, read once and served by name. No path of a client's ever reaches the file system.

`static` is the page as `make setup` builds it from frontend/ where npm is present. Where it is not, `page` is served:
a plain page of a few files that needs no building.
"""

import gzip
import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

from hub.web.routes import Access, Route

_HERE: Final = Path(__file__).parent
_PLAIN: Final = {
    "/": ("page/index.html", "text/html"),
    "/page/style.css": ("page/style.css", "text/css"),
    "/page/home.js": ("page/home.js", "text/javascript"),
    "/page/door.js": ("page/door.js", "text/javascript"),
}
_KINDS: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def page_files(here: Path) -> tuple[dict[str, tuple[str, str]], dict[str, bytes]]:
    """Path -> name and type of every file of the page under `here`, and name -> content."""
    files = dict(_PLAIN)
    bodies = {name: (here / name).read_bytes() for name, _ in files.values()}
    try:
        built = {"/": ("static/index.html", "text/html")}
        for file in sorted((here / "static" / "ui").iterdir()):
            if file.suffix in _KINDS:
                built[f"/ui/{file.name}"] = (f"static/ui/{file.name}", _KINDS[file.suffix])
        bodies.update({name: (here / name).read_bytes() for name, _ in built.values()})
    except OSError:  # it was not built, or is being built now
        return files, bodies
    return files | built, bodies


FILES, _BODIES = page_files(_HERE)


class PageFile:
    """One file, kept in memory, with a tag that tells browsers whether theirs is the same."""

    def __init__(self, name: str, content: str) -> None:
        self._body = _BODIES[name]
        self._zipped = b""
        # The name of a built file changes with what is in it.
        cache = _FOR_EVER if name.startswith("static/ui/") else "no-cache"
        self._headers = {"Content-Type": f"{content}; charset=utf-8", "Cache-Control": cache, "Vary": "Accept-Encoding"}
        self._tag = hashlib.sha256(self._body).hexdigest()[:32]

    async def answer(self, request: web.Request) -> web.Response:
        """The file, compressed for who takes that, or 304 where the browser has it."""
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        headers = self._headers | {"ETag": f'"{self._tag}{"-gz" if zipped else ""}"'}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        if not zipped:
            return web.Response(body=self._body, headers=headers)
        self._zipped = self._zipped or gzip.compress(self._body, mtime=0)
        return web.Response(body=self._zipped, headers=headers | {"Content-Encoding": "gzip"})


def page_routes() -> tuple[Route, ...]:
    """A route for each file; anybody may have the page, which says nothing of the household."""
    return tuple(
        Route(method="GET", path=path, access=Access.PUBLIC, summary="The page.", handler=PageFile(name, kind).answer,
              content=kind)
        for path, (name, kind) in FILES.items()
    )  # fmt: skip

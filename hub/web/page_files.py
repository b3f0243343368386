"""The page: three files, read once and served by name. No path of a client's ever reaches the file system."""

import hashlib
from pathlib import Path
from typing import Final

from aiohttp import web

_FOLDER: Final = Path(__file__).parent / "page"
FILES: Final = {
    "/": ("index.html", "text/html"),
    "/page/style.css": ("style.css", "text/css"),
    "/page/home.js": ("home.js", "text/javascript"),
}


class PageFile:
    """One file, kept in memory, with a tag that tells browsers whether theirs is the same."""

    def __init__(self, name: str, content: str) -> None:
        self._body = (_FOLDER / name).read_bytes()
        self._headers = {
            "Content-Type": f"{content}; charset=utf-8",
            "ETag": f'"{hashlib.sha256(self._body).hexdigest()[:32]}"',
            "Cache-Control": "no-cache",
        }

    async def answer(self, request: web.Request) -> web.Response:
        """The file, or 304 where the browser has it."""
        if request.headers.get("If-None-Match") == self._headers["ETag"]:
            return web.Response(status=304, headers=self._headers)
        return web.Response(body=self._body, headers=self._headers)

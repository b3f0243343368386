"""The route by which browsers get the home's certificate authority: /ca.crt."""

from aiohttp import web

from hub.core.errors import NotFoundError
from hub.web.access.certificates import Certificates
from hub.web.routes import Access, Route


def authority_route(certificates: Certificates | None) -> Route:
    """The route; `certificates` is None on a hub without TLS."""

    async def answer(_request: web.Request) -> web.Response:
        if certificates is None:
            raise NotFoundError("there is no certificate authority", remedy="set tls = true in [web] of hearth.toml")
        headers = {"Content-Disposition": 'attachment; filename="hearth-ca.crt"'}
        return web.Response(body=certificates.root, content_type="application/x-x509-ca-cert", headers=headers)

    return Route(
        method="GET",
        path="/ca.crt",
        access=Access.PUBLIC,
        summary="The home's certificate authority, for browsers.",
        handler=answer,
        content="application/x-x509-ca-cert",
    )

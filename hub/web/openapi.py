"""The OpenAPI description, made from the route table."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from hub import __version__
from hub.web.access.doorkeeper import PAGE_TOKEN
from hub.web.routes import Access, Route
from hub.web.wire import ErrorResponse

_REF = "#/components/schemas/{name}"
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "A program's token, from POST /api/v1/tokens."},
    "session": {
        "type": "apiKey",
        "in": "header",
        "name": PAGE_TOKEN,
        "description": "Beside the cookie of POST /api/v1/login: the page token that it answers with.",
    },
}


def describe(routes: Sequence[Route]) -> dict[str, Any]:
    """An OpenAPI 3.1 document of `routes`."""
    kinds: set[type[Struct]] = {ErrorResponse}
    kinds.update(kind for route in routes for kind in (route.request, route.response) if kind is not None)
    shapes = sorted(kinds, key=lambda kind: kind.__name__)
    references, components = msgspec.json.schema_components(shapes, ref_template=_REF)
    by_kind = dict(zip(shapes, references, strict=True))
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, by_kind)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Hearth",
            "version": __version__,
            "description": "A home's hub. Ids are 64-bit and cross as text. Errors all have one shape.",
        },
        "paths": paths,
        "components": {"schemas": components, "securitySchemes": _SCHEMES},
    }


def _operation(route: Route, by_kind: dict[type[Struct], dict[str, Any]]) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "As asked."}
    if route.response is not None:
        success["content"] = {route.content: {"schema": by_kind[route.response]}}
    elif route.content:
        success["content"] = {route.content: {}}
    error = {"description": "It did not happen.", "content": {"application/json": {"schema": by_kind[ErrorResponse]}}}
    operation: dict[str, Any] = {
        "summary": route.summary,
        "operationId": re.sub(r"\W+", "_", f"{route.method.lower()}{route.path}").strip("_"),
        "x-access": route.access.value,
        "security": [] if route.access is Access.PUBLIC else [{"token": []}, {"session": []}],
        "responses": {"200": success, "default": error},
    }
    if route.socket:
        operation["responses"] = {"101": {"description": route.summary}, "default": error}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", route.path)
    ]
    if route.query is not None:
        parameters += _query_parameters(route.query)
    if parameters:
        operation["parameters"] = parameters
    if route.method == "POST":
        schema = {} if route.request is None else {"schema": by_kind[route.request]}
        operation["requestBody"] = {"required": True, "content": {route.takes: schema}}
    return operation


def _query_parameters(kind: type[Struct]) -> list[dict[str, Any]]:
    schema = msgspec.json.schema(kind)
    fields = schema["$defs"][kind.__name__]["properties"]
    return [{"name": name, "in": "query", "required": False, "schema": shape} for name, shape in fields.items()]

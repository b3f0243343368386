"""The routes about the home itself: look, change, say, ask why."""

from hub.web import wire
from hub.web.api.home import Api
from hub.web.routes import Access, Route


def home_routes(api: Api) -> tuple[Route, ...]:
    """The routes, answered by `api`."""
    guest, member = Access.GUEST, Access.MEMBER
    return (
        Route(method="GET", path="/api/v1/home", access=guest, summary="The whole home as it stands.",
              handler=api.home, response=wire.HomeResponse),
        Route(method="GET", path="/api/v1/entities", access=guest, summary="Entities, all or some.",
              handler=api.entities, query=wire.EntitiesQuery, response=wire.EntitiesResponse),
        Route(method="GET", path="/api/v1/entities/{id}", access=guest, summary="One entity.",
              handler=api.entity, response=wire.EntityResponse),
        Route(method="POST", path="/api/v1/commands", access=guest, summary="Send a command, wait for its end.",
              handler=api.command, request=wire.CommandRequest, response=wire.CommandResponse),
        Route(method="POST", path="/api/v1/say", access=member, summary="Say a sentence to the hub.",
              handler=api.say, request=wire.SayRequest, response=wire.SayResponse),
        Route(method="GET", path="/api/v1/why/{id}", access=member, summary="Why is an entity as it is?",
              handler=api.why, query=wire.WhyQuery, response=wire.WhyResponse),
        Route(method="GET", path="/api/v1/history/{id}", access=member, summary="How an entity changed.",
              handler=api.history, query=wire.HistoryQuery, response=wire.HistoryResponse),
    )  # fmt: skip

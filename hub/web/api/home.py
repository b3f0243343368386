"""The handlers of the API: what each route asks of which room."""

import secrets

import msgspec
from aiohttp import web

from hub.core.commands import Command
from hub.core.entities import PEER, Area, Entity, HomeView, Person
from hub.core.errors import NotFoundError
from hub.core.events import Origin
from hub.core.states import StateTable
from hub.core.whereabouts import AREA, in_use, located
from hub.web.access.callers import CALLER, Caller
from hub.web.api.rooms import Rooms
from hub.web.audience import check_guest, is_guest
from hub.web.bodies import read_json, read_query
from hub.web.failures import Refused, ready, status_of
from hub.web.ports import HistoryReader, HomeReader
from hub.web.wire import (
    AreaResponse,
    ChangeResponse,
    CommandRequest,
    CommandResponse,
    EntitiesQuery,
    EntitiesResponse,
    EntityResponse,
    HistoryQuery,
    HistoryResponse,
    HomeResponse,
    PersonResponse,
    SayRequest,
    SayResponse,
    StepResponse,
    WhyQuery,
    WhyResponse,
    encode,
    ids_as_text,
)


class Api:
    """Answers requests from the rooms that are ready; `rooms` is set anew when more of them are."""

    def __init__(self, states: StateTable) -> None:
        self.states = states
        self.rooms = Rooms()
        self.run = secrets.token_hex(4)
        """Another one each time that the hub starts."""

    async def home(self, request: web.Request) -> HomeResponse:
        """GET /api/v1/home"""
        view = ready(self.rooms.home, "the home").view()
        return self._home_response(view, whereabouts=not is_guest(request[CALLER]))

    def snapshot(self, caller: Caller) -> bytes:
        """The first message of a live socket: the home as the caller may see it, an empty one while it is not ready."""
        home = self.rooms.home
        view = home.view() if home is not None else HomeView(name="")
        told = self._home_response(view, whereabouts=not is_guest(caller))
        return encode({"event": "Snapshot", "ready": home is not None, "home": told})

    def shown(self, entity: str) -> bool:
        """Whether the home has this entity."""
        home = self.rooms.home
        return home is not None and entity in home.view().entities

    async def entities(self, request: web.Request) -> EntitiesResponse:
        """GET /api/v1/entities"""
        query = read_query(request, EntitiesQuery)
        view = ready(self.rooms.home, "the home").view()
        found = [
            self._entity_response(entity)
            for entity in view.entities.values()
            if query.area in ("", entity.area)
            and query.kind in ("", entity.kind)
            and (not query.trait or query.trait in entity.traits)
        ]
        return EntitiesResponse(found)

    async def entity(self, request: web.Request) -> EntityResponse:
        """GET /api/v1/entities/{id}"""
        return self._entity_response(self._named(request))

    def entity_response(self, entity: str) -> EntityResponse:
        """One entity as the API tells of it. Raises `NotFoundError`."""
        return self._entity_response(self._known(entity))

    async def command(self, request: web.Request) -> CommandResponse:
        """POST /api/v1/commands"""
        asked = await read_json(request, CommandRequest)
        if is_guest(request[CALLER]):
            check_guest(asked.entity, asked.value, confirmed=asked.confirmed)
        commander = ready(self.rooms.commander, "the home")
        command = Command(
            entity=asked.entity,
            trait=asked.trait,
            value=asked.value,
            confirmed=asked.confirmed,
            origin=Origin(area=asked.area, source="web"),
            channel=_channel(request),
        )
        result = await commander.send(command)
        if not result.ok:
            raise Refused(status_of(result.code), result.code, result.reason)
        return CommandResponse(
            command=str(result.command), entity=result.entity, trait=result.trait, value=result.value, ok=True
        )

    async def say(self, request: web.Request) -> SayResponse:
        """POST /api/v1/say"""
        asked = await read_json(request, SayRequest)
        speaker = ready(self.rooms.speaker, "the dialogue")
        said = await speaker.say(asked.text, area=asked.area, person=asked.person, channel=_channel(request))
        return SayResponse(reply=said.reply, understood=said.understood, expects_answer=said.expects_answer)

    async def why(self, request: web.Request) -> WhyResponse:
        """GET /api/v1/why/{id}"""
        query = read_query(request, WhyQuery)
        teller = ready(self.rooms.why, "the history")
        story = await teller.why(self._told_of(request), query.trait)
        steps = [
            StepResponse(
                kind=step.kind,
                text=step.text,
                at=step.at,
                event=str(step.event),
                causes=tuple(str(cause) for cause in step.causes),
                data=ids_as_text(msgspec.to_builtins(step.data)),
                area=step.origin.area,
                source=step.origin.source,
            )
            for step in story.steps
        ]
        return WhyResponse(entity=story.entity, text=story.text, steps=steps)

    async def history(self, request: web.Request) -> HistoryResponse:
        """GET /api/v1/history/{id}"""
        query = read_query(request, HistoryQuery)
        reader: HistoryReader = ready(self.rooms.history, "the history")
        entity = self._told_of(request)
        rows = await reader.states(entity, query.trait, query.since, query.until, query.limit)
        changes = [ChangeResponse(event=str(row.id), trait=row.trait, value=row.value, at=row.at) for row in rows]
        return HistoryResponse(entity=entity, changes=changes)

    def _named(self, request: web.Request) -> Entity:
        return self._known(request.match_info["id"])

    def _known(self, entity: str) -> Entity:
        home: HomeReader = ready(self.rooms.home, "the home")
        found = home.view().entities.get(entity)
        if found is None:
            raise NotFoundError("there is no such entity", remedy="GET /api/v1/entities lists what there is")
        return found

    def _told_of(self, request: web.Request) -> str:
        """The id of the entity, or of the area as `area.kitchen`, whose past is asked for."""
        asked = request.match_info["id"]
        home: HomeReader = ready(self.rooms.home, "the home")
        known = asked.startswith(AREA) and asked.removeprefix(AREA) in home.view().areas
        return asked if known else self._named(request).id

    def _home_response(self, view: HomeView, *, whereabouts: bool) -> HomeResponse:
        return HomeResponse(
            name=view.name,
            language=view.language,
            areas=[self._area_response(area, whereabouts=whereabouts) for area in view.areas.values()],
            people=[self._person_response(person) for person in view.people.values()] if whereabouts else [],
            entities=[self._entity_response(entity) for entity in view.entities.values()],
        )

    def _area_response(self, area: Area, *, whereabouts: bool) -> AreaResponse:
        known = in_use(self.states, area.id)
        return AreaResponse(
            id=area.id,
            name=area.name,
            floor=area.floor,
            aliases=area.aliases,
            names=area.names,
            presence=known.somebody if whereabouts else None,
            people=known.people if whereabouts else None,
            locked=ready(self.rooms.home, "the home").area_locked(area.id),
        )

    def _person_response(self, person: Person) -> PersonResponse:
        known = located(self.states, person.id)
        return PersonResponse(id=person.id, name=person.name, home=known.home, area=known.area)

    def _entity_response(self, entity: Entity) -> EntityResponse:
        known = self.states.get(entity.id)
        return EntityResponse(
            entity=entity.id,
            name=entity.name,
            kind=entity.kind,
            area=entity.area,
            traits={trait: known[trait].value if trait in known else None for trait in entity.traits},
            available=self.states.available(entity.id),
            config=dict(entity.traits),
            changed={trait: known[trait].at for trait in entity.traits if trait in known},
            aliases=entity.aliases,
            names=entity.names,
            device_class=entity.device_class,
            hub=entity.owner.removeprefix(PEER) if entity.owner.startswith(PEER) else "",
            exposed=entity.exposed,
            locked=ready(self.rooms.home, "the home").locked(entity.id),
        )


def _channel(request: web.Request) -> str:
    # A browser names the page that a request comes from; what does not is a program.
    return "ui" if "Origin" in request.headers else "api"

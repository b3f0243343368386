"""The routes that are answered from the hub's rooms: one line each subject, which has a file of its own."""

from hub.web.api.areas import area_routes
from hub.web.api.devices import device_routes
from hub.web.api.doctor_routes import doctor_routes
from hub.web.api.entity_changes import entity_routes
from hub.web.api.gesture_routes import gesture_routes
from hub.web.api.hear import hear_routes
from hub.web.api.home import Api
from hub.web.api.home_routes import home_routes
from hub.web.api.learning import learning_routes
from hub.web.api.peers import peer_routes
from hub.web.api.ports.learning import LearningKeeper
from hub.web.api.privacy import privacy_routes
from hub.web.api.restart_routes import restart_routes
from hub.web.api.satellites import satellite_routes
from hub.web.api.settings_routes import settings_routes
from hub.web.api.skills import skill_routes
from hub.web.api.turns import turn_routes
from hub.web.routes import Route


def room_routes(api: Api) -> tuple[Route, ...]:
    """The routes; each asks `api.rooms` at a request for the room that it needs."""

    def learning() -> LearningKeeper | None:
        asked = api.rooms.learning
        return None if asked is None else asked()

    return (
        *home_routes(api),
        *turn_routes(lambda: api.rooms.turns),
        *hear_routes(lambda: api.rooms.files),
        *entity_routes(api),
        *device_routes(lambda: api.rooms.devices),
        *satellite_routes(lambda: api.rooms.satellites),
        *area_routes(lambda: api.rooms.areas),
        *peer_routes(lambda: api.rooms.peers),
        *learning_routes(learning),
        *gesture_routes(lambda: api.rooms.settings),
        *settings_routes(lambda: api.rooms.settings, lambda: api.rooms.first_steps),
        *privacy_routes(lambda: api.rooms, api.states, api.run),
        *doctor_routes(lambda: api.rooms, api.run),
        *restart_routes(lambda: api.rooms.restart, api.run),
        *skill_routes(lambda: api.rooms.skills),
    )

"""Questions about the home: is it on, open, locked; which are; how warm, bright, loud; who is where."""

from collections.abc import Iterable
from typing import Any

from hub.sdk import Context, Entity, Skill, Target, Value
from hub.sdk.summary import as_things, spoken_name, told_apart

skill = Skill()
_SWITCHED = ("light", "switch", "fan", "media_player")  # what "is anything on" is about
_OPPOSITE = {"on": "off", "off": "on", "open": "closed", "closed": "open", "locked": "unlocked", "unlocked": "locked"}
_OUTSIDE = ("outdoor", "outside", "garden", "balcony", "terrace")
_FACTS = ("OnOff", "Lock", "Media", "Mode", "Position", "Contact", "Presence", "Level", "Setpoint", "Measure", "Text")


@skill.intent("is_on", "is_off", "is_open", "is_closed", "is_locked", "is_unlocked")
async def check(ctx: Context, target: Target, state: str, area: str = "") -> str:
    """Yes when all of the target are so; else no, and which are not."""
    found = await _sorted(ctx, await _named(ctx, target), state)
    if state in ("open", "closed") and not found["fits"] and not found["others"] and found["locks"]:
        return ctx.reply("door_lock", **found["locks"][0])
    if not found["fits"] and not found["others"]:
        return ctx.reply("unknown", things=found["unknown"], away=found["away"])
    if found["others"]:
        return ctx.reply("no", things=found["others"], state=_OPPOSITE[state], away=found["away"])
    return ctx.reply("yes", things=found["fits"], state=state, away=found["away"])


@skill.intent("any_on", "any_open", "any_unlocked")
async def some(ctx: Context, state: str, target: Target | None = None, area: str = "") -> str:
    """Yes and which, when some of the target are so."""
    found = await _sorted(ctx, await _named(ctx, target, area), state)
    if not found["fits"] and not found["others"]:
        return ctx.reply("unknown", things=found["unknown"], away=found["away"])
    return ctx.reply("some" if found["fits"] else "none", things=found["fits"], state=state, away=found["away"])


@skill.intent("which_on", "which_off", "which_open", "which_closed", "which_locked", "which_unlocked")
async def which(ctx: Context, state: str, target: Target | None = None, area: str = "") -> str:
    """Name those that are so."""
    found = await _sorted(ctx, await _named(ctx, target, area), state)
    if not found["fits"] and not found["others"]:
        return ctx.reply("unknown", things=found["unknown"], away=found["away"])
    return ctx.reply("which" if found["fits"] else "none", things=found["fits"], state=state, away=found["away"])


@skill.intent("count_on", "count_open")
async def count(ctx: Context, state: str, target: Target) -> str:
    """How many are so."""
    found = await _sorted(ctx, await _named(ctx, target), state)
    return ctx.reply("count", count=len(found["fits"]), things=found["fits"], state=state, away=found["away"])


@skill.intent("temperature", "humidity", "outside_temperature", "outside_humidity")
async def climate(
    ctx: Context, measures: str, target: Target | None = None, area: str = "", outside: bool = False
) -> str:
    """The temperature or humidity of the things that were named, of a room, of outside, or of the speaker's room."""
    sources = await _named(ctx, target) if target is not None else await _sensors(ctx, measures, area, outside)
    readings = [r for e in sources if (r := await _reading(ctx, e, measures))]
    return ctx.reply(measures if readings else "no_reading", readings=readings, measures=measures)


@skill.intent("measure")
async def measure(ctx: Context, target: Target) -> str:
    """What sensors measure, each in its own unit."""
    readings = [r for e in await _named(ctx, target) if (r := await _reading(ctx, e, ""))]
    return ctx.reply("measure" if readings else "no_reading", readings=readings, measures="")


@skill.intent("level", "setpoint")
async def value(ctx: Context, trait: str, target: Target | None = None) -> str:
    """How bright, loud, fast or far open things are; what thermostats are set to."""
    known = await _named(ctx, target) if target is not None else await ctx.home.entities(trait=trait)
    away = await ctx.home.away()
    values: list[dict[str, Any]] = []
    for entity in (e for e in known if e.id not in away):
        states = await ctx.home.states(entity.id)
        number = states.get(trait, states.get("Position"))
        if number is not None:
            off = states.get("OnOff") is False
            values.append({**_thing(ctx, entity), "value": 0 if off and trait == "Level" else number})
    silent = as_things([e for e in known if e.id not in away], ctx.language)
    gone = [_gone(ctx, e) for e in known if e.id in away]
    return ctx.reply(trait.lower() if values else "unknown", values=values, things=silent, away=gone)


@skill.intent("presence", "empty")
async def presence(ctx: Context, area: str = "", empty: bool = False) -> str:
    """Whether somebody is in the area, and who or how many; in the speaker's where none was named."""
    room = area or ctx.area
    here = await ctx.home.whereabouts()
    rooms = await _rooms(ctx, here.areas)
    in_use = rooms.get(room) if room else max(rooms.values(), default=None)
    name = (await _room_names(ctx)).get(room, "")
    if in_use is None:
        return ctx.reply("no_presence", area=name)
    who = [here.names[person] for person, known in here.people.items() if known.home and known.area == room]
    return ctx.reply("presence", yes=bool(in_use) is not empty, who=who, people=in_use, area=name)


@skill.intent("anyone_home")
async def anyone_home(ctx: Context, person: str = "") -> str:
    """Who is at home and where, and which rooms are in use; or where one person is."""
    if person:
        return await _where_is(ctx, person)
    here = await ctx.home.whereabouts()
    names, rooms = await _room_names(ctx), await _rooms(ctx, here.areas)
    people = [_person(here.names[p], known.area, names) for p, known in here.people.items() if known.home]
    named = {known.area for known in here.people.values() if known.home}
    used = [names[room] for room, count in rooms.items() if count and room not in named and room in names]
    if not people and not used:
        away = bool(here.people) and all(known.home is False for known in here.people.values())
        return ctx.reply("nobody_home" if rooms or away else "no_presence", area="")
    return ctx.reply("anyone_home", people=people, rooms=used)


async def _where_is(ctx: Context, person: str) -> str:
    """Where a person is, as far as what follows them tells."""
    here = await ctx.home.whereabouts()
    known = here.people.get(person)
    found = _person(here.names.get(person, person), known.area if known else "", await _room_names(ctx))
    return ctx.reply("where_is", **found, home=known.home if known else None)


@skill.intent("status")
async def status(ctx: Context, target: Target) -> str:
    """All that is known of things."""
    told, away = [], await ctx.home.away()
    for entity in await _named(ctx, target):
        states = await ctx.home.states(entity.id) if entity.id not in away else {}
        facts = [{"trait": t, "value": states[t]} for t in _FACTS if states.get(t) is not None]
        unit = entity.traits["Measure"].unit if "Measure" in entity.traits else ""
        told.append({**_thing(ctx, entity), "facts": facts, "unit": unit})
    return ctx.reply("status", told=told)


async def _named(ctx: Context, target: Target | None, area: str = "") -> list[Entity]:
    """The entities of the target; without one, all in the area that can be switched on and off."""
    known = await ctx.home.entities()
    if target is None:
        return [e for e in known if e.kind in _SWITCHED and "OnOff" in e.traits and area in ("", e.area)]
    return [e for e in known if e.id in target.entities]


async def _sorted(ctx: Context, entities: Iterable[Entity], state: str) -> dict[str, list[dict[str, Any]]]:
    """Entities as reply values, by whether they are in `state` or away; locks apart for questions of being open."""
    found: dict[str, list[dict[str, Any]]] = {"fits": [], "others": [], "unknown": [], "locks": [], "away": []}
    asked = list(entities)
    away, names = await ctx.home.away(), told_apart(asked, await ctx.home.areas(), ctx.language)
    for entity in asked:
        thing = {"name": names[entity.id], "kind": entity.kind}
        if entity.id in away:  # how it was when last heard of is no answer: the door may have been opened since
            found["away"].append({**thing, "code": "unavailable"})
            continue
        states = await ctx.home.states(entity.id)
        now = _now(states, state)
        key = "unknown" if now is None else "fits" if now == state else "others"
        found[key].append(thing)
        if "Lock" in states:
            found["locks"].append({**thing, "state": states["Lock"]})
    return found


def _now(states: dict[str, Value], asked: str) -> str | None:
    """Which of `asked` and its opposite an entity with these states is; None when they do not tell."""
    if asked in ("locked", "unlocked"):
        lock = states.get("Lock")
        return None if lock is None else "locked" if lock == "locked" else "unlocked"
    if asked in ("open", "closed"):
        is_open = states.get("Contact", states.get("Position"))
        return None if is_open is None else "open" if is_open else "closed"
    if states.get("OnOff") is None and "Media" in states:
        return "on" if states["Media"] in ("playing", "paused") else "off"
    if states.get("OnOff") is None and "Mode" in states:
        return "off" if states["Mode"] in ("off", "docked", "idle") else "on"
    on = states.get("OnOff")
    return None if on is None else "on" if on else "off"


async def _sensors(ctx: Context, measures: str, area: str, outside: bool) -> list[Entity]:
    """Who measures this: outside, in the area, in the speaker's area, or all indoors."""
    known = [e for e in await ctx.home.entities(trait="Measure") if _measures(e) == measures]
    outdoors = [e for e in known if any(word in f"{e.id} {e.name}".lower() for word in _OUTSIDE)]
    if outside:
        return outdoors
    if area:
        return [e for e in known if e.area == area]
    return [e for e in known if ctx.area and e.area == ctx.area] or [e for e in known if e not in outdoors] or known


def _measures(entity: Entity) -> str:
    """What an entity measures; a thermostat measures temperature unless it says otherwise."""
    config = entity.traits["Measure"]
    return config.measures or entity.device_class or ("temperature" if entity.kind == "climate" else "")


async def _reading(ctx: Context, entity: Entity, measures: str) -> dict[str, Any] | None:
    """What an entity measures, as a reply value with its room; None when it does not, or has not yet."""
    if "Measure" not in entity.traits or measures not in ("", _measures(entity)):
        return None
    number = (await ctx.home.states(entity.id)).get("Measure")
    if number is None or entity.id in await ctx.home.away():
        return None
    area = next((a for a in await ctx.home.areas() if a.id == entity.area), None)
    room = (area.names.get(ctx.language) or (area.name,))[0] if area else ""
    return {**_thing(ctx, entity), "value": number, "unit": entity.traits["Measure"].unit, "room": room}


async def _rooms(ctx: Context, known: dict[str, Any]) -> dict[str, int]:
    """How many are in each room that something tells of; by its motion sensors alone where nothing else does."""
    rooms = {area: in_use.people for area, in_use in known.items()}
    for sensor in await ctx.home.entities(trait="Presence"):
        seen = (await ctx.home.states(sensor.id)).get("Presence")
        if sensor.area not in known and seen is not None:
            rooms[sensor.area] = max(rooms.get(sensor.area, 0), int(bool(seen)))
    return rooms


async def _room_names(ctx: Context) -> dict[str, str]:
    return {a.id: (a.names.get(ctx.language) or (a.name,))[0] for a in await ctx.home.areas()}


def _person(name: str, area: str, rooms: dict[str, str]) -> dict[str, str]:
    return {"name": name, "room": rooms.get(area, "")}


def _gone(ctx: Context, entity: Entity) -> dict[str, Any]:
    return {**_thing(ctx, entity), "code": "unavailable"}


def _thing(ctx: Context, entity: Entity) -> dict[str, Any]:
    return {"name": spoken_name(entity, ctx.language), "kind": entity.kind}

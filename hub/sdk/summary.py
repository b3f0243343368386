"""What became of commands, as the values of a reply: which things did it, and which did not and why."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hub.core.commands import CommandResult
from hub.core.entities import Area, Entity
from hub.sdk.context import Context
from hub.sdk.speech import words


def spoken_name(entity: Entity, language: str) -> str:
    """How to call an entity in `language`: its first name there, else its main name."""
    return (entity.names.get(language) or (entity.name,))[0]


def told_apart(entities: Iterable[Entity], areas: Iterable[Area], language: str) -> dict[str, str]:
    """How to call each entity (id -> name): with its room, where another of them has the same name."""
    named = {entity.id: entity for entity in entities}
    names = {id_: spoken_name(entity, language) for id_, entity in named.items()}
    rooms = {area.id: (area.names.get(language) or (area.name,))[0] for area in areas}
    often = Counter(name.casefold() for name in names.values())
    return {
        id_: words(language).in_room.format(room=rooms[named[id_].area], name=name)
        if often[name.casefold()] > 1 and named[id_].area in rooms
        else name
        for id_, name in names.items()
    }


def as_things(entities: Iterable[Entity], language: str) -> list[dict[str, str]]:
    """Entities as reply values for the filter `things`: [{"name", "kind"}]."""
    return [{"name": spoken_name(e, language), "kind": e.kind} for e in entities]


async def summarize(ctx: Context, key: str, results: Iterable[CommandResult], **values: Any) -> str:
    """The reply `key`, with `done` (things, for `{{ done | things }}`) and `failed` (for `{{ failed | troubles }}`).

    An entity that failed one of several commands counts as failed. Without any result the reply is `nothing`. Needs
    `home.read`.
    """
    ended: dict[str, CommandResult] = {}
    for result in results:
        if result.entity not in ended or not result.ok:
            ended[result.entity] = result
    if not ended:
        return ctx.reply("nothing", **values)
    known = [e for e in await ctx.home.entities() if e.id in ended]
    alike = len({spoken_name(e, ctx.language).casefold() for e in known}) < len(known)
    names = told_apart(known, await ctx.home.areas() if alike else (), ctx.language)
    done, failed = [], []
    for entity, result in ended.items():
        thing = {"name": names.get(entity, entity), "kind": entity.partition(".")[0]}
        if result.ok:
            done.append(thing)
        else:
            failed.append({**thing, "code": result.code})
    return ctx.reply(key, done=done, failed=failed, **values)

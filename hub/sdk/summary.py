"""What became of commands, as the values of a reply: which things did it, and which did not and why."""

from collections.abc import Iterable
from typing import Any

from hub.core.commands import CommandResult
from hub.core.entities import Entity
from hub.sdk.context import Context


def spoken_name(entity: Entity, language: str) -> str:
    """How to call an entity in `language`: its first name there, else its main name."""
    return (entity.names.get(language) or (entity.name,))[0]


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
    known = {e.id: e for e in await ctx.home.entities()}
    done, failed = [], []
    for entity, result in ended.items():
        thing = {"name": entity, "kind": entity.partition(".")[0]}
        if entity in known:
            thing["name"] = spoken_name(known[entity], ctx.language)
        if result.ok:
            done.append(thing)
        else:
            failed.append({**thing, "code": result.code})
    return ctx.reply(key, done=done, failed=failed, **values)

"""Good night and goodbye: lights off, doors locked, and a word on what is still open or on."""

import asyncio
from typing import Any

from hub.sdk import CommandResult, Context, Entity, Skill, Value
from hub.sdk.summary import as_things, spoken_name

skill = Skill()
_WAYS_IN = ("door", "garage", "garage_door", "gate", "window", "opening")  # a blind that is up is no reason to worry
_LEFT_ON = ("switch", "fan", "media_player")


@skill.intent("good_night", "leaving")
async def close_up(ctx: Context, key: str) -> str:
    """Set the household's own scene for it if there is one, else turn off the lights; then lock up."""
    known = await ctx.home.entities()
    scenes = [e for e in known if e.kind == "scene" and key in _spellings(e, ctx.language)]
    results = await _command_all(ctx, scenes, "Press", "pressed")
    lights = [] if scenes else [e for e in known if e.kind == "light" and await _is(ctx, e, "OnOff", True)]
    locks = [e for e in known if "Lock" in e.traits and not await _is(ctx, e, "Lock", "locked")]
    results += await _command_all(ctx, lights, "OnOff", False)
    results += await _command_all(ctx, locks, "Lock", "locked")
    bad = {r.entity: r.code for r in results if not r.ok}
    names = {e.id: e for e in known}
    return ctx.reply(
        key,
        off=as_things([e for e in lights if e.id not in bad], ctx.language),
        locked=as_things([e for e in known if await _is(ctx, e, "Lock", "locked")], ctx.language),
        open=as_things([e for e in known if await _open(ctx, e)], ctx.language),
        on=as_things([e for e in known if e.kind in _LEFT_ON and await _is(ctx, e, "OnOff", True)], ctx.language),
        failed=[_failed(names[entity], code, ctx.language) for entity, code in bad.items()],
    )


@skill.intent("back")
async def back(ctx: Context) -> str:
    """Somebody came home."""
    return ctx.reply("back")


def _spellings(entity: Entity, language: str) -> set[str]:
    """An entity's id without its kind, and its names written like one."""
    names = {name.lower().replace(" ", "_") for name in entity.spoken_names(language)}
    return {entity.id.partition(".")[2], *names}


async def _is(ctx: Context, entity: Entity, trait: str, value: Value) -> bool:
    return (await ctx.home.states(entity.id)).get(trait) == value


async def _open(ctx: Context, entity: Entity) -> bool:
    states = await ctx.home.states(entity.id)
    if entity.kind == "cover" and entity.device_class not in _WAYS_IN:
        return False
    return bool(states.get("Contact", states.get("Position") if entity.kind == "cover" else None))


async def _command_all(ctx: Context, entities: list[Entity], trait: str, value: Value) -> list[CommandResult]:
    ended = await asyncio.gather(*(ctx.home.command(e.id, trait, value) for e in entities))
    return [result for results in ended for result in results]


def _failed(entity: Entity, code: str, language: str) -> dict[str, Any]:
    return {"name": spoken_name(entity, language), "kind": entity.kind, "code": code}

"""Blinds, curtains, windows and garage doors."""

import asyncio

from hub.sdk import CommandResult, Context, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()


@skill.intent("open", "close", "halfway", "position")
async def move(ctx: Context, target: Target, percent: float) -> str:
    """Move covers to `percent` open: 0 is closed, 100 open."""
    position = round(percent)
    key = {0: "closed", 100: "opened"}.get(position, "moved")
    return await summarize(ctx, key, await ctx.home.command(target, "Position", position), percent=position)


@skill.intent("more_open", "more_closed")
async def nudge(ctx: Context, target: Target, change: int) -> str:
    """Open or close covers somewhat more than they are."""
    results: list[CommandResult] = []
    for entity in target:
        now = (await ctx.home.states(entity)).get("Position")
        if now is not None:
            results += await ctx.home.command(entity, "Position", max(0, min(100, round(float(now)) + change)))
    return await summarize(ctx, "nudged", results)


@skill.intent("stop")
async def stop(ctx: Context, target: Target) -> str:
    """Stop covers where they are, as far as they tell where that is."""
    ended = await asyncio.gather(*(_hold(ctx, entity) for entity in target))
    return await summarize(ctx, "stopped", [result for results in ended for result in results])


async def _hold(ctx: Context, entity: str) -> list[CommandResult]:
    position = (await ctx.home.states(entity)).get("Position")
    return [] if position is None else await ctx.home.command(entity, "Position", position)

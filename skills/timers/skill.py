"""Kitchen timers: as many as you like, with names, by voice."""

from datetime import datetime, timedelta
from typing import Any

from hub.sdk import Context, Skill, StoredTimer

skill = Skill()


@skill.intent("start")
async def start(ctx: Context, duration: timedelta, name: str = "") -> str:
    """Start one more timer."""
    await ctx.clock.after(duration, "ring", name=name, seconds=duration.total_seconds())
    return ctx.reply("started", name=name, seconds=duration.total_seconds())


@skill.timer("ring")
async def ring(ctx: Context, seconds: float, name: str = "") -> None:
    """Say that a timer is over."""
    await ctx.say(ctx.reply("rang", name=name, seconds=seconds))


@skill.intent("cancel")
async def cancel(ctx: Context, name: str = "", duration: timedelta | None = None) -> str:
    """Cancel the one timer that is meant; ask back when it could be several."""
    meant = _meant(await ctx.clock.timers(), name, duration)
    if len(meant) > 1:
        return ctx.reply("which", timers=_told(ctx, meant))
    if not meant:
        return ctx.reply("none", name=name)
    await ctx.clock.cancel(meant[0].id)
    return ctx.reply("cancelled", timers=_told(ctx, meant))


@skill.intent("cancel_all")
async def cancel_all(ctx: Context) -> str:
    """Cancel every timer."""
    timers = await ctx.clock.timers()
    for timer in timers:
        await ctx.clock.cancel(timer.id)
    return ctx.reply("cancelled" if timers else "none", timers=_told(ctx, timers), name="")


@skill.intent("status")
async def status(ctx: Context, name: str = "", duration: timedelta | None = None) -> str:
    """Say how much time is left."""
    meant = _meant(await ctx.clock.timers(), name, duration)
    return ctx.reply("left", timers=_told(ctx, meant)) if meant else ctx.reply("none", name=name)


@skill.intent("add", "subtract")
async def extend(ctx: Context, duration: timedelta, sign: int, name: str = "") -> str:
    """Make a timer longer or shorter; it starts anew with the time that is left then."""
    meant = _meant(await ctx.clock.timers(), name, None)
    if len(meant) != 1:
        return ctx.reply("which" if meant else "none", timers=_told(ctx, meant), name=name)
    old = meant[0]
    left = timedelta(seconds=_left(ctx, old)) + sign * duration
    if left <= timedelta(0):
        return ctx.reply("too_short", timers=_told(ctx, meant))
    total = max(1.0, old.arguments.get("seconds", 0.0) + sign * duration.total_seconds())
    await ctx.clock.after(left, "ring", name=old.arguments.get("name", ""), seconds=total)
    await ctx.clock.cancel(old.id)  # after the new one is kept, so that a failure loses neither
    return ctx.reply("extended", name=old.arguments.get("name", ""), seconds=left.total_seconds())


def _meant(timers: list[StoredTimer], name: str, duration: timedelta | None) -> list[StoredTimer]:
    """The timers with this name and length, all when neither was said."""
    return [
        t
        for t in timers
        if name in ("", t.arguments.get("name"))
        and (duration is None or t.arguments.get("seconds") == duration.total_seconds())
    ]


def _left(ctx: Context, timer: StoredTimer) -> float:
    now: datetime = ctx.clock.now()
    return max(0.0, timer.due - now.timestamp())


def _told(ctx: Context, timers: list[StoredTimer]) -> list[dict[str, Any]]:
    """Timers as reply values: name, length and what is left, in seconds."""
    return [
        {"name": t.arguments.get("name", ""), "seconds": t.arguments.get("seconds", 0), "left": _left(ctx, t)}
        for t in timers
    ]

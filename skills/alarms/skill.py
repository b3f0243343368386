"""Alarms: wake me at seven. An alarm rings until somebody stops it, but not for ever."""

import datetime as dt
from datetime import datetime, timedelta
from typing import Any

from hub.sdk import Context, Skill, StoredTimer

skill = Skill()
_RINGS = 5  # how often an alarm speaks before it gives up
_PAUSE = timedelta(seconds=30)
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@skill.intent("set")
async def set_alarm(ctx: Context, time: dt.time, day: str = "") -> str:
    """Ring at the next such time, or on the day that was named."""
    when = _next(ctx.clock.now(), time, day)
    await ctx.clock.at(when, "ring", rings=0)
    return ctx.reply("set", **_told(ctx, when))


@skill.intent("set_in")
async def set_in(ctx: Context, duration: timedelta) -> str:
    """Ring after a while."""
    when = ctx.clock.now() + duration
    await ctx.clock.at(when, "ring", rings=0)
    return ctx.reply("set", **_told(ctx, when))


@skill.timer("ring")
async def ring(ctx: Context, rings: int) -> None:
    """Speak up, and again in a moment."""
    if rings + 1 < _RINGS:
        await ctx.clock.after(_PAUSE, "ring", rings=rings + 1)
    await ctx.say(ctx.reply("ring", time=ctx.clock.now().isoformat()))


@skill.intent("cancel")
async def cancel(ctx: Context, time: dt.time | None = None, day: str = "") -> str:
    """Cancel the alarm that rings now, else the one that was named, else the only one."""
    alarms = await ctx.clock.timers()
    ringing = [t for t in alarms if t.arguments["rings"]] if time is None and not day else []
    meant = ringing or [t for t in alarms if _fits(ctx, t, time, day)]
    if len(meant) > 1:
        return ctx.reply("which", alarms=[_told(ctx, _due(ctx, t)) for t in meant])
    if not meant:
        return ctx.reply("none")
    await ctx.clock.cancel(meant[0].id)
    if meant[0].arguments["rings"]:
        return ctx.reply("stopped")
    return ctx.reply("cancelled", **_told(ctx, _due(ctx, meant[0])))


@skill.intent("cancel_all")
async def cancel_all(ctx: Context) -> str:
    """Cancel every alarm."""
    alarms = await ctx.clock.timers()
    for alarm in alarms:
        await ctx.clock.cancel(alarm.id)
    return ctx.reply("cancelled_all" if alarms else "none", count=len(alarms))


@skill.intent("snooze")
async def snooze(ctx: Context, duration: timedelta = timedelta(minutes=9)) -> str:
    """Let the alarm that rings now ring again later."""
    ringing = [t for t in await ctx.clock.timers() if t.arguments["rings"]]
    if not ringing:
        return ctx.reply("none_ringing")
    await ctx.clock.after(duration, "ring", rings=0)
    await ctx.clock.cancel(ringing[0].id)
    return ctx.reply("snoozed", seconds=duration.total_seconds())


@skill.intent("status")
async def status(ctx: Context) -> str:
    """Say when the alarms ring."""
    alarms = await ctx.clock.timers()
    return ctx.reply("status", alarms=[_told(ctx, _due(ctx, t)) for t in alarms]) if alarms else ctx.reply("none")


def _next(now: datetime, at: dt.time, day: str) -> datetime:
    """The next moment after `now` that it is `at`, on `day` ("", today, tomorrow or a weekday)."""
    when = now.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    if day == "tomorrow":
        return when + timedelta(days=1)
    if day in _WEEKDAYS:
        ahead = (_WEEKDAYS.index(day) - now.weekday()) % 7
        return when + timedelta(days=ahead if ahead or when > now else 7)
    return when if when > now else when + timedelta(days=1)


def _due(ctx: Context, alarm: StoredTimer) -> datetime:
    return datetime.fromtimestamp(alarm.due, ctx.clock.now().tzinfo)


def _fits(ctx: Context, alarm: StoredTimer, at: dt.time | None, day: str) -> bool:
    due = _due(ctx, alarm)
    named = at is None or (due.hour, due.minute) == (at.hour, at.minute)
    return named and day in ("", _told(ctx, due)["day"], _WEEKDAYS[due.weekday()])


def _told(ctx: Context, when: datetime) -> dict[str, Any]:
    """A moment as reply values: ISO time, and today, tomorrow or no such word."""
    days = (when.date() - ctx.clock.now().date()).days
    return {"time": when.isoformat(), "day": {0: "today", 1: "tomorrow"}.get(days, "")}

"""Music and TV: pause, play, skip, volume."""

from hub.sdk import CommandResult, Context, Entity, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()
_UNMUTED = 30  # percent: how loud an unmuted player is when nobody knows how loud it was


@skill.intent("pause", "resume", "next", "previous", "stop")
async def control(ctx: Context, action: str, target: Target | None = None, area: str = "") -> str:
    """Tell players to do something with what they play."""
    wanted = {"playing": ("paused", "stopped", "idle"), "paused": ("playing",)}.get(action, ("playing", "paused"))
    results: list[CommandResult] = []
    for player in await _players(ctx, target, area, wanted):
        results += await ctx.home.command(player.id, "Media", action)
    return await summarize(ctx, action, results)


@skill.intent("volume")
async def volume(ctx: Context, percent: float, target: Target | None = None, area: str = "") -> str:
    """Set how loud players are."""
    level = round(percent)
    results: list[CommandResult] = []
    for player in await _players(ctx, target, area, ("playing", "paused")):
        results += await ctx.home.command(player.id, "Level", level)
    return await summarize(ctx, "volume", results, percent=level)


@skill.intent("louder", "quieter")
async def nudge(ctx: Context, sign: int, target: Target | None = None, area: str = "", percent: float = 10.0) -> str:
    """Make players louder or quieter than they are."""
    results: list[CommandResult] = []
    for player in await _players(ctx, target, area, ("playing", "paused")):
        now = (await ctx.home.states(player.id)).get("Level") or 0
        results += await ctx.home.command(player.id, "Level", max(0, min(100, round(float(now) + sign * percent))))
    return await summarize(ctx, "louder" if sign > 0 else "quieter", results)


@skill.intent("mute")
async def mute(ctx: Context, target: Target | None = None, area: str = "") -> str:
    """Make players silent, and remember how loud they were."""
    results: list[CommandResult] = []
    for player in await _players(ctx, target, area, ("playing", "paused")):
        if now := (await ctx.home.states(player.id)).get("Level"):
            await ctx.store.set(player.id, now)
        results += await ctx.home.command(player.id, "Level", 0)
    return await summarize(ctx, "muted", results)


@skill.intent("unmute")
async def unmute(ctx: Context, target: Target | None = None, area: str = "") -> str:
    """Make players as loud as they were before they were muted."""
    results: list[CommandResult] = []
    for player in await _players(ctx, target, area, ("playing", "paused")):
        results += await ctx.home.command(player.id, "Level", await ctx.store.get(player.id) or _UNMUTED)
    return await summarize(ctx, "unmuted", results)


async def _players(ctx: Context, target: Target | None, area: str, wanted: tuple[str, ...]) -> list[Entity]:
    """Those named; else, of the room's players or of all when it has none, those in a wanted state, or a lone one."""
    known = await ctx.home.entities(kind="media_player")
    if target is not None:
        return [e for e in known if e.id in target.entities]
    room = area or ctx.area
    near = [e for e in known if room and e.area == room]
    for group in (near, [] if area else known):
        fitting = [e for e in group if (await ctx.home.states(e.id)).get("Media") in wanted]
        if fitting or len(group) == 1:
            return fitting or group
    return []

"""The robot vacuum: out, home and hold."""

from hub.sdk import CommandResult, Context, Entity, Skill, Target
from hub.sdk.summary import summarize

skill = Skill()
_MODES = {  # what each wish is called by the robots of this world, likeliest first
    "start": ("cleaning", "clean", "start", "on"),
    "dock": ("returning", "return_to_base", "docked", "dock", "off"),
    "pause": ("paused", "pause", "stopped", "stop", "idle"),
}


@skill.intent("start", "dock", "pause")
async def send(ctx: Context, wish: str, target: Target | None = None) -> str:
    """Tell the robots what to do; without a name, all of them."""
    results: list[CommandResult] = []
    for robot in await ctx.home.entities(kind="vacuum"):
        if target is None or robot.id in target.entities:
            results += await _tell(ctx, robot, wish)
    return await summarize(ctx, wish, results)


async def _tell(ctx: Context, robot: Entity, wish: str) -> list[CommandResult]:
    options = robot.traits["Mode"].options if "Mode" in robot.traits else ()
    mode = next((m for m in _MODES[wish] if m in options), "")
    if mode:
        return await ctx.home.command(robot.id, "Mode", mode)
    if "OnOff" in robot.traits:
        return await ctx.home.command(robot.id, "OnOff", wish == "start")
    return [CommandResult(command=0, entity=robot.id, trait="Mode", value=wish, ok=False, code="value_refused")]

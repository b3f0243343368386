"""Plugins that ask and tell too much, in a cage or beside the hub."""

ASKS = """
import asyncio
@skill.intent("go")
async def go(ctx):
    results = await asyncio.gather(*(ctx.home.areas() for _ in range(500)), return_exceptions=True)
    return str(len(results))
"""
"""A skill that asks for 500 things at once."""

TELLS = """
@device.connect(Config)
async def connect(ctx, config):
    yield lamp()
    n = 0
    while True:
        n = (n + 1) % 100
        yield StateReported("light.a", "Level", n)
"""
"""An integration that never pauses."""

"""`hearth learn`: what is learnt at home, a round with the other hubs, and what rounds are worth, tried out."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.cli import beside
from hub.cli.choose_home import chosen_home, home_option
from hub.cli.output import emit, json_option, log_to_stderr
from hub.core.errors import UnavailableError, UsageError
from hub.core.paths import HomePaths

if TYPE_CHECKING:
    from hub.learning.examples import Examples
    from hub.learning.federated.kept_heads import KeptHeads
    from hub.learning.federated.simulate import Line, Task


@click.group()
def learn() -> None:
    """What this hub learns from use, by itself and with the home's other hubs."""
    log_to_stderr()


@learn.command()
@home_option
@json_option
def status(config: str | None, as_json: bool) -> None:
    """What is kept to learn from, how many examples of each kind, and how the last round went."""
    with chosen_home(config) as paths:
        for line in asyncio.run(_status(paths)):
            emit(line) if as_json else click.echo(_readable_status(line))


async def _status(paths: HomePaths) -> list[dict[str, Any]]:
    asked = await _beside(paths, lambda hub: beside.get(hub, "api/v1/learning"))
    if asked is not None:
        found: list[dict[str, Any]] = asked["kinds"]
        return found
    import msgspec

    from hub.learning.at_home import standings

    async with _kept(paths) as (examples, heads):
        return [msgspec.to_builtins(standing) for standing in await standings(examples, heads)]


def _readable_status(line: dict[str, Any]) -> str:
    last = line["last"]
    told = "no round yet"
    if last is not None:
        told = f"round {last['round']}: {last['outcome']}" + (f" ({last['reason']})" if last["reason"] else "")
    return f"{line['kind']:<10} {line['examples']:>6} examples  {line['bytes'] / 1024:8.1f} KiB  {told}"


@learn.command()
@click.argument("kind", default="")
@home_option
@json_option
def forget(kind: str, config: str | None, as_json: bool) -> None:
    """Delete the examples of KIND and what was learnt of them, or everything and the key."""
    with chosen_home(config) as paths:
        gone = asyncio.run(_forget(paths, kind))
    emit({"kind": kind, "forgotten": gone}) if as_json else click.echo(f"{gone} examples are gone")


async def _forget(paths: HomePaths, kind: str) -> int:
    from hub.learning.kinds import KINDS

    if kind and kind not in KINDS:
        raise UsageError(f"nothing is kept of {kind!r}", remedy=f"kinds are {', '.join(KINDS)}")
    # A hub that runs holds key and heads in memory: it must forget by itself.
    asked = await _beside(paths, lambda hub: beside.post(hub, "api/v1/learning/forget", {"kind": kind}))
    if asked is not None:
        return int(asked["forgotten"])
    async with _kept(paths) as (examples, heads):
        await heads.forget(kind)
        return await examples.purge(kind)


async def _beside(
    paths: HomePaths, ask: Callable[[beside.RunningHub], Awaitable[dict[str, Any]]]
) -> dict[str, Any] | None:
    """What the hub that runs answers; None where none does, or where it does not learn."""
    running = beside.running_hub(paths)
    if running is None:
        return None
    try:
        return await ask(running)
    except UnavailableError:
        return None


@asynccontextmanager
async def _kept(paths: HomePaths) -> "AsyncIterator[tuple[Examples, KeptHeads]]":
    """What is kept in a home where no hub learns."""
    from hub.core.settings_file import load_settings
    from hub.learning.examples import Examples
    from hub.learning.federated.kept_heads import KeptHeads
    from hub.learning.sealing import Seal
    from hub.store.database import Database

    database = await Database.open(load_settings(paths.settings).settings.store.url or paths.database)
    try:
        seal = Seal(paths.root)
        yield Examples(database, seal), KeptHeads(database, seal)
    finally:
        await database.close()


@learn.command()
@click.argument("kind", default="gesture")
@home_option
@json_option
def round(kind: str, config: str | None, as_json: bool) -> None:  # noqa: A001 -- the command's name
    """Have the home's hubs learn KIND together now. The hub that runs does it."""
    with chosen_home(config) as paths:
        running = beside.running_hub(paths)
        if running is None:
            # A round needs this hub's connections to the others, which only a running hub has.
            raise UnavailableError("no hub runs over this home, and a round needs one", remedy="start `hearth run`")
        report = asyncio.run(beside.post(running, "api/v1/learning/round", {"kind": kind}))
    emit(report) if as_json else click.echo(_readable_round(report))


def _readable_round(report: dict[str, Any]) -> str:
    members = report["members"]
    with_whom = f", {len(report['counted'])} of {len(members)} hubs counted" if members else ""
    lines = [f"round {report['round']} of {report['kind']}: {report['outcome']}{with_whom}"]
    if report["reason"]:
        lines.append(report["reason"])
    lines.append(f"of {report['held']} held-out examples {report['right_before']} were right, now {report['right']}")
    return "\n".join(lines)


@learn.command()
@click.option("--homes", type=click.IntRange(3, 64), default=8, show_default=True, help="How many learn together.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder of the UCI occupancy recordings; without it, drawn hands.",
)
@click.option("--scenario", "scenarios", multiple=True, help="Only these; several times for several.")
@click.option("--rounds", type=click.IntRange(1, 1000), help="How many rounds.  [default: 25]")
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same lines.")
@json_option
def simulate(
    homes: int, data: Path | None, scenarios: tuple[str, ...], rounds: int | None, seed: int, as_json: bool
) -> None:
    """What learning together is worth: in one place, alone, in rounds, with uneven homes and with a hostile one."""
    import msgspec

    from hub.learning.federated.simulate import SCENARIOS
    from hub.learning.federated.simulated_tasks import hands_task, office_task

    unknown = set(scenarios) - set(SCENARIOS)
    if unknown:
        raise click.BadParameter(f"choose of {', '.join(SCENARIOS)}", param_hint="--scenario")
    task = office_task(data, homes, seed) if data is not None else hands_task(homes, seed)
    if rounds is not None:
        task = msgspec.structs.replace(task, rounds=rounds)
    _show(task, scenarios or SCENARIOS, seed, as_json)


def _show(task: "Task", scenarios: tuple[str, ...], seed: int, as_json: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from hub.learning.federated.simulate import simulate as lines_of

    columns = (TextColumn("{task.description:<8}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=as_json) as bar:
        shown = bar.add_task("")

        def step(name: str, done: int, of: int) -> None:
            bar.update(shown, description=name, completed=done, total=of)

        if not as_json:
            click.echo(f"{'scenario':<10} {'accuracy':>9} {'rounds':>7} {'bytes':>12}")
        for line in lines_of(task, scenarios, seed, step):
            emit(line) if as_json else click.echo(_readable(line))


def _readable(line: "Line") -> str:
    text = f"{line.scenario:<10} {line.accuracy:>9.3f} {line.rounds:>7} {line.bytes:>12,}"
    return text if line.without_gate is None else f"{text}   without a gate {line.without_gate:.3f}"

"""`hearth bench NAME`: figures beside a named peer."""

from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

import click

from hub.bench.measure import Measure
from hub.bench.names import BENCHES, QUICK, WITH_TIMES, run
from hub.cli.output import emit, failure, json_option, log_to_stderr
from hub.core.paths import HomePaths

if TYPE_CHECKING:
    from hub.app import Hub


@click.command()
@click.argument("name", type=click.Choice([*BENCHES, "all"]))
@click.option(
    "--times",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"How often; only of {', '.join(f'{name} ({times} unless told)' for name, times in WITH_TIMES.items())}.",
)
@json_option
def bench(name: str, times: int | None, as_json: bool) -> int:
    """Measure NAME and print a line a measure; `all` runs the ones that need no recordings.

    Exits with 1 when a target was missed.
    """
    log_to_stderr()
    missed: list[str] = []
    for each in QUICK if name == "all" else (name,):
        for line in run(each, _listening, times):
            if line.ok is False:
                missed.append(line.measure)
            emit(line) if as_json else click.echo(_readable(line))
    return failure(f"target missed: {'; '.join(missed)}") if missed else 0


def _listening(paths: HomePaths) -> "AbstractAsyncContextManager[Hub]":
    from hub.app import Parts, running_hub

    return running_hub(paths, Parts.VOICE)


def _readable(line: Measure) -> str:
    verdict = {True: "ok", False: "MISSED", None: ""}[line.ok]
    text = f"{line.bench:<8} {line.measure:<52} {_figure(line.ours)} {line.unit}"
    if line.peer is not None:
        text += f"   {line.peer_name}: {_figure(line.peer)}"
    if line.ratio is not None:
        text += f"   x{line.ratio:.2f}"
    if line.target is not None:
        text += f"   target {_figure(line.target)}"
    return f"{text}   {verdict}"


def _figure(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"

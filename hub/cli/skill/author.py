"""What the author of a skill does: write one, check it, test it, pack it."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from string import Template
from typing import Final

import click

import hub.sdk
from hub.cli.output import emit, failure, json_option
from hub.core.errors import PackageError, PluginError, UsageError
from hub.core.paths import default_home

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FILES: Final = {
    "skill.toml": "skill.toml.txt",
    "skill.py": "skill.py.txt",
    "locale/en.yaml": "en.yaml.txt",
    "tests/test_{id}.py": "test_skill.py.txt",
}
_FOLDER = click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
_NO_TESTS: Final = 5  # of pytest: none were collected


def agreed(question: str) -> bool:
    """Whether the person says yes; nobody being there is a no."""
    try:
        return click.confirm(question, err=True)
    except click.Abort:
        if sys.stdin.isatty():
            raise
        click.echo(err=True)
        return False


@click.command()
@click.argument("name")
@click.option(
    "--into", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where; here, if not said."
)
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
def new(name: str, into: Path, yes: bool, as_json: bool) -> int:
    """Write a working skill into the folder NAME, with a test that passes."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"a skill cannot be named {name[:80]!r}", remedy="small letters, digits and _, a letter first")
    folder = into / name
    if folder.exists():
        raise UsageError(f"{folder} is there already", remedy="choose another name")
    if not yes and not agreed(f"Write a skill into {folder}?"):
        return failure("nothing was written")
    words = name.replace("_", " ")
    values = {"id": name, "words": words, "name": words[:1].upper() + words[1:]}
    template = Path(hub.sdk.__file__).parent / "skill_template"
    for file, source in _FILES.items():
        path = folder / file.format(id=name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(Template((template / source).read_text("utf-8")).substitute(values), "utf-8")
        if as_json:
            emit({"event": "written", "file": str(path)})
        else:
            click.echo(f"wrote {path}")
    return 0


@click.command()
@_FOLDER
@json_option
def check(folder: Path, as_json: bool) -> int:
    """Check the skill in FOLDER: its manifest, its sentences, its code, and whether they fit each other."""
    from hub.cli.skill.review import review

    problems = review(folder)
    for one in problems:
        if as_json:
            emit(one)
        else:
            remedy = f" ({one.remedy})" if one.remedy else ""
            click.echo(f"{'✗' if one.serious else '-'} {one.place}: {one.problem}{remedy}")
    serious = sum(one.serious for one in problems)
    if serious:
        return failure(f"{folder}: {serious} thing{'s' if serious > 1 else ''} to mend")
    if as_json:
        emit({"event": "checked", "folder": str(folder), "ok": True})
    else:
        click.echo(f"{folder} is sound")
    return 0


@click.command()
@_FOLDER
@json_option
def test(folder: Path, as_json: bool) -> int:
    """Run the tests of the skill in FOLDER, as its author: its code runs uncaged."""
    if not (folder / "skill.toml").is_file():
        raise PluginError("there is no skill.toml", place=str(folder), remedy="`hearth skill new` writes one")
    if importlib.util.find_spec("pytest") is None:
        raise PluginError("pytest is not installed", remedy=f"{sys.executable} -m pip install pytest")
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", str(folder)),
        *("-p", "hub.cli.skill.pytest_plugin", "-p", "no:asyncio", "-p", "no:cacheprovider", "--import-mode=importlib"),
        str(folder),
    ]
    ran = subprocess.run(  # noqa: S603 -- this interpreter, and pytest
        command,
        check=False,
        stdout=subprocess.PIPE if as_json else None,
        text=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    if as_json:
        counts = {word: int(n) for n, word in re.findall(r"(\d+) (passed|failed|error)", ran.stdout.splitlines()[-1])}
        ended = {word: counts.get(word, 0) for word in ("passed", "failed", "error")}
        emit({"event": "tested", "folder": str(folder), **ended, "ok": ran.returncode == 0})
    if ran.returncode == _NO_TESTS:
        return failure(f"{folder} has no tests")
    return failure(f"{folder}: not all tests passed") if ran.returncode else 0


@click.command()
@_FOLDER
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="Where the package goes.")
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), help="Your key; made on first use.")
@json_option
def pack(folder: Path, to: Path, key: Path | None, as_json: bool) -> int:
    """Pack the skill in FOLDER into NAME-VERSION.hearthskill, signed with your key."""
    from hub.plugins.packages.author_key import AuthorKey, fingerprint
    from hub.plugins.packages.package import pack as packed

    author = AuthorKey.at(key or default_home() / "author.key")
    name, content = packed(folder, author)
    path = to / name
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PackageError(f"it cannot be written: {error}", place=str(path), remedy="choose another --to") from error
    if as_json:
        emit({"event": "packed", "file": str(path), "bytes": len(content), "signer": fingerprint(author.signer)})
    else:
        click.echo(f"{path}, signed by {fingerprint(author.signer)}")
    return 0

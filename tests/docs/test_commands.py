"""Every command in the docs is run, every file in them is written, and what they show comes out."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.docs.markdown import PAGES, Block, blocks, name_of
from tests.docs.reader import NOT_HERE, Ran, reader

SHELL = [page for page in PAGES if any(b.language == "sh" for b in blocks(page))]
ALL_COMMANDS = [command for page in SHELL for b in blocks(page) if b.language == "sh" for command in b.commands()]


@pytest.mark.parametrize("page", SHELL, ids=name_of)
@pytest.mark.timeout(300)
def test_what_a_page_says_works(page: Path, tmp_path: Path) -> None:
    with reader(tmp_path) as one:
        ran: list[Ran] = []
        for block in blocks(page):
            if block.file:
                one.write(block)
            elif block.language == "sh":
                typed = [one.type(command) for command in block.commands()]
                ran = [r for r in typed if r is not None]
            elif block.language in ("text", "json") and ran:
                shown = _same_shape if block.language == "json" else _same_text
                shown(block, "\n".join(r.output for r in ran))
        left_out = one.left_out
    if left_out:
        pytest.skip(f"all but: {'; '.join(left_out)}")


def test_what_is_not_run_is_still_in_the_docs() -> None:
    assert [b for b in NOT_HERE if not any(command.startswith(b) for command in ALL_COMMANDS)] == []


def _same_text(block: Block, output: str) -> None:
    """Each line that the page shows is in the output; figures may differ, and a line "..." stands for anything."""
    told = {_plain(line) for line in output.splitlines()}
    missing = [line for line in block.text.splitlines() if line.strip() not in ("", "...") and _plain(line) not in told]
    assert not missing, f"{block.place}: not in the output: {missing}\n{output}"


def _plain(line: str) -> str:
    return re.sub(r"\d+([.:]\d+)*", "#", " ".join(line.split()))


def _same_shape(block: Block, output: str) -> None:
    """Each object that the page shows came out, with the same fields; the values may differ."""
    told = [_shape(line) for line in _objects(output)]
    for line in _objects(block.text):
        assert _shape(line) in told, f"{block.place}: not in the output: {line}\n{output}"


def _objects(text: str) -> list[Any]:
    try:
        return [json.loads(text)]
    except json.JSONDecodeError:
        return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def _shape(line: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    return str(line.get("event")), tuple(sorted(line))

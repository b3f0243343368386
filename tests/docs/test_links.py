"""No link leads nowhere."""

import ast
import re
from pathlib import Path

import pytest

from tests.docs.markdown import PAGES, ROOT, anchors, links, name_of

OUTSIDE = ("http://", "https://", "mailto:")
CODE = [p for name in ("hub", "skills", "devices", "config") for p in (ROOT / name).rglob("*.py")]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    wrong = []
    for link in links(page):
        if link.startswith(OUTSIDE):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page not in PAGES:
            continue
        seen.add(page)
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            waiting += sorted(target.glob("*.md")) if target.is_dir() else [target]
    assert [name_of(page) for page in PAGES if page not in seen] == []


def test_pages_that_the_code_names_are_there() -> None:
    named = {
        page
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for page in re.findall(r"\bdocs/[\w/.-]+\.md\b", node.value)
    }
    assert "docs/settings.md" in named
    assert [page for page in sorted(named) if not (ROOT / page).is_file()] == []

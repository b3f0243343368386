"""A page as its reader sees it: fenced blocks, headings and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = tuple(sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))))
_FENCE = re.compile(r"^(\s*)(`{3,})(\w*)\s*$")
_LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_NAMED = re.compile(r"`([^`]+)`:$")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the file that it is the content of ("`name`:" before it), its line."""

    page: Path
    line: int
    language: str
    text: str
    file: str = ""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def commands(self) -> Iterator[str]:
        """The lines of a shell block that do something, continuation lines joined."""
        for line in self.text.replace("\\\n", " ").splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield line.strip()


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def blocks(page: Path) -> list[Block]:
    found: list[Block] = []
    before, opened, lines = "", None, list[str]()
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        fence = _FENCE.match(line)
        if opened is None and fence:
            named = _NAMED.search(before)
            opened, lines = (number, len(fence[1]), fence[2], fence[3], named[1] if named else ""), []
        elif opened is not None and fence and fence[2] == opened[2] and not fence[3]:
            found.append(Block(page, opened[0], opened[3], "\n".join(lines) + "\n", opened[4]))
            opened, before = None, ""
        elif opened is not None:
            lines.append(line[opened[1] :])
        elif line.strip():
            before = line.strip()
    assert opened is None, f"{page}: a block that does not end"
    return found


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    kept, inside = [], False
    for line in page.read_text("utf-8").splitlines():
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def anchors(page: Path) -> set[str]:
    """What a link may point to: the headings, as code hosts write them."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def links(page: Path) -> list[str]:
    return [first or second for first, second in _LINK.findall(prose(page))]

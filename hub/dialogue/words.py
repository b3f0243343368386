"""Text as words: what was heard, what a name is made of and what a template says are all cut the same way."""

import re
import unicodedata
from typing import Final

MAX_TEXT: Final = 500
"""Characters of one utterance that are looked at; nobody says more in one breath."""
MAX_WORDS: Final = 60
MAX_NAME: Final = 80
"""A name longer than this is not one that people speak, and is left out of the grammar."""

_APOSTROPHES = str.maketrans(dict.fromkeys("\u2018\u2019\u00b4`", "'"))
_WORD = re.compile(r"\d+(?:[.,:]\d+)?|%|°|[^\W\d_]+(?:'[^\W\d_]+)*")


def words_of(text: str) -> list[str]:
    """The words of `text`, case-folded, without punctuation: `"What's 21.5°?"` is `what's 21.5 °`."""
    folded = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES).casefold()
    return _WORD.findall(folded)


def spoken(name: str) -> tuple[str, ...]:
    """The words of a name, empty when nobody could say it: nothing but emoji, or far too long."""
    return tuple(words_of(name)) if len(name) <= MAX_NAME else ()

"""Random sentences of a hassil grammar, by walking its expressions: the way a recogniser's grammar is made."""

from collections.abc import Mapping
from random import Random

from hassil.expression import (
    Alternative,
    Expression,
    Group,
    ListReference,
    Permutation,
    RuleReference,
    Sentence,
    TextChunk,
)
from hassil.intents import RangeSlotList, SlotList, TextSlotList
from hassil.numbers import get_rbnf_engine

UNSAYABLE = "\0"
"""Stands where a list has no values: such a sentence cannot be said."""


def sample(
    expression: Expression,
    lists: Mapping[str, SlotList],
    rules: Mapping[str, Sentence],
    random: Random,
    language: str = "en",
) -> str:
    """One sentence of `expression`."""

    def walk(part: Expression) -> str:
        if isinstance(part, TextChunk):
            return part.text
        if isinstance(part, RuleReference):
            return walk(rules[part.rule_name].expression)
        if isinstance(part, ListReference):
            return _value(part, lists, walk, random, language)
        if isinstance(part, Alternative):
            return walk(random.choice(part.items))
        assert isinstance(part, Group)
        items = list(part.items)
        if isinstance(part, Permutation):
            random.shuffle(items)
        return "".join(walk(item) for item in items)

    return " ".join(walk(expression).split())


def _value(part: ListReference, lists, walk, random: Random, language: str) -> str:  # type: ignore[no-untyped-def]
    inline = part.get_inline_range()
    values = RangeSlotList(part.list_name, *inline) if inline else lists[part.list_name]
    if isinstance(values, RangeSlotList):
        number = random.randrange(values.start, values.stop + 1, values.step)
        return str(number) if random.random() < 0.5 else str(get_rbnf_engine(language).format_number(number).text)
    assert isinstance(values, TextSlotList)
    return walk(random.choice(values.values).text_in) if values.values else UNSAYABLE

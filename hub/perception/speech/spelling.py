"""English letter-to-sound rules, for machines without a speech synthesiser.

A short set of the kind of Elovitz et al., "Letter-to-Sound Rules for Automatic Translation of English Text to
Phonetics" (1976): the longest spelling that fits, from left to right. Good enough for a recogniser, which hears the
consonants of an odd name and only needs to tell it from the home's other names.
"""

import re
from typing import Final

LETTERS: Final = {
    "a": "EY", "b": "B IY", "c": "S IY", "d": "D IY", "e": "IY", "f": "EH F", "g": "JH IY", "h": "EY CH", "i": "AY",
    "j": "JH EY", "k": "K EY", "l": "EH L", "m": "EH M", "n": "EH N", "o": "OW", "p": "P IY", "q": "K Y UW",
    "r": "AA R", "s": "EH S", "t": "T IY", "u": "Y UW", "v": "V IY", "w": "D AH B AH L Y UW", "x": "EH K S",
    "y": "W AY", "z": "Z IY",
}  # fmt: skip
"""The names of the letters."""

_RULES: Final = tuple(
    (re.compile(pattern), phones)
    for pattern, phones in (
        # whole endings
        (r"tion$", "SH AH N"), (r"sion$", "ZH AH N"), (r"ture$", "CH ER"), (r"ous$", "AH S"), (r"ing$", "IH NG"),
        (r"(?<=[^aeiouy])le$", "AH L"), (r"(?<=[td])ed$", "IH D"), (r"(?<=[pkfsxhc])ed$", "T"), (r"ed$", "D"),
        (r"(?<=[sxz])es$", "IH Z"), (r"(?<=[bcdfgklmnprtv])es$", "Z"), (r"'s$", "Z"), (r"(?<=[aeioulmnrvdgb])s$", "Z"),
        (r"(?<=[aeiouy])que$", "K"), (r"(?<=[a-z][a-z])e$", ""), (r"(?<=[a-z][^aeiou])y$", "IY"), (r"y$", "AY"),
        (r"(?<=[a-z])ey$", "IY"), (r"(?<=.)o$", "OW"), (r"(?<=.)a$", "AH"), (r"(?<=.)i$", "IY"),
        # pairs and triples of letters
        (r"sch", "SH"), (r"tch", "CH"), (r"ch(?=[rl])", "K"), (r"ch", "CH"), (r"sh", "SH"), (r"ph", "F"),
        (r"th", "TH"), (r"wh", "W"), (r"^kn", "N"), (r"^wr", "R"), (r"^ps", "S"), (r"mb$", "M"), (r"ck", "K"),
        (r"igh", "AY"), (r"eigh", "EY"), (r"ough", "AO"), (r"augh", "AO"), (r"gh(?=t)", ""), (r"gh", "G"),
        (r"ng(?=[kg])", "NG"), (r"ng$", "NG"), (r"nk", "NG K"), (r"qu", "K W"), (r"x(?=[aeiou])", "K S"), (r"^x", "Z"),
        (r"dge", "JH"), (r"sc(?=[eiy])", "S"), (r"c(?=[eiy])", "S"), (r"g(?=[ey])", "JH"),
        (r"([bcdfgklmnprstz])\1", ""), (r"air", "EH R"), (r"ear", "IH R"), (r"eer", "IH R"), (r"our", "AW R"),
        (r"oor", "AO R"), (r"ar", "AA R"), (r"or", "AO R"), (r"(?:er|ir|ur|yr)", "ER"),
        (r"ee", "IY"), (r"ea", "IY"), (r"ie", "IY"), (r"ei", "EY"), (r"ai", "EY"), (r"ay", "EY"), (r"au", "AO"),
        (r"aw", "AO"), (r"oa", "OW"), (r"oo", "UW"), (r"oi", "OY"), (r"oy", "OY"), (r"ou", "AW"),
        (r"ow(?=[nl]?$)", "OW"), (r"ow", "AW"), (r"ue", "UW"), (r"ui", "UW"), (r"eu", "Y UW"), (r"ew", "UW"),
        (r"al(?=[lk])", "AO"),
        # long vowels before one consonant and a silent e
        (r"a(?=[^aeiouywx]e\b)", "EY"), (r"e(?=[^aeiouywx]e\b)", "IY"), (r"i(?=[^aeiouywx]e\b)", "AY"),
        (r"o(?=[^aeiouywx]e\b)", "OW"), (r"u(?=[^aeiouywx]e\b)", "UW"),
        (r"^i(?=[^aeiou][aeiou])", "IY"), (r"o(?=[^aeiou][aeiou])", "OW"), (r"u(?=[^aeiou][aeiou])", "UW"),
        # letters
        (r"a", "AE"), (r"e", "EH"), (r"i", "IH"), (r"o", "AA"), (r"u", "AH"), (r"^y", "Y"), (r"y", "IH"),
        (r"b", "B"), (r"c", "K"), (r"d", "D"), (r"f", "F"), (r"g", "G"), (r"h", "HH"), (r"j", "JH"), (r"k", "K"),
        (r"l", "L"), (r"m", "M"), (r"n", "N"), (r"p", "P"), (r"q", "K"), (r"r", "R"), (r"s", "S"), (r"t", "T"),
        (r"v", "V"), (r"w", "W"), (r"x", "K S"), (r"z", "Z"),
    )
)  # fmt: skip


def by_spelling(word: str) -> str:
    """A word of small letters in ARPAbet phones; empty when it holds no letter."""
    phones: list[str] = []
    at = 0
    while at < len(word):
        for pattern, sound in _RULES:
            match = pattern.match(word, at)
            if match is not None and match.end() > at:
                doubled = match.re.groups and match[1]
                at += 1 if doubled else match.end() - at  # of a doubled letter the second one speaks
                phones.extend(sound.split())
                break
        else:
            at += 1
    return " ".join(phones)

"""`hearth bench coffee`: people's orders at a coffee machine (the public speech-to-intent benchmark), every slot right.

The grammar is a skill of its own made from the benchmark's labels (config/bench/coffee), over a home that has nothing
else. Clips are heard clean and with the kitchen's noise under them; `hub.bench.recordings` says how the level of the
noise is defined. Published: Rhino, Watson and Lex. PocketSphinx 5.1.1 over the benchmark's own grammar and mixing gets
89.8 % of orders right clean, 95.5 % at 24 dB and 92.1 % at 15 dB.
"""

import json
import sys
from typing import Final

import msgspec

from hub.bench.listener import Listener, Understanding, heard_by
from hub.bench.measure import Measure, compare
from hub.bench.recordings import Sound, mixed, padded, read, recordings
from hub.core.bundled import bundled
from hub.core.entities import HomeView
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.sentences import Sentences
from hub.sdk.locale import SkillWords, read_locale

SKILL: Final = "coffee"
REFERENCE: Final = "PocketSphinx 5.1.1, its own grammar and mixing (reference)"
RHINO: Final = "Picovoice Rhino (published)"
CLEAN: Final = 89.8
KITCHEN: Final[dict[int, tuple[float, str]]] = {24: (95.5, REFERENCE), 15: (92.1, REFERENCE), 6: (96.0, RHINO)}
"""dB over the kitchen's noise -> the reference, in percent, and whose it is."""


def listener() -> Listener:
    """What hears the orders."""
    language = load_language("en")
    bare = msgspec.structs.replace(language, sentences={})  # nobody answers yes to a coffee machine
    locale = read_locale(bundled("config") / "bench" / SKILL / "locale" / "en.yaml")
    sentences = Sentences(bare, [SkillWords(skill=SKILL, locales={"en": locale})])
    return Listener(Matcher(HomeGrammar(HomeView(), sentences)))


def orders() -> dict[str, dict[str, str]]:
    """Clip -> the slots that its label gives. Raises `UsageError` without the recordings."""
    labels = json.loads((recordings("voice", "coffee") / "labels.json").read_text("utf-8"))
    return {
        clip: {slot: value.strip() for slot, value in label["slots"].items()} for clip, label in sorted(labels.items())
    }


def right(wanted: dict[str, str], got: Understanding) -> bool:
    """Whether exactly the wanted slots were understood, and acted on."""
    slots = got.meant[0][1] if got.acted and len(got.meant) == 1 else ()
    return dict(slots) == wanted


def measure() -> list[Measure]:
    """The share of orders right in every slot, clean and in the kitchen; `UsageError` without the recordings."""
    wanted = orders()
    sounds = [read(recordings("voice", "coffee", clip)) for clip in wanted]
    kitchen = read(recordings("voice", "noise", "kitchen.wav"))
    found = [_condition("clean", [padded(s, 0.3, 0.3) for s in sounds], wanted, CLEAN, REFERENCE)]
    for snr_db, (reference, whose) in KITCHEN.items():
        noisy = [mixed(sound, kitchen, number, snr_db) for number, sound in enumerate(sounds)]
        found.append(_condition(f"kitchen {snr_db} dB", noisy, wanted, reference, whose))
    return found


def _condition(
    name: str, sounds: list[Sound], wanted: dict[str, dict[str, str]], reference: float, whose: str
) -> Measure:
    heard = heard_by(listener, sounds)
    good = 0
    for (clip, slots), got in zip(wanted.items(), heard, strict=True):
        good += right(slots, got)
        if not right(slots, got):
            sys.stderr.write(f"{name}: {clip}: {slots} heard as {got.text!r} ({got.confidence:.2f})\n")
    label = f"{len(sounds)} coffee orders right in every slot, {name}"
    target = reference if whose == REFERENCE else None
    return compare("coffee", label, 100 * good / len(sounds), "%", peer=reference, peer_name=whose, target=target)

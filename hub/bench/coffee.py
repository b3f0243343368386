"""`hearth bench coffee`: people's orders at a coffee machine (the public speech-to-intent benchmark), every slot right.

The grammar is a skill of its own made from the benchmark's labels (config/bench/coffee), over a home that has nothing
else. Clips are heard clean and with the kitchen's noise, mixed as the benchmark mixes: the ratio is that of the loudest
128 ms of the order to the loudest 128 ms of its piece of noise. Published: Rhino, Watson and Lex. PocketSphinx 5.1.1
over the benchmark's own grammar and mixing gets 89.8 % of orders right clean, 95.5 % at 24 dB and 92.1 % at 15 dB.

The benchmark's engines are given whole clips and refuse nothing, so ours are counted like that first: heard by a home
with `early_end = false`, right words whatever their confidence. Beside it stands what a hub as it comes would do: end
the turn at the first pause after a whole order, and not act on what it is not sure of.
"""

import functools
import json
import sys
from typing import Final

import msgspec
import numpy as np

from hub.bench.listener import Listener, Understanding, heard_by
from hub.bench.measure import Measure, compare
from hub.bench.recordings import Sound, padded, piece, read, recordings
from hub.core.bundled import bundled
from hub.core.entities import HomeView
from hub.core.settings import VoiceSettings
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
PATIENT: Final = VoiceSettings(early_end=False, silence_ms=1500)
_LOUDEST: Final = 2048  # samples


def listener(voice: VoiceSettings | None = None) -> Listener:
    """What hears the orders, in a home with these settings."""
    language = load_language("en")
    bare = msgspec.structs.replace(language, sentences={})  # nobody answers yes to a coffee machine
    locale = read_locale(bundled("config") / "bench" / SKILL / "locale" / "en.yaml")
    sentences = Sentences(bare, [SkillWords(skill=SKILL, locales={"en": locale})])
    return Listener(Matcher(HomeGrammar(HomeView(), sentences)), voice=voice)


def orders() -> dict[str, dict[str, str]]:
    """Clip -> the slots that its label gives. Raises `UsageError` without the recordings."""
    labels = json.loads((recordings("voice", "coffee") / "labels.json").read_text("utf-8"))
    return {
        clip: {slot: value.strip() for slot, value in label["slots"].items()} for clip, label in sorted(labels.items())
    }


def right(wanted: dict[str, str], got: Understanding) -> bool:
    """Whether exactly the wanted slots were understood."""
    return len(got.meant) == 1 and dict(got.meant[0][1]) == wanted


def in_kitchen(order: Sound, kitchen: Sound, number: int, snr_db: float) -> Sound:
    """The order with a piece of the noise under it, which its number chooses; half of full scale at its loudest."""
    under = piece(kitchen, number, len(order))
    speech = order.astype(np.float64)
    mixture = speech + under * np.sqrt(_loudest(speech) / _loudest(under) / 10 ** (snr_db / 10))
    loudest: Sound = (mixture * (16_384 / np.abs(mixture).max())).round().astype(np.int16)
    return loudest


def _loudest(sound: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    whole = sound[: len(sound) // _LOUDEST * _LOUDEST].reshape(-1, _LOUDEST)
    return max(float(np.square(whole).sum(axis=1).max()), 1.0)


def measure() -> list[Measure]:
    """The share of orders right in every slot, clean and in the kitchen; `UsageError` without the recordings."""
    wanted = orders()
    sounds = [read(recordings("voice", "coffee", clip)) for clip in wanted]
    kitchen = read(recordings("voice", "noise", "kitchen.wav"))
    found = _condition("clean", sounds, wanted, CLEAN, REFERENCE)
    for snr_db, (reference, whose) in KITCHEN.items():
        noisy = [in_kitchen(sound, kitchen, number, snr_db) for number, sound in enumerate(sounds)]
        found += _condition(f"kitchen {snr_db} dB", noisy, wanted, reference, whose)
    return found


def _condition(
    name: str, sounds: list[Sound], wanted: dict[str, dict[str, str]], reference: float, whose: str
) -> list[Measure]:
    whole = heard_by(functools.partial(listener, PATIENT), sounds)
    for (clip, slots), got in zip(wanted.items(), whole, strict=True):
        if not right(slots, got):
            sys.stderr.write(f"{name}: {clip}: {slots} heard as {got.text!r} ({got.confidence:.2f})\n")
    live = heard_by(listener, [padded(sound, 0.0, 1.0) for sound in sounds])
    label = f"{len(sounds)} coffee orders right in every slot, {name}"
    target = reference if whose == REFERENCE else None
    good = _share([right(slots, got) for slots, got in zip(wanted.values(), whole, strict=True)])
    acted = _share([got.acted and right(slots, got) for slots, got in zip(wanted.values(), live, strict=True)])
    wrong = _share([got.acted and not right(slots, got) for slots, got in zip(wanted.values(), live, strict=True)])
    return [
        compare("coffee", label, good, "%", peer=reference, peer_name=whose, target=target),
        compare("coffee", f"... and acted on by a hub as it comes, {name}", acted, "%"),
        compare("coffee", f"... and a wrong order made, {name}", wrong, "%"),
    ]


def _share(what: list[bool]) -> float:
    return 100 * sum(what) / len(what)

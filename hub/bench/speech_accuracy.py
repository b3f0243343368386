"""`hearth bench speech-accuracy`: home commands of people and of synthesisers, and speech that is no command.

The home is config/bench/speech_home.toml, which has what the recorded sentences name; all bundled skills are there.
Right means the same intent, slots and entities as the sentence has when it is typed. Refused means that nothing would
be done. The reference is PocketSphinx 5.1.1 with a plain grammar (48 to 71 % of people's sentences) and with the
recipe that ours began with (28 of 31 people's, 68 of 73 synthesised, 4 % of foreign speech let through).
"""

import sys
from pathlib import Path
from typing import Final

from hub.bench.intent import bundled_words
from hub.bench.listener import Listener, heard_by
from hub.bench.measure import Measure, compare
from hub.bench.recordings import Sound, clips, padded, read, recordings
from hub.core.bundled import bundled
from hub.core.bus import Bus
from hub.core.settings_file import load_settings
from hub.core.states import StateTable
from hub.dialogue.home_grammar import HomeGrammar
from hub.dialogue.language import load_language
from hub.dialogue.matcher import Matcher
from hub.dialogue.sentences import Sentences
from hub.home.registry import Home

AREA: Final = "office"
FOREIGN: Final = "oov"
"""What the names of clips begin with that are no command."""
REFERENCE: Final = "PocketSphinx 5.1.1, the recipe (reference)"
SETS: Final = {"spoken": (93.0, 100 * 28 / 31), "generated": (97.0, 100 * 68 / 73)}
"""Set of commands -> target and reference, in percent."""
REFUSED: Final = 97.0
REFUSED_REFERENCE: Final = 96.0


def listener() -> Listener:
    """What hears the commands."""
    settings = load_settings(bundled("config") / "bench" / "speech_home.toml").settings
    bus = Bus()
    home = Home(settings, bus, StateTable(bus)).view()
    return Listener(Matcher(HomeGrammar(home, Sentences(load_language("en"), bundled_words()))), AREA)


def measure() -> list[Measure]:
    """All shares; `UsageError` without the recordings."""
    reader = listener()
    found = [_commands(reader, name, *figures) for name, figures in SETS.items()]
    return [*found, *_foreign()]


def _live(path: Path) -> Sound:
    """A clip in a stream that goes on after it."""
    return padded(read(path), 0.0, 1.0)


def _commands(reader: Listener, name: str, target: float, reference: float) -> Measure:
    paths = [p for p in clips(recordings("voice", "home", name)) if not p.stem.startswith(FOREIGN)]
    good = 0
    for path, got in zip(paths, heard_by(listener, [_live(p) for p in paths]), strict=True):
        wanted = reader.read(path.stem)
        if wanted and got.acted and got.meant == wanted:
            good += 1
        else:
            sys.stderr.write(f"{name}: {path.stem!r} heard as {got.text!r} ({got.confidence:.2f})\n")
    label = f"{len(paths)} home commands, {name}: intent and slots right"
    share = 100 * good / len(paths)
    return compare("speech", label, share, "%", peer=reference, peer_name=REFERENCE, target=target)


def _foreign() -> list[Measure]:
    sets: dict[str, list[Path]] = {
        "out of grammar": [p for p in clips(recordings("voice", "home", "spoken")) if p.stem.startswith(FOREIGN)],
        "negatives": clips(recordings("voice", "negative")),
        "coffee orders": clips(recordings("voice", "coffee")),
    }
    found: list[Measure] = []
    passed, total = 0, 0
    for name, paths in sets.items():
        let_through = 0
        for path, got in zip(paths, heard_by(listener, [_live(p) for p in paths]), strict=True):
            let_through += got.acted
            if got.acted:
                sys.stderr.write(f"{name}: {path.name} acted on as {got.text!r} ({got.confidence:.2f})\n")
        passed, total = passed + let_through, total + len(paths)
        found.append(compare("speech", f"{name} acted on, of {len(paths)}", let_through, "clips"))
    label = f"foreign speech refused, of {total}"
    share = 100 * (1 - passed / total)
    return [
        *found,
        compare("speech", label, share, "%", peer=REFUSED_REFERENCE, peer_name=REFERENCE, target=REFUSED),
    ]

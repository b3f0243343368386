# ruff: noqa: RUF001 - IPA letters look like others
"""What speech synthesisers of this machine know of pronunciation, asked as programs of their own."""

import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_TIMEOUT_S: Final = 10.0
_AT_ONCE: Final = 200

_FLITE: Final = {"ax": "AH", "axr": "ER", "hv": "HH", "dx": "T", "el": "AH L", "em": "AH M", "en": "AH N"}

_ESPEAK: Final = (
    ("tʃ", "CH"), ("dʒ", "JH"), ("aɪə", "AY AH"), ("aɪɚ", "AY ER"), ("aɪ", "AY"), ("aʊ", "AW"), ("eɪ", "EY"),
    ("oʊ", "OW"), ("əʊ", "OW"), ("ɔɪ", "OY"), ("oːɹ", "AO R"), ("ɔːɹ", "AO R"), ("ɑːɹ", "AA R"), ("ɛɹ", "EH R"),
    ("ɪɹ", "IH R"), ("ʊɹ", "UH R"), ("ɜː", "ER"), ("əl", "AH L"), ("iə", "IY AH"), ("iː", "IY"), ("uː", "UW"),
    ("ɑː", "AA"), ("ɔː", "AO"), ("oː", "AO"), ("aː", "AA"), ("ɐ", "AH"), ("ə", "AH"), ("ɚ", "ER"), ("ɝ", "ER"),
    ("æ", "AE"), ("a", "AE"), ("ɑ", "AA"), ("ʌ", "AH"), ("ɔ", "AO"), ("ɒ", "AA"), ("ɛ", "EH"), ("e", "EH"),
    ("ɪ", "IH"), ("ᵻ", "IH"), ("i", "IY"), ("ʊ", "UH"), ("u", "UW"), ("o", "OW"), ("ŋ", "NG"), ("ʃ", "SH"),
    ("ʒ", "ZH"), ("θ", "TH"), ("ð", "DH"), ("ɡ", "G"), ("g", "G"), ("ɹ", "R"), ("r", "R"), ("ɾ", "T"), ("x", "K"),
    ("ʔ", "T"), ("j", "Y"), ("h", "HH"), ("b", "B"), ("d", "D"), ("f", "F"), ("k", "K"), ("l", "L"), ("m", "M"),
    ("n", "N"), ("p", "P"), ("s", "S"), ("t", "T"), ("v", "V"), ("w", "W"), ("z", "Z"),
)  # fmt: skip
_IPA: Final = re.compile("|".join(ipa for ipa, _ in _ESPEAK))
_ARPABET: Final = dict(_ESPEAK)


def flite_phones(words: list[str]) -> dict[str, str]:
    """Word -> ARPAbet phones as flite says it; words that it would not say are left out, all if it is not installed."""
    return _in_batches("flite", words, lambda text: ["-ps", "-t", text, "-o", "none"], _read_flite)


def espeak_phones(words: list[str]) -> dict[str, str]:
    """Word -> ARPAbet phones as espeak-ng says it in American English; nothing if it is not installed."""
    return _in_batches("espeak-ng", words, lambda text: ["-q", "--ipa", "-v", "en-us", text], _read_espeak)


def _in_batches(
    program: str, words: list[str], arguments: Callable[[str], list[str]], read: Callable[[str], list[str]]
) -> dict[str, str]:
    found: dict[str, str] = {}
    path = shutil.which(program)
    for start in range(0, len(words) if path else 0, _AT_ONCE):
        batch = words[start : start + _AT_ONCE]
        said = read(_run([str(path), *arguments(", ".join(batch))]))
        if len(said) != len(batch):  # a word was read as two or none: ask one at a time
            said = [" ".join(read(_run([str(path), *arguments(word)]))) for word in batch]
        found.update({word: phones for word, phones in zip(batch, said, strict=True) if phones})
    return found


def _run(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False, text=True)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        log.warning("pronunciations could not be asked for", program=command[0], error=str(error))
        return ""
    return done.stdout if done.returncode == 0 else ""


def _read_flite(output: str) -> list[str]:
    """Phones between pauses: a word each, since the words were given with commas between them."""
    groups = [group.split() for group in re.split(r"\bpau\b", output)]
    return [" ".join(_FLITE.get(phone, phone.upper()) for phone in group) for group in groups if group]


def _read_espeak(output: str) -> list[str]:
    """A line a word; stress and length marks that the phones do not have are passed over."""
    lines = [line for line in output.splitlines() if line.strip()]
    return [" ".join(_ARPABET[ipa] for ipa in _IPA.findall(line)) for line in lines]

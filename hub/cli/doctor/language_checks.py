"""What `hearth doctor` says of the home's language: what speaks it, and whether it is understood when it is spoken."""

import shutil
from collections.abc import Iterator
from typing import Literal

from hub.cli.doctor.finding import Finding
from hub.cli.in_force import InForce
from hub.core.errors import ModelError, NotFoundError, UnheardError
from hub.core.settings import Settings


def voice(force: InForce) -> Iterator[Finding]:
    """What speaks replies."""
    wanted = force.settings.voice.tts
    language = force.settings.home.language
    found = [engine for engine in ("flite", "espeak-ng") if shutil.which(engine)]
    if wanted == "none" or wanted.startswith("wyoming://"):
        yield Finding(check="speech out", level="ok", detail=wanted)
    elif language != "en" and found == ["flite"] and wanted in ("auto", "flite"):
        detail = f"replies are shown, not spoken: flite speaks English only, and this home speaks {language!r}"
        yield Finding(check="speech out", level="absent", detail=detail, mend="on Debian: sudo apt install espeak-ng")
    elif found and wanted in ("auto", *found):
        yield Finding(check="speech out", level="ok", detail=_speaks(wanted, found, language))
    else:
        where = force.stands("voice.tts")
        why = f": {where} wants {wanted}, which is not installed" if where and wanted != "auto" else ""
        mend = "install one, on Debian: sudo apt install flite"
        if why:
            mend = f"install it, on Debian: sudo apt install {wanted}; or {force.instead('voice.tts', 'auto')}"
        yield Finding(check="speech out", level="absent", detail=f"replies are shown, not spoken{why}", mend=mend)


def _speaks(wanted: str, found: list[str], language: str) -> str:
    if wanted != "auto":
        return wanted
    return found[0] if language == "en" else found[-1]


def hearing(settings: Settings) -> Iterator[Finding]:
    """Whether a wake word, and what is said after it in the home's language, would be understood.

    Nothing where only a model's files are missing: the models say so themselves.
    """
    from hub.inference.store import ModelStore
    from hub.perception.ears.build import check_language, check_words

    models = ModelStore()
    try:
        check_words(settings, models)
        check_language(settings, models)
    except (NotFoundError, UnheardError) as error:
        level: Literal["absent", "broken"] = "absent" if isinstance(error, UnheardError) else "broken"
        detail = f"the hub hears nothing that is spoken: {error.message} ({error.place})"
        yield Finding(check="hearing", level=level, detail=detail, mend=error.remedy)
    except ModelError:
        return

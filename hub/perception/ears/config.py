"""What the ears' worker is told at its start: which model files, and how to listen."""

from msgspec import Struct, field

from hub.perception.turn import TurnSettings


class WakeWord(Struct, frozen=True, kw_only=True):
    """A wake word: its model file, how it is spoken, from which score (0 to 1) it counts, if it is verified."""

    engine: str  # openwakeword or microwakeword
    model: str
    phrase: str
    threshold: float = 0.5
    verify: bool = True


class EarsConfig(Struct, frozen=True, kw_only=True):
    """Paths of verified model files, and settings. Everything here is read by the worker alone."""

    mel: str
    embedding: str
    words: dict[str, WakeWord] = field(default_factory=dict)
    vad: str = ""
    acoustic_model: str = ""  # folder of the PocketSphinx model: speech by grammar, and second looks at wake words
    whisper: str = ""  # folder of a faster-whisper model; used instead where given
    language: str = "en"
    threads: int = 1
    provider: str = "cpu"  # of ONNX Runtime, or auto
    turn: TurnSettings = TurnSettings()

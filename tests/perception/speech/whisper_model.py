"""A Whisper model of one megabyte that "hears" one sentence in whatever it is given, made with CTranslate2's own spec.

All that it has is a chain: each piece of text leads to the next. So the words are known, while loading, tokens, prompt
and scores are the real ones. A piece cannot stand twice in the sentence.
"""

import itertools
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from ctranslate2.specs import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH = 64
END, START, PREVIOUS, NO_SPEECH, NO_TIMES = (
    "<|endoftext|>", "<|startoftranscript|>", "<|startofprev|>", "<|nocaptions|>", "<|notimestamps|>"
)  # fmt: skip
SPECIAL = (END, START, "<|translate|>", "<|transcribe|>", "<|startoflm|>", PREVIOUS, NO_SPEECH, NO_TIMES)
TIMES = [f"<|{n * 0.02:.2f}|>" for n in range(1501)]


def make_whisper(
    folder: Path, says: str, *, sureness: float = 2.0, silent: bool = False, words: Iterable[str] = ()
) -> Path:
    """Write the model that says `says`, each piece with about e^(8 * sureness) times any other's chance.

    `words` are what its alphabet has whole, beside those of the sentence. `silent`: it thinks that nobody speaks.
    """
    folder.mkdir(parents=True)
    said = [f"Ġ{word}" for word in says.split()]
    alphabet = _tokenizer([*said, *(f"Ġ{word}" for word in words)], folder)
    tokens = [*alphabet, *SPECIAL, *TIMES]
    spec = WhisperSpec(1, 1, 1, 1)
    _fill(spec, len(tokens))
    chain = [tokens.index(token) for token in (NO_TIMES, *said, END)]
    embeddings, projection = spec.decoder.embeddings.weight, spec.decoder.projection.weight
    for place, (token, following) in enumerate(itertools.pairwise(chain)):
        embeddings[token, place] = 1.0
        projection[following, place] = sureness
    embeddings[tokens.index(START), WIDTH - 1] = 1.0
    projection[tokens.index(NO_SPEECH), WIDTH - 1] = 4.0 if silent else -4.0
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [tokens.index("Ġ"), tokens.index(END)]
    spec.config.alignment_heads = [[0, 0]]
    spec.config.lang_ids = []
    spec.register_vocabulary(tokens)
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    return folder


def _tokenizer(whole: Iterable[str], folder: Path) -> list[str]:
    """Bytes, and the words that are to be one piece each."""
    vocabulary = dict.fromkeys(sorted(pre_tokenizers.ByteLevel.alphabet()))
    merges: dict[tuple[str, str], None] = {}
    for word in whole:
        for end in range(1, len(word)):
            merges[word[:end], word[end]] = None
            vocabulary[word[: end + 1]] = None
    made = Tokenizer(models.BPE(vocab={piece: n for n, piece in enumerate(vocabulary)}, merges=list(merges)))
    spaces, as_bytes = pre_tokenizers.Split(" ", "merged_with_next"), pre_tokenizers.ByteLevel(False, use_regex=False)
    made.pre_tokenizer = pre_tokenizers.Sequence([spaces, as_bytes])
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    made.save(str(folder / "tokenizer.json"))
    return list(vocabulary)


def _fill(spec: WhisperSpec, tokens: int) -> None:
    """Weights that let everything through as it is."""
    encoder, decoder = spec.encoder, spec.decoder
    _linear(encoder.conv1, WIDTH, 80, 3)
    _linear(encoder.conv2, WIDTH, WIDTH, 3)
    encoder.position_encodings.encodings = np.zeros((1500, WIDTH), np.float32)
    decoder.position_encodings.encodings = np.zeros((448, WIDTH), np.float32)
    decoder.embeddings.weight = np.zeros((tokens, WIDTH), np.float32)
    decoder.projection.weight = np.zeros((tokens, WIDTH), np.float32)
    attentions = [encoder.layer[0].self_attention, decoder.layer[0].self_attention, decoder.layer[0].attention]
    forwards = [encoder.layer[0].ffn, decoder.layer[0].ffn]
    for norm in (encoder, decoder, *attentions, *forwards):
        norm.layer_norm.gamma = np.ones(WIDTH, np.float32)
        norm.layer_norm.beta = np.zeros(WIDTH, np.float32)
    for attention in attentions:
        sizes = (3, 1) if len(attention.linear) == 2 else (1, 2, 1)
        for linear, size in zip(attention.linear, sizes, strict=True):
            _linear(linear, size * WIDTH, WIDTH)
    for forward in forwards:
        _linear(forward.linear_0, 4 * WIDTH, WIDTH)
        _linear(forward.linear_1, WIDTH, 4 * WIDTH)


def _linear(layer: object, *shape: int) -> None:
    layer.weight = np.zeros(shape, np.float32)  # type: ignore[attr-defined]
    layer.bias = np.zeros(shape[0], np.float32)  # type: ignore[attr-defined]

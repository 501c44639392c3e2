"""A package with a model as large as those of the Argos index, and random weights: to be measured, not to be read.

Transformer base: 6 + 6 layers of 512, 2,048 inside, 8 heads, 32,000 pieces, 60 million parameters, int8. Every output
has as many tokens as LENGTH says: from there on the position itself points at the end of the sentence, so nothing has
to be told to the program that runs it.
"""

import json
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec
from numpy.typing import NDArray

WIDTH: Final = 512
INSIDE: Final = 2_048
LAYERS: Final = 6
HEADS: Final = 8
PIECES: Final = 32_000
POSITIONS: Final = 600
LENGTH: Final = 15
END: Final = 0
"""The dimension that tells where a sentence ends; no layer writes to it."""
FAR: Final = 50.0
NEVER: Final = -1_000.0
LOUD: Final = 8.0
"""What is said depends on the position more than on what was said before: it does not go round in circles."""
SEED: Final = 20_260_101
_WORDS: Final = """
the printer on my desk does not print since this morning and I cannot log in to your shop with new password please help
me order invoice screen computer again thank you very much for answer restart it twice nothing
"""
WORDS: Final = _WORDS.split()
Weights = NDArray[np.float32]


def sentences(count: int, seed: int = SEED) -> list[str]:
    """Different ones, of fifteen pieces each."""
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS, 15)) for _ in range(count)]


def write(into: Path, source: str, target: str) -> Path:
    """The .argosmodel file; 61 MB of model."""
    name = f"translate-{source}_{target}-1_0"
    place = into / name
    (place / "model").mkdir(parents=True)
    tokens = _tokenizer(place / "sentencepiece.model")
    spec(tokens).save(str(place / "model"))
    told = {"package_version": "1.0", "argos_version": "1.9", "from_code": source, "from_name": source}
    (place / "metadata.json").write_text(json.dumps(told | {"to_code": target, "to_name": target}))
    file = into / f"{name}.argosmodel"
    with zipfile.ZipFile(file, "w") as archive:
        for one in sorted(place.rglob("*")):
            if one.is_file():
                archive.write(one, f"{name}/{one.relative_to(place)}")
    return file


def spec(tokens: list[str]) -> TransformerSpec:
    """The model, in 8 bits."""
    random = np.random.default_rng(SEED)
    made = TransformerSpec.from_config(LAYERS, HEADS, pre_norm=True)
    known = len(tokens)
    vocabulary = [*tokens, *(f"piece{number}" for number in range(PIECES - known))]
    embedding = _random(random, PIECES, WIDTH) * WIDTH**-0.5
    embedding[:, END] = 0
    embedding[tokens.index("</s>"), END] = 1
    positions = _random(random, POSITIONS, WIDTH)
    positions[:, END] = 0
    made.encoder.position_encodings.encodings = positions
    ending = LOUD * positions
    ending[:LENGTH, END], ending[LENGTH:, END] = -FAR, FAR
    made.decoder.position_encodings.encodings = ending
    made.decoder.scale_embeddings = False
    for half in (made.encoder, made.decoder):
        _norm(half.layer_norm)
        for layer in half.layer:
            _attention(random, layer.self_attention, (3, 1))
            if half is made.decoder:
                _attention(random, layer.attention, (1, 2, 1))
            _norm(layer.ffn.layer_norm)
            _linear(layer.ffn.linear_0, _random(random, INSIDE, WIDTH) * WIDTH**-0.5)
            _linear(layer.ffn.linear_1, _silent(_random(random, WIDTH, INSIDE) * INSIDE**-0.5))
    made.encoder.embeddings[0].weight = made.decoder.embeddings.weight = embedding
    made.decoder.projection.weight = embedding
    made.decoder.projection.bias = np.where(np.arange(PIECES) < known, 0, NEVER).astype(np.float32)
    made.decoder.projection.bias[[tokens.index("<unk>"), tokens.index("<s>")]] = NEVER
    made.register_source_vocabulary(vocabulary)
    made.register_target_vocabulary(vocabulary)
    made.validate()
    made.optimize("int8")
    return made


def _tokenizer(path: Path) -> list[str]:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(WORDS)] * 100),
        model_prefix=str(path.with_suffix("")),
        model_type="word",
        vocab_size=len(set(WORDS)) + 3,
        minloglevel=2,
    )
    path.with_suffix(".vocab").unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def _attention(random: np.random.Generator, attention: Any, rows: tuple[int, ...]) -> None:
    _norm(attention.layer_norm)
    for place, (layer, times) in enumerate(zip(attention.linear, rows, strict=True)):
        weight = _random(random, times * WIDTH, WIDTH) * WIDTH**-0.5
        _linear(layer, _silent(weight) if place == len(rows) - 1 else weight)


def _silent(weight: Weights) -> Weights:
    weight[END, :] = 0
    return weight


def _norm(layer: Any) -> None:
    layer.gamma = np.ones(WIDTH, dtype=np.float32)
    layer.beta = np.zeros(WIDTH, dtype=np.float32)


def _linear(layer: Any, weight: Weights) -> None:
    layer.weight = weight
    layer.bias = np.zeros(len(weight), dtype=np.float32)


def _random(random: np.random.Generator, *shape: int) -> Weights:
    return random.standard_normal(shape, dtype=np.float32)

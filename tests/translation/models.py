"""Packages with real models that need no training: their weights are written down.

They shift the small letters of a text by some places and copy everything else, one character after the other, so that a
test knows what has to come out: "hello X1" by one is "ifmmp X1". The decoder looks at the source's character at its own
position (each position is a dimension), and writes the other one.
"""

import json
import string
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec
from numpy.typing import NDArray

SIGNS: Final = string.ascii_letters + string.digits + "éèàùç.,;:!?'\"()-/&"
POSITIONS: Final = 520
SHARP: Final = 10.0
Weights = NDArray[np.float32]


def package(
    into: Path,
    source: str,
    target: str,
    shift: int = 1,
    *,
    version: str = "1.0",
    layers: int = 1,
    loops: bool = False,
    **metadata: Any,
) -> Path:
    """An .argosmodel file. ``layers``: of the decoder, all but one for nothing, to be slow. ``loops``: says the first
    character for ever."""
    name = f"translate-{source}_{target}-{version.replace('.', '_')}"
    place = into / f"{name}-{shift}-{layers}"
    place.mkdir(parents=True)
    write_tokenizer(place / "sentencepiece.model")
    tokens = vocabulary(place / "sentencepiece.model")
    (place / "model").mkdir()
    spec(tokens, shift, layers, loops).save(str(place / "model"))
    told = {"package_version": version, "argos_version": "1.9", "from_code": source, "from_name": source.upper()}
    told |= {"to_code": target, "to_name": target.upper(), "type": "translate", **metadata}
    (place / "metadata.json").write_text(json.dumps(told))
    file = into / f"{name}.argosmodel"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for one in sorted(place.rglob("*")):
            if one.is_file():
                archive.write(one, f"{name}/{one.relative_to(place)}")
    return file


def shifted(text: str, shift: int) -> str:
    """What the model makes of a text."""
    small = string.ascii_lowercase
    return text.translate(str.maketrans(small, small[shift % 26 :] + small[: shift % 26]))


def write_tokenizer(path: Path) -> None:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([" ".join(SIGNS)] * 2),
        model_prefix=str(path.with_suffix("")),
        model_type="char",
        vocab_size=len(SIGNS) + 4,
        character_coverage=1.0,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        minloglevel=2,
    )
    path.with_suffix(".vocab").unlink()


def vocabulary(path: Path) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_file=str(path))
    return [processor.id_to_piece(number) for number in range(processor.get_piece_size())]


def spec(tokens: list[str], shift: int, layers: int, loops: bool) -> TransformerSpec:
    """The model. Dimensions: one for each token, then one for each position."""
    words, width = len(tokens), len(tokens) + POSITIONS
    made = TransformerSpec.from_config((1, layers), 1, pre_norm=True)
    embedding = np.eye(words, width, dtype=np.float32)
    positions = np.eye(POSITIONS, width, words, dtype=np.float32)
    for half in (made.encoder, made.decoder):
        half.scale_embeddings = False
        half.position_encodings.encodings = positions
        norm(half.layer_norm, width)
        for layer in half.layer:
            silent_attention(layer.self_attention, width)
            silent_ffn(layer.ffn, width)
    made.encoder.embeddings[0].weight = embedding
    made.decoder.embeddings.weight = embedding
    made.decoder.projection.weight = embedding
    made.decoder.projection.bias = np.zeros(words, dtype=np.float32)
    for layer in made.decoder.layer[1:]:
        silent_attention(layer.attention, width)
    look(made.decoder.layer[0].attention, tokens, shift, loops)
    made.register_source_vocabulary(tokens)
    made.register_target_vocabulary(tokens)
    made.config.add_source_eos = True
    made.validate()
    made.optimize("int8")
    return made


def look(attention: Any, tokens: list[str], shift: int, loops: bool) -> None:
    """At the same position (or the first), and write the shifted token of what is there."""
    words, width = len(tokens), len(tokens) + POSITIONS
    here = np.zeros((width, width), dtype=np.float32)
    here[words:, words:] = SHARP * np.eye(POSITIONS, dtype=np.float32)
    query = here.copy()
    if loops:
        query[words:, :] = 0
        query[words, words:] = SHARP
    value = np.eye(width, dtype=np.float32)
    out = np.zeros((width, width), dtype=np.float32)
    for number, token in enumerate(tokens):
        out[tokens.index(shifted(token, shift)) if len(token) == 1 else number, number] = SHARP
    norm(attention.layer_norm, width)
    linear(attention.linear[0], query)
    linear(attention.linear[1], np.concatenate([here, value]))
    linear(attention.linear[2], out)


def silent_attention(attention: Any, width: int) -> None:
    norm(attention.layer_norm, width)
    for one, rows in zip(attention.linear, (3, 1) if len(attention.linear) == 2 else (1, 2, 1), strict=True):
        linear(one, np.zeros((rows * width, width), dtype=np.float32))


def silent_ffn(ffn: Any, width: int) -> None:
    norm(ffn.layer_norm, width)
    linear(ffn.linear_0, np.zeros((width, width), dtype=np.float32))
    linear(ffn.linear_1, np.zeros((width, width), dtype=np.float32))


def norm(layer: Any, width: int) -> None:
    layer.gamma = np.ones(width, dtype=np.float32)
    layer.beta = np.zeros(width, dtype=np.float32)


def linear(layer: Any, weight: Weights) -> None:
    layer.weight = weight
    layer.bias = np.zeros(len(weight), dtype=np.float32)

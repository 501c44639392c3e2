"""Packs what ``train.py`` left: ``python -m phrasebook.pack EN_FR FR_EN``, two of its directories.

Writes the packages and ``MANIFEST.json`` into ``server/translation/phrasebook``. The same input gives the same bytes.
"""

import argparse
import hashlib
import json
import platform
import tempfile
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import sentencepiece
import torch
from ctranslate2.specs import common_spec, transformer_spec

from phrasebook import sources
from phrasebook.model import Shape, Weights

TARGET: Final = Path(__file__).parents[2] / "server" / "translation" / "phrasebook"
VERSION: Final = "1.0"
MOST_BYTES: Final = 800_000
MIN_SCORE: Final = -0.3
"""Mean log-probability of a token; README.md says what it is for."""
NAMES: Final = {"en": "English", "fr": "French"}
MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The time of each file in the archive: the earliest that a zip can say."""
TOOLS: Final = ("torch", "ctranslate2", "sentencepiece", "numpy")

README: Final = """\
# Demo phrasebook, {source} to {target}

A very small model that knows ordinary sentences of a help desk, and not much else. Made by the Deskwire project from
sentences of its own (scripts/phrasebook in its repository); no other texts were used. Apache License 2.0.
"""


def converted(shape: Shape, weights: Weights, pieces: Any) -> transformer_spec.TransformerSpec:
    """The network in CTranslate2's terms, with weights of eight bits."""
    spec = transformer_spec.TransformerSpec.from_config(
        (shape.encoder, shape.decoder), shape.heads, pre_norm=True, activation=common_spec.Activation.RELU
    )
    for name, weight in weights.items():
        if name != "embeddings":
            _set(spec, name, weight)
    spec.encoder.embeddings[0].weight = weights["embeddings"].numpy()
    spec.decoder.embeddings.weight = weights["embeddings"].numpy()
    spec.decoder.projection.weight = weights["embeddings"].numpy()
    spec.config.add_source_eos = True
    vocabulary = [pieces.id_to_piece(number) for number in range(pieces.get_piece_size())]
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _set(spec: Any, name: str, weight: torch.Tensor) -> None:
    """``encoder/layer_0/ffn/linear_0/weight``: a number at the end may be a place in a list."""
    *way, last = name.split("/")
    for step in way:
        kind, _, number = step.rpartition("_")
        spec = getattr(spec, step) if hasattr(spec, step) else getattr(spec, kind)[int(number)]
    setattr(spec, last, weight.numpy())


def pack(trained: Path) -> tuple[str, bytes, dict[str, Any]]:
    """Name, bytes and figures of a package."""
    figures = json.loads((trained / "figures.json").read_text())
    source, target = figures["from"], figures["to"]
    spelling = (trained / "sentencepiece.model").read_bytes()
    pieces = sentencepiece.SentencePieceProcessor(model_proto=spelling)
    spec = converted(Shape(**figures["shape"]), torch.load(trained / "weights.pt"), pieces)
    metadata = {
        "package_version": VERSION,
        "argos_version": "1.9",
        "type": "translate",
        "code": f"translate-{source}_{target}",
        "from_code": source,
        "from_name": NAMES[source],
        "to_code": target,
        "to_name": NAMES[target],
        "license": "Apache-2.0",
        "all_stand_ins": True,
        "min_score": MIN_SCORE,
        "known_words": (trained / "known-words.txt").read_text("utf-8").split(),
    }
    name = f"translate-{source}_{target}-{VERSION.replace('.', '_')}"
    with tempfile.TemporaryDirectory() as directory:
        spec.save(directory)
        files = {f"model/{file.name}": file.read_bytes() for file in Path(directory).iterdir()}
    files["sentencepiece.model"] = spelling
    files["metadata.json"] = (json.dumps(metadata, ensure_ascii=False) + "\n").encode()
    files["README.md"] = README.format(source=NAMES[source], target=NAMES[target]).encode()
    return f"{name}.argosmodel", _zipped(name, files), figures


def _zipped(top: str, files: dict[str, bytes]) -> bytes:
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
            for name, content in sorted(files.items()):
                entry = zipfile.ZipInfo(f"{top}/{name}", MADE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                archive.writestr(entry, content)
        file.seek(0)
        return file.read()


def main() -> None:
    """Both directions, and the manifest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trained", type=Path, nargs=2)
    packages = []
    for trained in parser.parse_args().trained:
        name, content, figures = pack(trained)
        if len(content) > MOST_BYTES:
            raise SystemExit(f"{name} has {len(content):,} bytes; {MOST_BYTES:,} are the most")
        (TARGET / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        packages.append({"file": name, "version": VERSION, "bytes": len(content), "sha256": digest, **figures})
        print(f"{name}: {len(content):,} bytes")
    tools = {"python": platform.python_version(), **{name: version(name) for name in TOOLS}}
    manifest = {"made_with": tools, "sources_sha256": sources.sha256(), "packages": packages}
    (TARGET / "MANIFEST.json").write_text(json.dumps(manifest, indent=2) + "\n")


if __name__ == "__main__":
    main()

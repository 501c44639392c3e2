"""Trains one direction: ``python -m phrasebook.train en --out DIRECTORY``; ``scripts/train-phrasebook`` calls it.

Leaves ``sentencepiece.model``, ``weights.pt``, ``known-words.txt``, ``held-out.tsv`` and ``figures.json`` in the
directory.
"""

import argparse
import hashlib
import io
import json
import math
import random
import re
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sentencepiece
import torch

from phrasebook import corpus, model
from phrasebook.grammar import Lang, Pair, order

SEED: Final = 20
PIECES: Final = 1550
STEPS: Final = 5000
BATCH: Final = 96
HELD_OUT: Final = 1000
RATE: Final = 8e-3
WARM_UP: Final = 150
SMOOTHING: Final = 0.05
AVERAGED: Final = 0.998
"""The weights that are kept are a moving average: that of about the last 500 steps."""
PLACEHOLDERS: Final = [f"X{number}" for number in range(1, 10)]
WORD: Final = re.compile(r"[^\W\d_]+")
KNOWN: Final = 10
"""A word that was practised less often is not known."""


def pieces_of(pairs: list[Pair]) -> bytes:
    """A vocabulary of both languages; curly apostrophes and unbreakable blanks are read as plain ones."""
    file = io.BytesIO()
    lines = {line for pair in pairs[:60_000] for line in pair}
    rules = Path(__file__).parent / "reading.tsv"
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(sorted(lines)),
        model_writer=file,
        model_type="unigram",
        vocab_size=PIECES,
        character_coverage=1.0,
        normalization_rule_tsv=str(rules),
        user_defined_symbols=PLACEHOLDERS,
        pad_id=model.PAD,
        bos_id=model.BEGIN,
        eos_id=model.END,
        unk_id=3,
        num_threads=1,
        minloglevel=2,
    )
    return file.getvalue()


def known_words(pairs: list[Pair]) -> list[str]:
    """What the model may be asked for; all other words travel as placeholders."""
    seen = Counter(word for pair in pairs for word in WORD.findall(pair.source.lower()))
    return sorted(word for word, times in seen.items() if times >= KNOWN)


def batches(pairs: list[Pair], pieces: Any, rng: random.Random) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Batches of sentences of like length; words are cut into pieces in ways that vary."""
    chunk = BATCH * 50
    for start in range(0, len(pairs), chunk):
        rows = [
            (
                pieces.encode(one.source, enable_sampling=rng.random() < 0.3, alpha=0.2, nbest_size=-1),
                pieces.encode(one.target),
            )
            for one in pairs[start : start + chunk]
        ]
        rows.sort(key=lambda row: (len(row[0]) + len(row[1]), len(row[0])))
        starts = list(range(0, len(rows), BATCH))
        rng.shuffle(starts)
        for first in starts:
            batch = rows[first : first + BATCH]
            yield (
                padded([[*source, model.END] for source, _ in batch]),
                padded([[model.BEGIN, *target, model.END] for _, target in batch]),
            )


def padded(rows: list[list[int]]) -> torch.Tensor:
    """One tensor of rows of different length."""
    longest = max(map(len, rows))
    return torch.tensor([row + [model.PAD] * (longest - len(row)) for row in rows])


def pace(step: int, steps: int) -> float:
    """The share of the learning rate at a step: up in a line, down in a cosine."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (steps - WARM_UP)))


def train(pairs: list[Pair], pieces: Any, steps: int) -> tuple[model.Shape, model.Weights]:
    """The averaged weights after so many steps."""
    shape = model.Shape(vocabulary=pieces.get_piece_size())
    weights = model.fresh(shape, SEED)
    network = model.Network(shape, weights, dropout=0.05)
    optimisers = model.optimisers(weights, RATE)
    schedules = [torch.optim.lr_scheduler.LambdaLR(one, lambda step: pace(step, steps)) for one in optimisers]
    averaged = {name: weight.detach().clone() for name, weight in weights.items()}
    begun, total = time.monotonic(), 0.0
    for step, (source, target) in enumerate(batches(pairs, pieces, random.Random(SEED))):
        loss = network.loss(source, target, SMOOTHING)
        for weight in weights.values():
            weight.grad = None
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
        for either in (*optimisers, *schedules):
            either.step()
        kept = min(AVERAGED, step / (step + 10))
        for name, weight in weights.items():
            averaged[name].lerp_(weight.detach(), 1 - kept)
        total += loss.item()
        if (step + 1) % 100 == 0:
            print(f"{step + 1:5} loss {total / 100:.3f}  {time.monotonic() - begun:.0f} s", flush=True)
            total = 0.0
    return shape, averaged


def share_right(network: model.Network, pieces: Any, pairs: list[Pair]) -> float:
    """How many of the sentences come out exactly as they should."""
    right = 0
    for start in range(0, len(pairs), BATCH):
        part = pairs[start : start + BATCH]
        sources = padded([[*pieces.encode(pair.source), model.END] for pair in part])
        right += sum(
            pieces.decode(tokens) == pair.target
            for tokens, pair in zip(network.translate(sources, longest=80), part, strict=True)
        )
    return right / len(pairs)


def main() -> None:
    """One direction, from nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", choices=["en", "fr"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    source: Lang = options.source
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(mode=True)
    begun, cpu = time.monotonic(), time.process_time()
    practised, held_out = corpus.parts(source, SEED, options.steps * BATCH + HELD_OUT, HELD_OUT)
    practised = practised[: options.steps * BATCH]
    spelling = pieces_of(practised)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=spelling)
    shape, weights = train(practised, pieces, options.steps)
    network = model.Network(shape, weights)
    figures = {
        "from": source,
        "to": order(source)[1],
        "seed": SEED,
        "steps": options.steps,
        "sentences": len(practised),
        "shape": vars(shape),
        "corpus_sha256": hashlib.sha256("\n".join("\t".join(pair) for pair in practised).encode()).hexdigest(),
        "held_out": len(held_out),
        "held_out_right": round(share_right(network, pieces, held_out), 4),
        "wall_s": round(time.monotonic() - begun),
        "cpu_s": round(time.process_time() - cpu),
    }
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "sentencepiece.model").write_bytes(spelling)
    torch.save(weights, options.out / "weights.pt")
    (options.out / "known-words.txt").write_text("\n".join(known_words(practised)) + "\n", "utf-8")
    (options.out / "held-out.tsv").write_text("".join(f"{pair.source}\t{pair.target}\n" for pair in held_out), "utf-8")
    (options.out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

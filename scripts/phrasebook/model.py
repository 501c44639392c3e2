"""The network: a pre-norm Transformer with one embedding for both languages, its loss and its greedy output.

Plain functions on named tensors. The names are those of CTranslate2's specification, so that ``pack.py`` copies them
one by one; positions, scales and masks are what CTranslate2 computes when it translates.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn import functional

PAD: Final = 0
BEGIN: Final = 1
END: Final = 2
REST: Final = 0.25
"""Learning rate of what Muon is not made for, as a share of the others'."""


@dataclass(frozen=True)
class Shape:
    """How large the network is."""

    vocabulary: int
    width: int = 128
    inner: int = 192
    heads: int = 4
    encoder: int = 3
    decoder: int = 1


Weights = dict[str, Tensor]


def fresh(shape: Shape, seed: int) -> Weights:
    """Weights before training."""
    torch.manual_seed(seed)
    weights: Weights = {"embeddings": torch.randn(shape.vocabulary, shape.width) * shape.width**-0.5}
    for side, layers in (("encoder", shape.encoder), ("decoder", shape.decoder)):
        for number in range(layers):
            name = f"{side}/layer_{number}"
            _linear(weights, f"{name}/self_attention/linear_0", 3 * shape.width, shape.width)
            _linear(weights, f"{name}/self_attention/linear_1", shape.width, shape.width)
            _norm(weights, f"{name}/self_attention/layer_norm", shape.width)
            if side == "decoder":
                _linear(weights, f"{name}/attention/linear_0", shape.width, shape.width)
                _linear(weights, f"{name}/attention/linear_1", 2 * shape.width, shape.width)
                _linear(weights, f"{name}/attention/linear_2", shape.width, shape.width)
                _norm(weights, f"{name}/attention/layer_norm", shape.width)
            _linear(weights, f"{name}/ffn/linear_0", shape.inner, shape.width)
            _linear(weights, f"{name}/ffn/linear_1", shape.width, shape.inner)
            _norm(weights, f"{name}/ffn/layer_norm", shape.width)
        _norm(weights, f"{side}/layer_norm", shape.width)
    return {name: weight.requires_grad_() for name, weight in weights.items()}


def _linear(weights: Weights, name: str, out: int, into: int) -> None:
    weights[f"{name}/weight"] = torch.nn.init.xavier_uniform_(torch.empty(out, into))
    weights[f"{name}/bias"] = torch.zeros(out)


def _norm(weights: Weights, name: str, width: int) -> None:
    weights[f"{name}/gamma"] = torch.ones(width)
    weights[f"{name}/beta"] = torch.zeros(width)


class Network:
    """Weights, and what they make of token numbers."""

    def __init__(self, shape: Shape, weights: Weights, dropout: float = 0.0) -> None:
        self.shape = shape
        self.weights = weights
        self.dropout = dropout
        self._positions = positions(512, shape.width)

    def loss(self, source: Tensor, target: Tensor, smoothing: float) -> Tensor:
        """Cross entropy of each target token, given those before it. ``target`` begins with BEGIN and ends with END."""
        memory = self.encode(source)
        logits = self.decode(memory, source, target[:, :-1])
        wanted = target[:, 1:]
        return functional.cross_entropy(
            logits.flatten(0, 1), wanted.flatten(), ignore_index=PAD, label_smoothing=smoothing
        )

    def translate(self, source: Tensor, longest: int) -> list[list[int]]:
        """The likeliest next token, again and again. Without gradients: the weights are averages."""
        memory = self.encode(source)
        target = torch.full((len(source), 1), BEGIN)
        done = torch.zeros(len(source), dtype=torch.bool)
        for _ in range(longest):
            following = self.decode(memory, source, target)[:, -1].argmax(-1)
            target = torch.cat([target, torch.where(done, PAD, following)[:, None]], 1)
            done |= following == END
            if done.all():
                break
        return [[token for token in row if token not in {PAD, BEGIN, END}] for row in target.tolist()]

    def encode(self, source: Tensor) -> Tensor:
        """A vector for each source token."""
        hidden = self._embedded(source)
        mask = (source != PAD)[:, None, None, :]
        for number in range(self.shape.encoder):
            hidden = self._layer(f"encoder/layer_{number}", hidden, mask, causal=False)
        return self._normed("encoder/layer_norm", hidden)

    def decode(self, memory: Tensor, source: Tensor, target: Tensor) -> Tensor:
        """Logits of the token after each target token."""
        hidden = self._embedded(target)
        mask = (source != PAD)[:, None, None, :]
        for number in range(self.shape.decoder):
            hidden = self._layer(f"decoder/layer_{number}", hidden, mask, causal=True, memory=memory)
        return self._normed("decoder/layer_norm", hidden) @ self.weights["embeddings"].T

    def _embedded(self, tokens: Tensor) -> Tensor:
        scaled = functional.embedding(tokens, self.weights["embeddings"]) * math.sqrt(self.shape.width)
        return self._dropped(scaled + self._positions[: tokens.shape[1]])

    def _layer(self, name: str, hidden: Tensor, mask: Tensor, *, causal: bool, memory: Tensor | None = None) -> Tensor:
        normed = self._normed(f"{name}/self_attention/layer_norm", hidden)
        query, key, value = self._through(f"{name}/self_attention/linear_0", normed).chunk(3, -1)
        seen = self._attend(query, key, value, None if causal else mask, causal=causal)
        hidden = hidden + self._dropped(self._through(f"{name}/self_attention/linear_1", seen))
        if memory is not None:
            query = self._through(f"{name}/attention/linear_0", self._normed(f"{name}/attention/layer_norm", hidden))
            key, value = self._through(f"{name}/attention/linear_1", memory).chunk(2, -1)
            seen = self._attend(query, key, value, mask, causal=False)
            hidden = hidden + self._dropped(self._through(f"{name}/attention/linear_2", seen))
        normed = self._normed(f"{name}/ffn/layer_norm", hidden)
        inner = functional.relu(self._through(f"{name}/ffn/linear_0", normed))
        return hidden + self._dropped(self._through(f"{name}/ffn/linear_1", inner))

    def _attend(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None, *, causal: bool) -> Tensor:
        heads = [one.unflatten(-1, (self.shape.heads, -1)).transpose(1, 2) for one in (query, key, value)]
        seen = functional.scaled_dot_product_attention(*heads, attn_mask=mask, is_causal=causal)
        return seen.transpose(1, 2).flatten(2)

    def _through(self, name: str, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.weights[f"{name}/weight"], self.weights[f"{name}/bias"])

    def _normed(self, name: str, hidden: Tensor) -> Tensor:
        gamma, beta = self.weights[f"{name}/gamma"], self.weights[f"{name}/beta"]
        return functional.layer_norm(hidden, (self.shape.width,), gamma, beta)

    def _dropped(self, hidden: Tensor) -> Tensor:
        return functional.dropout(hidden, self.dropout) if self.dropout else hidden


def positions(length: int, width: int) -> Tensor:
    """Sinusoids as CTranslate2 adds them: counted from 1, sines before cosines."""
    half = width // 2
    scales = torch.exp(torch.arange(half) * -(math.log(10_000) / (half - 1)))
    angles = torch.arange(1, length + 1)[:, None] * scales[None, :]
    return torch.cat([angles.sin(), angles.cos()], 1)


def optimisers(weights: Weights, rate: float) -> list[Any]:
    """Muon for the matrices of the layers, which needs less than half the steps; AdamW for the rest."""
    layers = [weight for name, weight in weights.items() if weight.dim() > 1 and name != "embeddings"]
    rest = [weight for name, weight in weights.items() if weight.dim() == 1 or name == "embeddings"]
    return [
        torch.optim.Muon(layers, lr=rate, weight_decay=0.01, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(rest, lr=REST * rate, weight_decay=0.0, betas=(0.9, 0.98)),
    ]

"""Hypothesis strategies: values of any Struct of the protocol, as the wire allows them."""

import functools
import inspect
import types
import typing
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec
from hypothesis import strategies as st

ALPHABET = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
WORDS = st.text(ALPHABET, min_size=1, max_size=40).filter(str.strip)


def valid(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a type as the wire allows them."""
    if inspect.isclass(hint):
        if issubclass(hint, msgspec.Struct):
            return instances(hint)
        if issubclass(hint, Enum):
            return st.sampled_from(hint)
        plain: dict[type, st.SearchStrategy[Any]] = {
            str: WORDS,
            int: st.integers(-(2**53), 2**53),
            float: st.floats(-1e9, 1e9),
            bool: st.booleans(),
            types.NoneType: st.none(),
        }
        return plain[hint]
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return bounded(args[0], next(a for a in args if isinstance(a, msgspec.Meta)))
    if origin is Literal:
        return st.sampled_from(args)
    if origin is list:
        return st.lists(valid(args[0]), max_size=2)
    if origin is dict:
        return st.dictionaries(valid(args[0]), valid(args[1]), max_size=3)
    return st.one_of([valid(arg) for arg in args])


def bounded(kind: Any, meta: msgspec.Meta) -> st.SearchStrategy[Any]:
    if kind is int:
        return st.integers(int(meta.ge or 0), int(meta.le or 2**53))
    if kind is not str:
        return valid(kind)  # lists of at most two are within every bound
    longest = meta.max_length or 60
    if meta.pattern is not None:
        return st.from_regex(meta.pattern, fullmatch=True, alphabet=ALPHABET).filter(lambda text: len(text) <= longest)
    shortest = meta.min_length or 1
    return st.text(ALPHABET, min_size=shortest, max_size=min(longest, shortest + 40)).filter(str.strip)


@functools.cache
def instances(cls: type[msgspec.Struct]) -> st.SearchStrategy[msgspec.Struct]:
    hints = typing.get_type_hints(cls, include_extras=True)
    return st.builds(cls, **{field.name: valid(hints[field.name]) for field in msgspec.structs.fields(cls)})

"""Types and values of models as modules outside of models.py write them."""

from __future__ import annotations

from generator.python import Import
from generator.targets import types
from generator.targets.types import Type, Words
from generator.value import dataclass

MODELS = frozenset({Import(".", "models")})


@dataclass(frozen=True, slots=True)
class Annotation:
    """A type as other modules write it.

    `text` is what a validator takes, constraints included; `said` what a signature says.
    """

    text: str
    imports: frozenset[Import]
    said: str
    said_imports: frozenset[Import]


def annotation(found: Type) -> Annotation:
    """The type of another module."""
    full = expression(found.shown(), "models.")
    if found.bare is found.full:
        return full
    said = expression(found.said(), "models.")
    return Annotation(full.text, full.imports, said.text, said.imports)


def expression(words: Words, prefix: str) -> Annotation:
    """What makes a value; `models` is imported where it is named."""
    text = words.text(prefix)
    imports = words.imports | MODELS if words.is_local else words.imports
    return Annotation(text, imports, text, imports)


ANYTHING = annotation(types.ANY)

"""Definitions of models.py: what the template sees of them, and what they refer to."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from generator.model import Property, Schema
from generator.python import (
    FIELDS,
    Import,
    Scope,
    constant,
    docstring,
    snake,
    string,
)
from generator.targets.deprecations import noted
from generator.targets.directions import Direction
from generator.targets.forms import Form
from generator.targets.merging import Merged
from generator.targets.types import Words, mentions
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A class (`head` and `members`) or an alias of a type."""

    name: str
    alias: str = ""
    decorator: str = ""
    head: str = ""
    docstring: str = ""
    members: tuple[str, ...] = ()
    """Statements, what is said about each below it."""
    spaced: bool = False
    """Whether an empty line follows the docstring."""
    empty: bool = False


@dataclass(frozen=True)
class Definition:
    """A definition before it is placed; `after` are the names that must stand above it."""

    name: str
    view: DefinitionView
    imports: frozenset[Import]
    after: tuple[str, ...] = ()
    value: Words | None = None
    """What an alias stands for."""
    source: str = ""
    """All that a class says."""

    @cached_property
    def refers(self) -> frozenset[str]:
        """All that it names and does not define."""
        said = self.source if self.value is None else self.value.source
        return frozenset({*mentions(said), *self.after} - {self.name})


@dataclass(frozen=True, slots=True)
class Task:
    """A definition that is named and not made yet."""

    name: str
    found: Merged
    direction: Direction
    form: Form


def enumeration(name: str, schema: Schema) -> Definition:
    scope = Scope(FIELDS | {"name", "value", "mro"})
    members = []
    for value, given in zip(schema.enum or (), schema.enum_names or (), strict=False):
        assert isinstance(value, str)
        member = scope.take(
            given if given.isidentifier() else constant(given, "VALUE"), given
        )
        members.append(f"{member} = {string(value)}")
    about = said_of(schema, 4, name)
    view = DefinitionView(
        name,
        head=f"class {name}(StrEnum):",
        docstring=about,
        members=tuple(members),
        spaced=bool(members and about),
        empty=not members and not about,
    )
    return Definition(name, view, frozenset({Import("enum", "StrEnum")}))


def said_of(schema: Schema, indent: int, name: str = "") -> str:
    """What a document says about a schema, as a docstring; a title says nothing that is but the name."""
    text = schema.description or ""
    if not text and schema.title and snake(schema.title) != snake(name):
        text = schema.title
    text = noted(text, schema.deprecated)
    return docstring(text, indent) if text else ""


def properties(schema: Schema) -> Iterator[Property]:
    """The properties an object names, those included that it only requires."""
    yield from schema.properties
    named = {one.name for one in schema.properties}
    for name in schema.required:
        if name not in named:
            inner = schema.additional if not schema.pattern_properties else None
            anything = Schema(at=schema.at, key=f"{schema.key}?required/{name}")
            yield Property(name=name, schema=inner or anything, at=schema.at)

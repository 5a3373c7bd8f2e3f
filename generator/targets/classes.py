"""Object schemas as classes: bases, fields, extras, rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from generator.model import ABSENT, Absent, Json, Property, Schema
from generator.python import Import, pascal, string
from generator.targets.annotations import Annotator
from generator.targets.construction import Constructor
from generator.targets.definitions import (
    Definition,
    DefinitionView,
    Task,
    properties,
    said_of,
)
from generator.targets.directions import Direction, read_only
from generator.targets.examples import Examples
from generator.targets.merging import is_anything
from generator.targets.types import Words, of_runtime, unmarked
from generator.value import dataclass

CLASS_RULES = frozenset(
    "min_properties max_properties property_names dependent_required dependent_schemas "
    "not_ if_ then else_".split()
)
UNREAD = of_runtime("ReadOnly")
ALIASED = frozenset({Import("typing", "Annotated"), Import("pydantic", "Field")})
MISSING = Words("MISSING", frozenset({Import("pydantic", "MISSING")}))


class Named(Protocol):
    """Who knows the names of classes and fields."""

    def fields(self, schema: Schema, direction: Direction) -> dict[str, str]: ...

    def named_class(self, key: str, direction: Direction) -> str | None: ...

    def hidden(self, schema: Schema, direction: Direction) -> dict[str, str]: ...

    def has_kinds(self, key: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Classes:
    """Makes the class of an object schema."""

    schemas: dict[str, Schema]
    names: Named
    types: Annotator
    examples: Examples
    constructor: Constructor

    def define(self, task: Task) -> Definition:
        schema = task.found.schema
        parent = self._parent(task)
        needed = set[Import]()
        base = parent[1] if parent else None
        members = list(self._fields(task, base, needed))
        members += self._unread(task, base, needed)
        extra, head = self._extra(task)
        origin = task.found.origin
        if origin is not None and self.names.has_kinds(origin.key):
            head += ", polymorphic_serialization=True"
        rules = self._class_rules(task, parent is not None)
        for words in [extra, *rules] if extra else rules:
            needed |= words.imports
        if extra is not None:
            members.append(extra.source)
        bases = ([parent[0]] if parent else []) + (["Ruled"] if rules else [])
        if not bases or rules:
            name = "Ruled" if rules else "Model"
            needed.add(of_runtime(name))
            bases = bases or [name]
        about = said_of(schema, 4, task.name)
        view = DefinitionView(
            task.name,
            decorator="".join("@" + rule.text() for rule in rules),
            head=f"class {task.name}({', '.join(bases)}{head}):",
            docstring=about,
            members=tuple(map(unmarked, members)),
            spaced=bool(about and members),
            empty=not members and not about,
        )
        after = (parent[0],) if parent else ()
        source = "\n".join([*members, *[rule.source for rule in rules]])
        return Definition(task.name, view, frozenset(needed), after, source=source)

    def _parent(self, task: Task) -> tuple[str, Schema] | None:
        """The class to inherit from: the one schema that allOf refers to, if the rest only adds to it."""
        origin = task.found.origin
        if origin is None or task.found.rest or origin.key not in self.schemas:
            return None
        refs = [part.ref for part in origin.all_of if part.ref is not None]
        if len(refs) != 1 or origin.ref is not None or refs[0] not in self.schemas:
            return None
        base, schema = self.types.forms.of(self.schemas[refs[0]]), task.found.schema
        name = self.names.named_class(refs[0], task.direction)
        if name is None or name == task.name or base.nullable or base.found.rest:
            return None
        mine, theirs = self.types.forms.of(self.schemas[origin.key]), base.found.schema
        if (
            mine.nullable
            or not is_anything(theirs.additional)
            or theirs.pattern_properties
        ):
            return None
        return (
            (name, theirs) if self._only_adds(schema, theirs, task.direction) else None
        )

    def _only_adds(self, schema: Schema, base: Schema, direction: Direction) -> bool:
        """Whether every property of the base is the same in the schema."""
        own = {one.name: one for one in properties(schema)}
        names, theirs = self._names(schema, direction), self._names(base, direction)
        return not said_rules(base) and all(
            one.name in own
            and own[one.name].schema.key == one.schema.key
            and (one.name in schema.required) == (one.name in base.required)
            and names.get(one.name) == theirs.get(one.name)
            for one in properties(base)
        )

    def _names(self, schema: Schema, direction: Direction) -> dict[str, str]:
        """The Python names of all properties, those included that do not travel this way."""
        hidden = self.names.hidden(schema, direction)
        return {**self.names.fields(schema, direction), **hidden}

    def _extra(self, task: Task) -> tuple[Words | None, str]:
        """What an object says about properties that it does not name."""
        schema = task.found.schema
        if schema.additional is None or schema.pattern_properties:
            return None, ""
        if schema.additional.never:
            return None, ', extra="forbid"'
        if is_anything(schema.additional):
            return None, ""
        value = self.types.type(
            schema.additional, task.name + "Value", task.direction
        ).shown()
        source = f"__pydantic_extra__: dict[str, {value.source}] = Field(init=False)"
        return Words(source, value.imports | {Import("pydantic", "Field")}), ""

    def _class_rules(self, task: Task, inherits: bool) -> list[Words]:
        schema = task.found.schema
        parts = self.types.leftovers(task.found, CLASS_RULES, task.direction)
        if schema.pattern_properties:
            rule: dict[str, Json] = {
                "properties": {one.name: True for one in schema.properties}
            }
            names = frozenset({"pattern_properties", "additional"})
            found = self.types.json(schema, task.direction, names)
            if isinstance(found, dict):
                parts.append({**rule, **found})
        return [self.types.rules(parts, "rules")] if parts else []

    def _fields(
        self, task: Task, parent: Schema | None, needed: set[Import]
    ) -> Iterator[str]:
        """The statements of the fields that are not inherited, what is said about each below it.

        What they need is added to the imports.
        """
        schema = task.found.schema
        inherited = self.names.fields(parent, task.direction) if parent else {}
        names = self.names.fields(schema, task.direction)
        for one in properties(schema):
            if one.name in names and one.name not in inherited:
                field = self._field(one, names[one.name], task, needed)
                told = said_of(one.schema, 4, one.name)
                yield f"{field}\n    {told}" if told else field

    def _unread(
        self, task: Task, parent: Schema | None, needed: set[Import]
    ) -> Iterator[str]:
        """The statements of what callers may send to the service though it is not read."""
        if task.direction != "in" or self.types.forms.side == "client":
            return
        inherited = self.names.hidden(parent, "in") if parent else {}
        for name, field in self.names.hidden(task.found.schema, "in").items():
            if name not in inherited:
                needed |= {UNREAD, *MISSING.imports}
                yield f"{_aliased('ReadOnly', field, name, needed)} = MISSING"

    def _field(self, one: Property, name: str, task: Task, needed: set[Import]) -> str:
        hint = task.name + pascal(one.name, "Field")
        source, imports = self.types.type(one.schema, hint, task.direction).shown()
        needed |= imports
        value = None
        if not self._is_required(one, task):
            value = self._default(one, hint, task)
            if value is None:
                source, value = f"{source} | MISSING", MISSING
            needed |= value.imports
        field = _aliased(source, name, one.name, needed)
        return field + (f" = {value.source}" if value else "")

    def _is_required(self, one: Property, task: Task) -> bool:
        return one.name in task.found.schema.required and not (
            task.direction == "in" and read_only(one.schema, self.schemas)
        )

    def _default(self, one: Property, hint: str, task: Task) -> Words | None:
        """The declared default as an expression, on the service; None where absent stays absent."""
        if self.types.forms.side == "client":
            return None
        value = declared_default(one.schema, self.schemas)
        if value is ABSENT or task.found.refuses(one.name):
            return None
        if not self.examples.is_valid(one.schema, value):
            return None  # meaning tells of it
        made = self.constructor.build(one.schema, value, hint, task.direction)
        if made.names:  # a class that may stand below, and is not complete yet
            source = f"Field(default_factory=lambda: {made.source})"
            return Words(source, made.imports | {Import("pydantic", "Field")})
        return made


def _aliased(source: str, field: str, name: str, needed: set[Import]) -> str:
    """A field and its type, which tells the JSON name where that is another."""
    if field == name:
        return f"{field}: {source}"
    needed |= ALIASED
    return f"{field}: Annotated[{source}, Field(alias={string(name)})]"


def said_rules(schema: Schema) -> bool:
    """Whether an object is held to more than its properties."""
    silent: tuple[object, ...] = (None, (), {})
    return any(getattr(schema, name) not in silent for name in CLASS_RULES)


def declared_default(schema: Schema, schemas: dict[str, Schema]) -> Json | Absent:
    """The default that a schema, or what it refers to, declares."""
    if schema.ref is None:
        return schema.default
    seen: set[str] = set()
    found: Schema | None = schema
    while found is not None and found.key not in seen:
        if not isinstance(found.default, Absent):
            return found.default
        seen.add(found.key)
        found = schemas.get(found.ref) if found.ref is not None else None
    return ABSENT

"""Object schemas as classes: bases, fields, extras, rules."""

from __future__ import annotations

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
from generator.targets.types import Words, of_runtime
from generator.value import dataclass

CLASS_RULES = frozenset(
    "min_properties max_properties property_names dependent_required dependent_schemas "
    "not_ if_ then else_".split()
)
ALIASED = frozenset({Import("typing", "Annotated"), Import("pydantic", "Field")})
MISSING = Words("MISSING", frozenset({Import("pydantic", "MISSING")}))


class Named(Protocol):
    """Who knows the names of classes and fields."""

    def fields(self, schema: Schema, direction: Direction) -> dict[str, str]: ...

    def named_class(self, key: str, direction: Direction) -> str | None: ...


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
        found = self._fields(task, parent[1] if parent else None)
        members, statements = [*found.values()], [*found]
        extra, head = self._extra(task)
        if extra is not None:
            members.append(extra)
            statements.append(extra.text())
        rules = self._class_rules(task, parent is not None)
        bases = ([parent[0]] if parent else []) + (["Ruled"] if rules else [])
        imports = frozenset().union(*(words.imports for words in [*members, *rules]))
        if not bases or rules:
            name = "Ruled" if rules else "Model"
            imports |= {of_runtime(name)}
            bases = bases or [name]
        about = said_of(schema, 4, task.name)
        view = DefinitionView(
            task.name,
            decorator="".join("@" + rule.text() for rule in rules),
            head=f"class {task.name}({', '.join(bases)}{head}):",
            docstring=about,
            members=tuple(statements),
            spaced=bool(about and members),
            empty=not members and not about,
        )
        after = (parent[0],) if parent else ()
        said = (*members, *rules)
        return Definition(task.name, view, imports, after, members=said)

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
        names, theirs = self.names.fields(schema, direction), self.names.fields(
            base, direction
        )
        return not said_rules(base) and all(
            one.name in own
            and own[one.name].schema.key == one.schema.key
            and (one.name in schema.required) == (one.name in base.required)
            and names.get(one.name) == theirs.get(one.name)
            for one in properties(base)
        )

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

    def _fields(self, task: Task, parent: Schema | None) -> dict[str, Words]:
        """The statements of the fields that are not inherited, what is said about each below it."""
        schema = task.found.schema
        inherited = self.names.fields(parent, task.direction) if parent else {}
        names = self.names.fields(schema, task.direction)
        made: dict[str, Words] = {}
        for one in properties(schema):
            if one.name in names and one.name not in inherited:
                field = self._field(one, names[one.name], schema, task)
                text, told = field.text(), said_of(one.schema, 4, one.name)
                made[f"{text}\n    {told}" if told else text] = field
        return made

    def _field(self, one: Property, name: str, schema: Schema, task: Task) -> Words:
        hint = task.name + pascal(one.name, "Field")
        found = self.types.type(one.schema, hint, task.direction)
        required = one.name in schema.required and not (
            task.direction == "in" and read_only(one.schema, self.schemas)
        )
        kind = found.shown()
        is_filled = not required and not task.found.refuses(one.name)
        value = self._default(one.schema, hint, task.direction) if is_filled else None
        source, imports = kind
        if not required and value is None:
            source, value = f"{source} | MISSING", MISSING
        if name != one.name:
            source = f"Annotated[{source}, Field(alias={string(one.name)})]"
            imports |= ALIASED
        if value is not None:
            source, imports = f"{source} = {value.source}", imports | value.imports
        return Words(f"{name}: {source}", imports)

    def _default(self, schema: Schema, hint: str, direction: Direction) -> Words | None:
        """The declared default as an expression, on the service; None where absent stays absent."""
        if self.types.forms.side == "client":
            return None
        value = declared_default(schema, self.schemas)
        if isinstance(value, Absent):
            return None
        if not self.examples.is_valid(schema, value):
            return None  # meaning tells of it
        made = self.constructor.build(schema, value, hint, direction)
        if made.names:  # a class that may stand below, and is not complete yet
            source = f"Field(default_factory=lambda: {made.source})"
            return Words(source, made.imports | {Import("pydantic", "Field")})
        return made


def said_rules(schema: Schema) -> bool:
    """Whether an object is held to more than its properties."""
    silent: tuple[object, ...] = (None, (), {})
    return any(getattr(schema, name) not in silent for name in CLASS_RULES)


def declared_default(schema: Schema, schemas: dict[str, Schema]) -> Json | Absent:
    """The default that a schema, or what it refers to, declares."""
    seen: set[str] = set()
    found: Schema | None = schema
    while found is not None and found.key not in seen:
        if not isinstance(found.default, Absent):
            return found.default
        seen.add(found.key)
        found = schemas.get(found.ref) if found.ref is not None else None
    return ABSENT

"""The schemas of an API as one module of models: names, definitions, and how other modules refer to them."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Any

from generator.model import ABSENT, Absent, Api, Json, Schema
from generator.problems import Problem
from generator.python import Import, Scope, literal, pascal
from generator.targets import types
from generator.targets.annotations import Annotator
from generator.targets.classes import Classes, declared_default
from generator.targets.common import Common
from generator.targets.construction import Constructor
from generator.targets.definitions import (
    Definition,
    DefinitionView,
    Task,
    enumeration,
    said_of,
)
from generator.targets.directions import Direction
from generator.targets.expressions import ANYTHING, Annotation, annotation, expression
from generator.targets.forms import Form, Forms, Side
from generator.targets.keywords import reference_only
from generator.targets.kinds import Kind, empty_lists, is_file, kind_of, only_null
from generator.targets.merging import Merged, merged
from generator.targets.modules import (
    ModelsModule,
    ModelsView,
    model_modules,
    one_module,
)
from generator.targets.scalars import BYTES
from generator.targets.schema_names import SchemaNames, Variant, reported
from generator.targets.schema_text import Dialect, schema_json
from generator.targets.types import LONG, Type, Words, is_long

# Names that models.py uses itself.
TAKEN = frozenset(
    "Annotated Any AnyOf Base64 Base64Url Date DateTime Duration Field File Int32 Int64 Integer Ipv4 Ipv6 "
    "Literal MISSING Model MultipleOf NotArray NotObject NotObjectOrArray OneOf Pattern ReadOnly Ruled Rules "
    "SCHEMAS StrEnum Time TypeAliasType UUID Unique Uuid Whole ClassVar IPv4Address IPv6Address None True False "
    "date datetime time rules".split()
)


class Models:
    """Every schema of an API as a Python definition.

    `side` decides what is read strictly ("service") and what is left open for a server's future ("client");
    `other` is the other side of the same API.
    """

    def __init__(
        self, api: Api, side: Side = "service", other: Models | None = None
    ) -> None:
        common: Common = Common(api) if other is None else other._common
        self._common: Common = common
        self._schemas, self._directions = common.schemas, common.directions
        self._examples, self.doubts = common.examples, common.doubts
        self._scope = Scope(TAKEN)
        self._names = SchemaNames(self._schemas, self._directions, self._scope)
        self._renamed = tuple(reported(self._scope, "schemas"))
        self._definitions: dict[str, Definition] = {}
        self._tasks: deque[Task] = deque()
        self._begun: set[tuple[str, Variant]] = set()
        self._inlined: dict[tuple[str, Variant, str], Type] = {}
        self._rules: dict[tuple[str, Variant], str] = {}
        self._roots: dict[tuple[Schema | str, Direction], Annotation] = {}
        self._references: dict[tuple[str, Direction], Type] = {}
        self.kept: dict[object, Any] = {}
        """What other targets made of operations with these models (once.py)."""
        self._forms = Forms(self._schemas, side)
        self._types = Annotator(self._schemas, self._forms, self)
        self._constructor = Constructor(
            self._schemas, self, self._types, self._examples
        )
        self._classes = Classes(
            self._schemas, self, self._types, self._examples, self._constructor
        )
        self.api = api
        self._define_all()

    @property
    def problems(self) -> list[Problem]:
        """What had to give way, and what is not held."""
        return [*self._renamed, *self._common.fields.problems, *self._common.patterns]

    # For other targets

    def annotation(
        self, schema: Schema | None, hint: str = "Value", direction: Direction = "out"
    ) -> Annotation:
        """How another module writes the type of a schema; `hint` names it if it needs a model."""
        found = self._root(schema, hint, direction)
        self._work()
        return found

    def kind(self, schema: Schema | None) -> Kind:
        """How raw text of a parameter or form is read before it is validated."""
        return kind_of(schema, self._schemas)

    def empty_lists(self, schema: Schema | None) -> list[str]:
        """The fields that a form must have, and shows nothing of where they are empty lists."""
        return empty_lists(schema, self._schemas)

    def is_binary(self, schema: Schema) -> bool:
        """Whether the values are bytes as they are."""
        named = self._schemas.get(reference_only(schema) or "", schema)
        whole = merged(named, self._schemas).schema
        return "string" in whole.types and is_file(whole)

    def is_null(self, schema: Schema) -> bool:
        """Whether null is the only value that may be."""
        return only_null(schema, self._schemas)

    def example(
        self,
        schema: Schema | None,
        given: tuple[Json, ...] = (),
        direction: Direction = "out",
    ) -> Json:
        """A JSON value that is valid against a schema; one of `given` where one is."""
        if schema is not None and not self._directions.matters(schema):
            direction = "out"
        made = self._examples.example(schema, given, direction)
        if not made.valid and schema is not None:
            self.doubts.about(schema)
        return made.value

    def least(self, schema: Schema) -> Json:
        """A value of a response without what may be left out; raises Endless or Hopeless."""
        return self._examples.least(schema)

    def is_valid(
        self, schema: Schema, value: Json, direction: Direction = "both"
    ) -> bool:
        """Whether a JSON value is valid against a schema."""
        return self._examples.is_valid(schema, value, direction)

    def default(self, schema: Schema) -> Json | Absent:
        """The default that a schema declares, where it fits; meaning tells of one that does not."""
        value = declared_default(schema, self._schemas)
        fits = isinstance(value, Absent) or self.is_valid(schema, value)
        return value if fits else ABSENT

    def construct(
        self,
        schema: Schema | None,
        value: Json,
        hint: str = "Value",
        direction: Direction = "out",
        prefix: str = "models.",
    ) -> Annotation:
        """The expression that makes a JSON value with the models' constructors, for another module."""
        if schema is None:
            return expression(Words(literal(value)), prefix)
        self._root(schema, hint, direction)
        self._work()
        made = self._constructor.build(schema, value, hint, direction)
        return expression(made, prefix)

    def view(self) -> ModelsView:
        """What the template of models.py sees: every definition in one module."""
        return one_module(self._definitions, self._schemas_text())

    def modules(self) -> list[ModelsModule]:
        """models.py, or the modules of a package where there are many classes."""
        return list(model_modules(self._definitions, self._schemas_text()))

    # For the annotator and the constructor

    def reference(self, key: str, direction: Direction) -> Type:
        """The type of a named schema where it is used; its definition follows."""
        known = self._references.get((key, direction))
        if known is None:
            known = self._references[key, direction] = self._referred(key, direction)
        return known

    def _referred(self, key: str, direction: Direction) -> Type:
        key = self._names.canonical(key)
        schema = self._schemas[key]
        variant = self._directions.of(key, direction)
        name = self._names.name(key, variant)
        form = self._forms.of(schema)
        if name not in self._definitions and (key, variant) not in self._begun:
            self._begun.add((key, variant))
            task = Task(name, form.found, variant or self._directions.sole(key), form)
            self._tasks.append(task)
        if form.kind == "type":
            return types.model(name)
        return self._types.used(form, types.model(name), direction)

    def model(self, found: Merged, hint: str, direction: Direction) -> Type:
        return self._inline(found, hint, direction, Form("model", found))

    def enumeration(self, schema: Schema, hint: str) -> Type:
        found = Merged(schema, (), schema)
        return self._inline(found, hint, "out", Form("enumeration", found))

    def dialect(self, direction: Direction) -> Dialect:
        """How rules are written that hold what travels this way."""

        def hidden(schema: Schema) -> set[str]:
            return self._directions.hidden(
                merged(schema, self._schemas).schema, direction
            )

        return Dialect(partial(self._rule_name, direction=direction), hidden=hidden)

    def _rule_name(self, key: str, direction: Direction) -> str:
        if key not in self._schemas:
            return key
        key = self._names.canonical(key)
        asked = key, self._directions.of(key, direction)
        return self._rules.setdefault(asked, self._names.name(*asked))

    def has_rules(self, names: set[str]) -> bool:
        """Whether rules know one of these schemas by its name."""
        return not names.isdisjoint(self._rules.values())

    def class_of(self, found: Merged, hint: str, direction: Direction) -> str:
        """The name of the class of an object, already named."""
        return self.model(found, hint, direction).full.names[0]

    def canonical(self, key: str) -> str:
        """The schema that a named schema, being nothing but a $ref, stands for."""
        return self._names.canonical(key)

    def named_class(self, key: str, direction: Direction) -> str | None:
        """The class of a named schema, if it has one."""
        schema = self._schemas[self._names.canonical(key)]
        is_class = self._forms.of(schema).kind == "model"
        return self._names.class_name(key, direction) if is_class else None

    def has_kinds(self, key: str) -> bool:
        """Whether a named schema has a discriminator, and others that extend it stand in its place."""
        return key in self._directions.families

    def enumeration_name(self, found: Merged, hint: str, direction: Direction) -> str:
        key = found.schema.key
        if key in self._schemas:
            return self._names.class_name(key, direction)
        return self.enumeration(found.schema, hint).full.names[0]

    def declares(self, schema: Schema, name: str) -> bool:
        """Whether an object names a property, whichever way it travels."""
        return any(one.name == name for one in schema.properties)

    def fields(self, schema: Schema, direction: Direction) -> dict[str, str]:
        """JSON name → Python name of an object's properties."""
        return self._common.fields.of(schema, direction)

    def hidden(self, schema: Schema, direction: Direction) -> dict[str, str]:
        """The same of the properties that do not travel this way."""
        return self._common.fields.hidden(schema, direction)

    def _inline(
        self, found: Merged, hint: str, direction: Direction, form: Form
    ) -> Type:
        schema = found.schema
        variant = direction if self._directions.changes(schema) else None
        key = (schema.key, variant, form.kind)
        known = self._inlined.get(key)
        if known is None:
            name = self._scope.take(schema.python_name or pascal(hint), hint, schema.at)
            self._scope.collisions.clear()  # nobody named it: its number harms nobody
            known = types.model(name)
            self._inlined[key] = known
            self._tasks.append(Task(name, found, direction, form))
        return known

    # Definitions

    def _define_all(self) -> None:
        """Every schema of the API, then what stands inline in its operations, in the document's order."""
        for key in self._schemas:
            for variant in self._names.variants(key):
                self.reference(key, variant or self._directions.sole(key))
        for name, (key, variant) in self._names.others.items():
            target = self._names.name(key, variant)
            self._definitions[name] = self._other(name, target)
        for schema, hint, direction in self._common.uses:
            self._root(schema, hint, direction)
        self._work()

    def _other(self, name: str, target: str) -> Definition:
        value = types.model(target).full
        needed = frozenset({Import("typing_extensions", "TypeAliasType")})
        return Definition(name, DefinitionView(name), needed, (target,), value)

    def _root(
        self, schema: Schema | None, hint: str, direction: Direction
    ) -> Annotation:
        """How other modules write a type; only the first hint can name anything."""
        if schema is None:
            return ANYTHING
        is_named = schema.key in self._schemas
        key = schema if is_named else reference_only(schema) or schema
        known = self._roots.get((key, direction))
        if known is None:
            known = annotation(self._root_type(schema, hint, direction))
            self._roots[key, direction] = known
        return known

    def _root_type(self, schema: Schema, hint: str, direction: Direction) -> Type:
        found = self._types.type(schema, hint, direction)
        if found.full.source == "File":
            return BYTES
        return (
            self._aliased(found, schema, hint, direction) if is_long(found) else found
        )

    def _aliased(
        self, found: Type, schema: Schema, hint: str, direction: Direction
    ) -> Type:
        """A type that is too long to stand in another module gets a name in this one."""
        target = self._schemas.get(reference_only(schema) or schema.key)
        variant = direction if self._directions.changes(schema) else None
        key = (target.key if target else schema.key, variant, "type")
        known = self._inlined.get(key)
        if known is None:
            wanted = f"{found.full.names[0]}OrOther" if target else pascal(hint)
            name = self._scope.take(schema.python_name or wanted, hint, schema.at)
            self._scope.collisions.clear()
            value = found.shown()
            needed = value.imports | {Import("typing_extensions", "TypeAliasType")}
            view = DefinitionView(name, docstring=said_of(schema, 0, name))
            self._definitions[name] = Definition(name, view, needed, value.names, value)
            said = (
                found.said()
                if len(found.said().text()) < LONG
                else types.model(name).bare
            )
            known = Type(types.model(name).full, said)
            self._inlined[key] = known
        return known

    def _work(self) -> None:
        while self._tasks:
            task = self._tasks.popleft()
            self._definitions[task.name] = self._define(task)

    def _define(self, task: Task) -> Definition:
        if task.form.kind == "model":
            return self._classes.define(task)
        if task.form.kind == "enumeration":
            return enumeration(task.name, task.found.schema)
        value = self._types.expressed(task.found, task.name, task.direction).shown()
        view = DefinitionView(
            task.name, alias="", docstring=said_of(task.found.schema, 0, task.name)
        )
        needed = value.imports | {Import("typing_extensions", "TypeAliasType")}
        return Definition(task.name, view, needed, value.names, value)

    # The module

    def _schemas_text(self) -> str:
        """The named schemas that rules refer to, as they are in JSON Schema."""
        made: dict[str, Json] = {}
        done = 0
        while done < len(self._rules):  # what is written may refer to more
            for (key, variant), name in list(self._rules.items())[done:]:
                dialect = self.dialect(variant or self._directions.sole(key))
                made[name] = schema_json(self._schemas[key], dialect)
                done += 1
        if not made:
            return ""
        return f"SCHEMAS: dict[str, Any] = {literal(made, 0, 30)}"

"""Schemas of a document → `model.Schema`, in the words of JSON Schema 2020-12.

A schema tree is walked with an explicit stack, parents first, and built in the reverse order, children first.
A $ref is never walked through: its target is read on its own and stands in `Schemas.named`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from functools import cache

from generator.model import Discriminator, Json, Property, Schema
from generator.problems import MOST, Place, Problem, Refused
from generator.read.contradictions import settle
from generator.read.keywords import (
    ANNOTATIONS,
    COMBINATIONS,
    CONSTRAINTS,
    MANY,
    NAMED,
    ONE,
    OUTSIDE,
    PLAIN,
    SPECIAL,
    Fields,
    add_dependent,
    is_schema,
    settle_unevaluated,
)
from generator.read.node import Node, Source
from generator.schema import schema_of

EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}
OLDER = frozenset({"items", "dependencies", *EXCLUSIVE.values()})
"""Words that drafts before 2019-09 use in another way."""
SINGLE = frozenset({*ONE, "additionalItems"})
SEVERAL = frozenset({*MANY, "items"})
KEYED = frozenset({*NAMED, "dependencies"})
HOLDING = SINGLE | SEVERAL | KEYED


class Schemas:
    """Reads schemas; each place is read once, so one place is always the same `Schema`."""

    def __init__(self, source: Source) -> None:
        self.named: dict[str, Schema] = {}
        """Component schemas, then the targets of $refs, by key."""
        self._source = source
        self._built: dict[str, Schema] = {}
        self._awaited: dict[str, tuple[Place, str]] = {}
        self._nullable: list[Place] = []

    def component(self, name: str, node: Node) -> None:
        """Read a schema of components."""
        schema = self.read(node)
        named(schema, name)
        self.named[schema.key] = schema

    def read(self, node: Node) -> Schema:
        """The schema at a node, with everything inside it."""
        top = key_of(node.at)
        order: list[tuple[str, Node]] = []
        stack = [(top, node)]
        while stack:
            key, current = stack.pop()
            if key not in self._built:
                order.append((key, current))
                stack += inside(key, current)
        for key, current in reversed(order):
            if key not in self._built:
                self._built[key] = self._build(key, current)
        return self._built[top]

    def refer(self, at: Place, ref: str) -> str | None:
        """The key of the schema that a $ref leads to, which is read sooner or later."""
        target = self.target(at, ref)
        if target is None:
            return None
        key = key_of(target)
        if key not in self.named:
            self._awaited.setdefault(key, (target, last_token(target)))
        return key

    def target(self, at: Place, ref: str) -> Place | None:
        """Where the $ref of a schema leads; that of a response stands for its first content."""
        found = self._source.target(at, ref)
        if found is None or found.path[:-1] != ("components", "responses"):
            return found
        response = Node(found, self._source.documents.value(found))
        contents = self._source.follow(response).entries("content")
        schemas = (each.get("schema") for _, each in contents)
        taken = next((schema for schema in schemas if schema is not None), None)
        return found if taken is None else self._source.follow(taken).at

    def finish(self) -> None:
        """Read what $refs lead to, until nothing new is found."""
        while self._awaited:
            key, (place, name) = next(iter(self._awaited.items()))
            del self._awaited[key]
            if key not in self.named:
                value = self._source.documents.value(place)
                self.component(name, Node(place, value))
        self._refuse_circles()
        if self._nullable:
            self._source.report(meaningless(self._nullable))

    def _build(self, key: str, node: Node) -> Schema:
        if not isinstance(node.value, dict):
            return Schema(at=node.at, key=key, never=node.value is False)
        ref = node.text("$ref")
        is_older = self._is_older(node.at)
        if ref is not None and is_older:
            return self._plain_reference(key, node, ref)
        fields = self._fields(key, node, node.value)
        settle(self._source, node, fields)
        if ref is None and "$dynamicRef" in node.value:
            ref = node.text("$dynamicRef")
        if ref is not None:
            fields["ref"] = self.refer(node.at / "$ref", ref)
        settle_unevaluated(fields)
        if is_older:
            return self._translated(key, node, fields)
        if node.flag("nullable"):
            self._nullable.append(node.at / "nullable")
        return schema_of(node.at, key, fields)

    def _is_older(self, at: Place) -> bool:
        """Whether what stands there is in the words of OpenAPI 3.0."""
        return self._source.version < (3, 1)

    def _plain_reference(self, key: str, node: Node, ref: str) -> Schema:
        """3.0: a Reference Object, whose siblings count for nothing."""
        assert isinstance(node.value, dict)
        lost = [
            word
            for word in node.value
            if word not in ANNOTATIONS and word != "$ref" and not word.startswith("x-")
        ]
        if lost:
            self._source.report(
                Problem(
                    "ignored-siblings",
                    (node.at / lost[0]).key(),
                    f"OpenAPI 3.0 ignores what stands beside a $ref: {', '.join(lost)}",
                    f"write allOf: [{{$ref: '{ref}'}}] to keep both",
                    "hint",
                )
            )
        target = self.refer(node.at / "$ref", ref)
        return schema_of(node.at, key, {"ref": target})

    def _fields(self, key: str, node: Node, value: dict[str, Json]) -> Fields:
        fields: Fields = {}
        for keyword, found in value.items():
            if keyword in SPECIAL:
                SPECIAL[keyword](fields, found)
            elif keyword in PLAIN:
                name, fits = PLAIN[keyword]
                if fits(found):
                    fields[name] = found
            elif keyword in ONE and is_schema(found):
                fields[ONE[keyword]] = self._built[f"{key}/{keyword}"]
            elif keyword in MANY and isinstance(found, list):
                kept = self._once(node.at, keyword, found)
                many = tuple(self._built[f"{key}/{keyword}/{at}"] for at in kept)
                fields[MANY[keyword]] = many
            elif keyword == "properties" and isinstance(found, dict):
                fields["properties"] = self._properties(key, found)
            elif keyword in NAMED and isinstance(found, dict):
                fields[NAMED[keyword]] = self._named(f"{key}/{keyword}", found)
        if not OLDER.isdisjoint(value):
            self._add_older(key, node, value, fields)
        if "discriminator" in value:
            self._add_discriminator(node, fields)
        if "python_name" in fields and node.at.path[-2:-1] == ("properties",):
            del fields["python_name"]  # it renames the property, not the schema
        return fields

    def _add_older(
        self, key: str, node: Node, value: dict[str, Json], fields: Fields
    ) -> None:
        """What drafts 4 to 7 of JSON Schema write in another way."""
        if isinstance(items := value.get("items"), list):
            found = [at for at, one in enumerate(items) if is_schema(one)]
            within = tuple(self._built[f"{key}/items/{at}"] for at in found)
            fields["prefix_items"] = within
            if is_schema(value.get("additionalItems")):
                fields["items"] = self._built[f"{key}/additionalItems"]
        if isinstance(needed := value.get("dependencies"), dict):
            add_dependent(fields, needed)
            pairs = self._named(f"{key}/dependencies", needed)
            fields["dependent_schemas"] = (*fields.get("dependent_schemas", ()), *pairs)
        for bound, exclusive in EXCLUSIVE.items():
            if node.flag(exclusive) and bound in fields:
                fields[f"exclusive_{bound}"] = fields.pop(bound)

    def _named(
        self, key: str, found: dict[str, Json]
    ) -> tuple[tuple[str, Schema], ...]:
        return tuple(
            (name, self._built[f"{key}/{escaped(name)}"])
            for name, value in found.items()
            if is_schema(value)
        )

    def _properties(self, key: str, found: dict[str, Json]) -> tuple[Property, ...]:
        return tuple(
            Property(
                name=name, schema=schema, at=schema.at, python_name=renamed(found[name])
            )
            for name, schema in self._named(f"{key}/properties", found)
        )

    def _once(self, at: Place, keyword: str, found: list[Json]) -> Iterator[int]:
        """Which are schemas, without alternatives named twice: nothing would be just one of them."""
        seen: set[str] = set()
        for index, one in enumerate(found):
            ref = one.get("$ref") if isinstance(one, dict) else None
            if isinstance(ref, str):
                if keyword == "oneOf" and ref in seen:
                    self._source.report(repeated(at / keyword / index, ref))
                    continue
                seen.add(ref)
            if is_schema(one):
                yield index

    def _add_discriminator(self, node: Node, fields: Fields) -> None:
        found = node.get("discriminator")
        if found is not None and isinstance(found.value, str):  # AsyncAPI: its name
            found = Node(found.at, {"propertyName": found.value})
        name = found.text("propertyName") if found is not None else None
        if found is None or name is None:
            return
        mapping: dict[str, str] = {}
        for value, target in found.entries("mapping"):
            key = self._mapped(target)
            if key is not None:
                mapping[value] = key
        default = found.get("defaultMapping")
        fields["discriminator"] = Discriminator(
            at=found.at,
            property=name,
            mapping=mapping,
            default=None if default is None else self._mapped(default),
        )

    def _mapped(self, node: Node) -> str | None:
        """The key a mapping's value leads to: the name of a schema, else a URI."""
        if not isinstance(node.value, str):
            return None
        names = component_names(self._source.documents.roots[node.at.file])
        ref = node.value
        if ref in names:
            ref = f"#/components/schemas/{escaped(ref)}"
        try:
            self._source.documents.resolve(node.at, ref)
        except Refused:
            near = list(names) if len(self._source.problems) < MOST else []
            self._source.report(unmapped(node.at, node.value, near))
            return None
        return self.refer(node.at, ref)

    def _translated(self, key: str, node: Node, fields: Fields) -> Schema:
        """A schema of 3.0 in the words of 3.1."""
        if not node.flag("nullable"):
            return schema_of(node.at, key, fields)
        if fields.get("enum") is not None and None not in fields["enum"]:
            fields["enum"] = (*fields["enum"], None)
        if fields.get("types") and not COMBINATIONS & fields.keys():
            fields["types"] = (*fields["types"], "null")
        elif CONSTRAINTS & fields.keys():
            return self._or_null(node.at, key, fields)
        return schema_of(node.at, key, fields)

    def _or_null(self, at: Place, key: str, fields: Fields) -> Schema:
        """What is nullable without saying its type, or by a combination, is either that or null."""
        outer = {name: fields.pop(name) for name in OUTSIDE & fields.keys()}
        either = Schema(at=at, key=f"{key}?value", **fields)
        null = Schema(at=at, key=f"{key}?null", types=("null",))
        return Schema(at=at, key=key, any_of=(either, null), **outer)

    def _refuse_circles(self) -> None:
        """Report $refs that lead back to themselves without any schema between."""
        for schema in self.named.values():
            seen = {schema.key}
            follower: Schema | None = schema
            while follower is not None and follower.ref is not None:
                if follower.ref in seen:
                    self._source.report(circle(schema))
                    break
                seen.add(follower.ref)
                follower = self.named.get(follower.ref)


def repeated(at: Place, ref: str) -> Problem:
    return Problem(
        "duplicate-value",
        at,
        f"oneOf names {ref} twice, so that no value would be exactly one; it counts once",
        "remove it here",
        "warning",
    )


def meaningless(places: list[Place]) -> Problem:
    """`nullable` where schemas are plain JSON Schema; told once, since many have it if one has."""
    who = "a schema says" if len(places) == 1 else f"{len(places)} schemas say"
    first = min(places, key=lambda place: (place.file, [*map(str, place.path)]))
    return Problem(
        "ignored-nullable",
        first.key(),
        f'{who} "nullable": that is OpenAPI 3.0, and means nothing here',
        "add null to the types: type: [string, 'null']",
        "warning",
    )


def unmapped(at: Place, value: str, names: list[str]) -> Problem:
    near = get_close_matches(value, names, 1)
    return Problem(
        "unknown-mapping",
        at,
        f'the discriminator maps to "{value}", which is no schema of the document',
        f"did you mean {near[0]}?" if near else "name one of components.schemas",
        "warning",
    )


def circle(schema: Schema) -> Problem:
    return Problem(
        "circular-reference",
        schema.at / "$ref",
        f'the schema "{schema.name}" is nothing but a $ref that leads back to itself',
        "let one of the schemas of the circle be a definition",
    )


def inside(key: str, node: Node) -> Iterator[tuple[str, Node]]:
    """The schemas directly inside a schema, by key; those beside a $ref too, but not its target."""
    if not isinstance(node.value, dict):
        return
    for keyword, value in node.value.items():
        if keyword not in HOLDING:
            continue
        at, below = node.at / keyword, f"{key}/{keyword}"
        if keyword in SINGLE and is_schema(value):
            yield below, Node(at, value)
        elif keyword in SEVERAL and isinstance(value, list):
            for index, one in enumerate(value):
                if is_schema(one):
                    yield f"{below}/{index}", Node(at / index, one)
        elif keyword in KEYED and isinstance(value, dict):
            for name, one in value.items():
                if is_schema(one):
                    yield f"{below}/{escaped(name)}", Node(at / name, one)


def named(schema: Schema, name: str) -> None:
    """Give a schema its name; nobody has seen it without, since reading has not ended."""
    if schema.name is None:
        object.__setattr__(schema, "name", name)


def key_of(place: Place) -> str:
    """The key of the schema at a place: its file and JSON pointer."""
    joined = "/".join(map(str, place.path))
    if "~" in joined or joined.count("/") >= len(place.path):
        joined = "/".join([escaped(str(token)) for token in place.path])
    return f"{place.file}#/{joined}" if place.path else f"{place.file}#"


@cache
def escaped(token: str) -> str:
    """A key as a JSON pointer writes it (RFC 6901 §3)."""
    return token.replace("~", "~0").replace("/", "~1")


def last_token(place: Place) -> str:
    """A name for what a $ref leads to: the message's, the pointer's last word, else the file's name."""
    words = [token for token in place.path if isinstance(token, str)]
    if words[-3:-2] == ["messages"] and words[-1] == "payload":
        return words[-2]
    if words:
        return words[-1]
    return place.file.rpartition("/")[2].partition(".")[0]


def renamed(value: Json) -> str | None:
    """The name that `x-python-name` gives."""
    found = value.get("x-python-name") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def component_names(document: Json) -> dict[str, Json]:
    """The schemas among a document's components."""
    components = document.get("components") if isinstance(document, dict) else None
    schemas = components.get("schemas") if isinstance(components, dict) else None
    return schemas if isinstance(schemas, dict) else {}

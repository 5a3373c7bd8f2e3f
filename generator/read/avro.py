"""Avro schemas → `model.Schema` (Avro 1.9 to 1.12).

They describe the plain JSON that carries their values, where a union is what any of its branches is, without the
wrapper of Avro's own JSON encoding; or, where the values travel in binary, what Python makes of them.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from typing import Any

from generator.model import Json, Property, Schema, TypeName
from generator.problems import Place, Problem, Refused
from generator.read.node import Node, Source, circular
from generator.read.schema import key_of

INT = 2**31
LONG = 2**63
PRIMITIVES: dict[str, dict[str, Any]] = {
    "null": {"types": ("null",)},
    "boolean": {"types": ("boolean",)},
    "int": {"types": ("integer",), "minimum": -INT, "maximum": INT - 1},
    "long": {"types": ("integer",), "minimum": -LONG, "maximum": LONG - 1},
    "float": {"types": ("number",)},
    "double": {"types": ("number",)},
    "bytes": {"types": ("string",)},
    "string": {"types": ("string",)},
}
LOGICAL = {
    ("long", "timestamp-millis"): "date-time",
    ("long", "timestamp-micros"): "date-time",
    ("int", "date"): "date",
    ("int", "time-millis"): "time",
    ("long", "time-micros"): "time",
    ("string", "uuid"): "uuid",
    ("bytes", "decimal"): "avro-decimal",
    ("fixed", "decimal"): "avro-decimal",
}
"""(type, logical type) → the format of what it is in Python; any other is the type beneath."""
NAMED = frozenset({"record", "error", "enum", "fixed"})
MEANT = frozenset(
    "type name namespace fields items values symbols size default".split()
)
MEANT_LOGICALLY = frozenset("logicalType precision scale".split())
SHOWN = 1024
"""The most bytes of an example."""
DEPTH = 100
"""How deep types stand inside each other."""


class Avro:
    """Reads Avro schemas; what has a name is found among `named`, by its key."""

    def __init__(
        self, source: Source, named: dict[str, Schema], *, binary: bool = False
    ) -> None:
        self._source = source
        self._named = named
        self._binary = binary
        self._mark = "?binary" if binary else ""
        """Keeps what is read in both ways apart."""
        self._open: set[str] = set()
        """The keys of the types that are being defined."""
        self.is_recursive = False
        """Whether some type is inside itself."""
        self._keys: dict[str, str] = {}
        """Full name of a type → its key."""

    def read(self, node: Node) -> Schema:
        """The schema of what an Avro schema describes; anything, where that is on another host."""
        found = self.followed(node)
        if found is None:
            return Schema(at=node.at, key=key_of(node.at))
        return self._type(found, "", "", 0)

    def followed(self, node: Node) -> Node | None:
        """The Avro schema at a node or where its $refs lead; None, and a problem, where nothing is."""
        seen: set[Place] = set()
        while (ref := node.text("$ref")) is not None:
            try:
                place = self._source.documents.resolve(node.at / "$ref", ref)
            except Refused as refused:
                self._unread(node, ref, refused)
                return None
            if place in seen:
                self._source.report(circular(node.at))
                return None
            seen.add(place)
            node = Node(place, self._source.documents.value(place))
        return node

    def _unread(self, node: Node, ref: str, refused: Refused) -> None:
        for problem in refused.problems:
            if problem.code == "remote-reference":
                self._source.report(elsewhere(node, ref))
            else:
                self._source.report(problem)

    def _type(self, node: Node, space: str, mark: str, depth: int) -> Schema:
        """A type at a node, in a namespace; `mark` keeps keys apart that share the place."""
        value, key = node.value, key_of(node.at) + self._mark + mark
        if depth > DEPTH:
            self._source.report(wrong(node, "types inside each other without end"))
            return Schema(at=node.at, key=key)
        if isinstance(value, str):
            return self._named_type(node, value, space, key)
        if isinstance(value, list):
            return self._union(node, space, key, depth)
        kind = node.get("type")
        if not isinstance(value, dict) or kind is None:
            self._source.report(wrong(node, "this is no type of Avro"))
            return Schema(at=node.at, key=key)
        if not isinstance(kind.value, str):
            return self._type(kind, space, mark, depth + 1)
        if kind.value in NAMED:
            return self._define(node, kind.value, space, key, depth)
        if kind.value == "array":
            inner = self._inside(node, "items", space, depth)
            if self._binary and self._is_nothing(inner):
                self._source.report(unread(node, "an array of what takes no bytes"))
            return Schema(at=node.at, key=key, types=("array",), items=inner)
        if kind.value == "map":
            inner = self._inside(node, "values", space, depth)
            return Schema(at=node.at, key=key, types=("object",), additional=inner)
        return self._named_type(node, kind.value, space, key)

    def _inside(self, node: Node, key: str, space: str, depth: int) -> Schema:
        inner = node.get(key)
        if inner is None:
            self._source.report(wrong(node, f'the type has no "{key}"'))
            return Schema(at=node.at, key=f"{key_of(node.at)}?{key}")
        return self._type(inner, space, "", depth + 1)

    def _union(self, node: Node, space: str, key: str, depth: int) -> Schema:
        assert isinstance(node.value, list)
        nodes = [Node(node.at / n, each) for n, each in enumerate(node.value)]
        found = tuple(self._type(each, space, "", depth + 1) for each in nodes)
        return Schema(at=node.at, key=key, any_of=found)

    def _named_type(self, node: Node, name: str, space: str, key: str) -> Schema:
        """A primitive type, or one that was defined before."""
        known = self._keys.get(full(name, space)) or self._keys.get(name)
        if known is not None:
            self.is_recursive |= known in self._open
            return Schema(at=node.at, key=key, ref=known)
        if name not in PRIMITIVES:
            self._source.report(wrong(node, f'"{name}" is no type that is known here'))
            return Schema(at=node.at, key=key)
        form = self._format(name, node.text("logicalType"))
        kind = PRIMITIVES["string" if form else name]
        return Schema(at=node.at, key=key, format=form, **kind)

    def _format(self, name: str, logical: str | None) -> str | None:
        """The format of what a type is in JSON or in Python."""
        if not self._binary and logical != "uuid":
            return None
        plain = "byte" if name in ("bytes", "fixed") else None
        return LOGICAL.get((name, logical or ""), plain if self._binary else None)

    def _is_nothing(self, schema: Schema) -> bool:
        """Whether values of a schema take no bytes: any number of them would stand in a small message."""
        seen: set[str] = set()
        waiting = [schema]
        while waiting:
            found = waiting.pop()
            found = self._named.get(found.ref or "", found)
            if found.types == ("object",) and found.additional is None:
                new = found.key not in seen
                waiting += [one.schema for one in found.properties if new]
                seen.add(found.key)
            elif found.types != ("null",) and found.max_length != 0:
                return False
        return True

    def _define(
        self, node: Node, kind: str, space: str, key: str, depth: int
    ) -> Schema:
        """A type with a name: it stands among the named ones, and is referred to."""
        name = node.text("name") or "Record"
        space = node.text("namespace") or name.rpartition(".")[0] or space
        self._keys[full(name, space)] = key
        make = {"enum": self._enum, "fixed": self._fixed}.get(kind)
        schema = Schema(at=node.at, key=key, name=name.rpartition(".")[2])
        self._named[key] = schema  # holds its place in the order
        self._open.add(key)
        fields = make(node) if make else self._record(node, space, depth)
        self._open.remove(key)
        self._named[key] = Schema(
            at=node.at,
            key=key,
            name=schema.name,
            description=node.text("doc"),
            python_name=node.text("x-python-name"),
            **fields,
        )
        return Schema(at=node.at, key=f"{key}?ref", ref=key)

    def _enum(self, node: Node) -> dict[str, Any]:
        return {"types": ("string",), "enum": node.texts("symbols")}

    def _fixed(self, node: Node) -> dict[str, Any]:
        value = node.value.get("size") if isinstance(node.value, dict) else None
        size = value if isinstance(value, int) and not isinstance(value, bool) else None
        form = self._format("fixed", node.text("logicalType"))
        plain = {"types": ("string",), "format": form}
        if form == "byte" and size and size <= SHOWN:
            return {**plain, "examples": (b64encode(bytes(size)).decode(),)}
        if form and size:
            return plain
        return {**plain, "min_length": size, "max_length": size}

    def _record(self, node: Node, space: str, depth: int) -> dict[str, Any]:
        properties = tuple(
            self._field(field, name, space, depth)
            for field in node.each("fields")
            if (name := field.text("name")) is not None
        )
        required = tuple(
            name
            for field in node.each("fields")
            if (name := field.text("name")) is not None and "default" not in field
        )
        types: tuple[TypeName, ...] = ("object",)
        return {"types": types, "properties": properties, "required": required}

    def _field(self, node: Node, name: str, space: str, depth: int) -> Property:
        inner = node.get("type")
        schema = (
            self._type(inner, space, "", depth + 1)
            if inner is not None
            else Schema(at=node.at, key=key_of(node.at))
        )
        if inner is None:
            self._source.report(wrong(node, f'the field "{name}" has no "type"'))
        return Property(
            name=name,
            schema=described(schema, node),
            at=node.at,
            python_name=node.text("x-python-name"),
        )


def described(schema: Schema, field: Node) -> Schema:
    """A field's schema with what the field says of it; the bytes of a default have no JSON."""
    says: dict[str, Any] = {}
    if (doc := field.text("doc")) is not None:
        says["description"] = doc
    default = field.get("default")
    if default is not None and schema.format is None:
        says["default"] = default.value
    return replace(schema, **says) if says else schema


def full(name: str, space: str) -> str:
    """The full name of a type: its namespace and its name."""
    return name if "." in name or not space else f"{space}.{name}"


def embedded(value: Json) -> Json:
    """An Avro schema with no more than what its binary encoding needs."""
    if isinstance(value, list):
        return [embedded(each) for each in value]
    if not isinstance(value, dict):
        return value
    kind, logical = value.get("type"), value.get("logicalType")
    is_known = (str(kind), str(logical)) in LOGICAL
    return {
        key: each if key == "default" else embedded(each)
        for key, each in value.items()
        if key in MEANT or (is_known and key in MEANT_LOGICALLY)
    }


def wrong(node: Node, message: str) -> Problem:
    return Problem("invalid-avro", node.at, f"Avro: {message}")


def unread(node: Node, message: str) -> Problem:
    """What a few bytes of a caller could take the reader down with."""
    return Problem(
        "not-supported",
        node.at,
        f"not supported yet: Avro: {message}, in binary",
        "write contentType: application/json",
    )


def elsewhere(node: Node, ref: str) -> Problem:
    return Problem(
        "remote-reference",
        node.at / "$ref",
        f'the Avro schema "{ref}" is not in a local file: the payload may be anything',
        "save it beside the document and refer to that file",
        "warning",
    )

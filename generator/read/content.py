"""What travels: parameters, headers, bodies, media types and their encodings → the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from generator.formats import is_json
from generator.model import (
    Body,
    Encoding,
    Header,
    Json,
    MediaType,
    Parameter,
    ParameterIn,
    Schema,
    Style,
)
from generator.problems import Place, Problem
from generator.read.node import Node, Source
from generator.read.schema import Schemas

STYLES: Mapping[ParameterIn, Style] = {
    "path": "simple",
    "query": "form",
    "header": "simple",
    "cookie": "form",
    "querystring": "form",
}
"""The style of a parameter that names none (OpenAPI 3.2 §4.12.2)."""
PLACES: Mapping[str, ParameterIn] = {place: place for place in get_args(ParameterIn)}
KNOWN: Mapping[str, Style] = {style: style for style in get_args(Style)}
NOT_PARAMETERS = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that OpenAPI says to ignore (3.1 §4.8.12.1)."""
CARRIED = frozenset(
    {"accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
)
"""Header fields that every client and proxy sets as it needs them (RFC 9110, 9112)."""
FORM = "application/x-www-form-urlencoded"
NESTING = 8
"""How deep the encodings of parts within parts are read."""


SCALARS = frozenset({"string", "integer", "number", "boolean"})


class Contents:
    """Reads what requests and responses carry."""

    def __init__(self, source: Source, schemas: Schemas) -> None:
        self._source = source
        self._schemas = schemas

    def parameters(self, nodes: Iterator[Node]) -> tuple[Parameter, ...]:
        """The parameters of a list; those without a name or a known `in` are the shape's business."""
        found = (self._parameter(self._source.follow(node)) for node in nodes)
        return tuple(parameter for parameter in found if parameter is not None)

    def headers(self, nodes: Iterator[tuple[str, Node]]) -> tuple[Header, ...]:
        """The headers of a response or part; Content-Type is said by the media type."""
        return tuple(
            self._header(name, self._source.follow(node), 0)
            for name, node in nodes
            if name.lower() != "content-type"
        )

    def body(self, node: Node | None) -> Body | None:
        """The body of a request."""
        if node is None:
            return None
        node = self._source.follow(node)
        return Body(
            at=node.at,
            required=node.flag("required"),
            description=node.text("description"),
            contents=self.media_types(node.entries("content")),
        )

    def media_types(
        self, nodes: Iterator[tuple[str, Node]], depth: int = 0
    ) -> tuple[MediaType, ...]:
        """Representations by media type, in the document's order."""
        return tuple(
            self._media_type(content_type, self._source.follow(node), depth)
            for content_type, node in nodes
        )

    def _parameter(self, node: Node) -> Parameter | None:
        name = node.text("name")
        location = PLACES.get(node.text("in") or "")
        if name is None or location is None:
            return None
        if location == "header" and name.lower() in NOT_PARAMETERS:
            self._source.report(not_a_parameter(node.at, name))
            return None
        if location == "header" and name.lower() in CARRIED:
            self._source.report(carried(node.at, name))
            return None
        style = self._style(node, location)
        content = self._sole_content(node, 0)
        schema, (examples, places) = self._schema(node, "schema"), self._examples(node)
        if content is not None and is_plain(content):
            examples, places = content.examples, content.examples_at
            schema, content = content.schema, None
        return Parameter(
            at=node.at,
            name=name,
            location=location,
            required=node.flag("required") or location == "path",
            description=node.text("description"),
            deprecated=node.flag("deprecated"),
            style=style,
            explode=explodes(node, style),
            allow_reserved=node.flag("allowReserved"),
            allow_empty=node.flag("allowEmptyValue"),
            schema=schema,
            content=content,
            examples=examples,
            examples_at=places,
            python_name=node.text("x-python-name"),
        )

    def _style(self, node: Node, location: ParameterIn) -> Style:
        return KNOWN.get(node.text("style") or "", STYLES[location])

    def _header(self, name: str, node: Node, depth: int) -> Header:
        examples, places = self._examples(node)
        return Header(
            at=node.at,
            name=name,
            required=node.flag("required"),
            description=node.text("description"),
            deprecated=node.flag("deprecated"),
            explode=node.flag("explode"),
            schema=self._schema(node, "schema"),
            content=self._sole_content(node, depth),
            examples=examples,
            examples_at=places,
            python_name=node.text("x-python-name"),
        )

    def _sole_content(self, node: Node, depth: int) -> MediaType | None:
        found = self.media_types(node.entries("content"), depth)
        return found[0] if found else None

    def _media_type(self, content_type: str, node: Node, depth: int) -> MediaType:
        if depth > NESTING:
            self._source.report(too_deep(node.at))
            return MediaType(at=node.at, content_type=content_type)
        examples, places = self._examples(node)
        # OpenAPI 3.0 knows styles in forms that are no multipart.
        styled = self._source.version > (3, 0) or content_type.lower().startswith(FORM)
        return MediaType(
            at=node.at,
            content_type=content_type,
            schema=self._schema(node, "schema"),
            item_schema=self._schema(node, "itemSchema"),
            encoding=self._encodings(node, depth, styled),
            prefix_encoding=self._prefix_encodings(node, depth),
            item_encoding=self._item_encoding(node, depth),
            examples=examples,
            examples_at=places,
        )

    def _encodings(
        self, node: Node, depth: int, styled: bool = True
    ) -> dict[str, Encoding]:
        entries = node.entries("encoding")
        return {name: self._encoding(one, depth, styled) for name, one in entries}

    def _prefix_encodings(self, node: Node, depth: int) -> tuple[Encoding, ...]:
        return tuple(self._encoding(e, depth) for e in node.each("prefixEncoding"))

    def _item_encoding(self, node: Node, depth: int) -> Encoding | None:
        item = node.get("itemEncoding")
        return None if item is None else self._encoding(item, depth)

    def _encoding(self, node: Node, depth: int, styled: bool = True) -> Encoding:
        if depth > NESTING:
            self._source.report(too_deep(node.at))
            return Encoding()
        types = (node.text("contentType") or "").split(",")
        return Encoding(
            content_types=tuple(word.strip() for word in types if word.strip()),
            headers=tuple(
                self._header(name, self._source.follow(header), depth + 1)
                for name, header in node.entries("headers")
                if name.lower() != "content-type"
            ),
            style=node.text("style") if styled else None,
            explode=node.flag("explode") if styled and "explode" in node else None,
            allow_reserved=node.flag("allowReserved"),
            encoding=self._encodings(node, depth + 1),
            prefix_encoding=self._prefix_encodings(node, depth + 1),
            item_encoding=self._item_encoding(node, depth + 1),
        )

    def _schema(self, node: Node, key: str) -> Schema | None:
        found = node.get(key)
        return None if found is None else self._schemas.read(found)

    def _examples(self, node: Node) -> tuple[tuple[Json, ...], tuple[Place, ...]]:
        """The values of `example` and `examples`, as data (not as text on the wire), and their places."""
        if "example" not in node and "examples" not in node:
            return (), ()
        found: list[Node] = []
        if (example := node.get("example")) is not None:
            found.append(example)
        for _, each in self._source.followed(node.entries("examples")):
            value = each.get("dataValue") or each.get("value")
            if value is not None:
                found.append(value)
        return tuple([one.value for one in found]), tuple([one.at for one in found])


def explodes(node: Node, style: Style) -> bool:
    """`explode` as given; a deepObject has no other way to travel."""
    if style == "deepObject":
        return True
    if "explode" in node:
        return node.flag("explode")
    return style in ("form", "cookie")


def is_plain(content: MediaType) -> bool:
    """Whether a parameter's content is a text as it is, written like one that has a schema."""
    name = content.content_type
    if content.schema is None or (is_json(name) and name != "*/*"):
        return False
    types = set(content.schema.types)
    return name.startswith("text/") or (bool(types) and types <= SCALARS)


def not_a_parameter(at: Place, name: str) -> Problem:
    return Problem(
        "ignored-parameter",
        at / "name",
        f'OpenAPI ignores a header parameter "{name}"',
        "say it by the media types of the content, or by security",
        "hint",
    )


def carried(at: Place, name: str) -> Problem:
    return Problem(
        "ignored-parameter",
        at / "name",
        f'the header "{name}" is left to what carries the request: '
        "clients and proxies set it by themselves",
        "remove it from the parameters",
        "hint",
    )


def too_deep(at: Place) -> Problem:
    return Problem(
        "not-supported",
        at,
        f"not supported yet: parts within parts more than {NESTING} deep",
    )

"""Which schemas travel in requests, which in responses, and which must therefore be two models."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from generator.channels import Message
from generator.model import Api, MediaType, Operation, Property, Schema
from generator.rules.walk import children
from generator.targets.merging import merged

Direction = Literal["in", "out", "both"]
"""Read from requests, said in responses, or one model for both."""
Hidden = Callable[[Schema], set[str]]


class Directions:
    """What is known of each schema: where it travels, and whether a direction changes it."""

    def __init__(self, api: Api) -> None:
        self._schemas = api.schemas
        asked, said = list(request_schemas(api)), list(response_schemas(api))
        inside = {key: within([schema]) for key, schema in api.schemas.items()}
        in_asked, in_said = within(asked), within(said)
        everything: dict[str, Schema] = {}
        for part in (*inside.values(), in_asked, in_said):
            everything |= part
        self.everything = list(everything.values())
        """Every schema of the document."""
        self._inside = {key: referred(inner) for key, inner in inside.items()}
        self.families = families(api.schemas)
        for key, kinds in self.families.items():
            self._inside[key] |= kinds
        self._flagged = self._reaching(
            key for key, inner in inside.items() if self._has_flags(inner)
        )
        self._in = self._reached(asked, in_asked)
        self._out = self._reached(said, in_said)
        self._changed: dict[str, bool] = {}
        self._matters = {key: key in self._flagged for key in api.schemas}
        choices = (one for one in self.everything if one.discriminator is not None)
        self._telling = {
            one.schema.key for owner in choices for one in self._tags(owner)
        }

    def of(self, key: str, asked: Direction) -> Direction | None:
        """The direction that a named schema's model is made for; None where there is only one model."""
        if key in self._flagged and key in self._in and key in self._out:
            return asked
        return None

    def matters(self, schema: Schema) -> bool:
        """Whether what is said of a schema, or of what it refers to, differs by direction."""
        found = self._matters.get(schema.key)
        if found is None:
            inner = within([schema])
            found = self._has_flags(inner) or not self._flagged.isdisjoint(
                referred(inner)
            )
            self._matters[schema.key] = found
        return found

    def sole(self, key: str) -> Direction:
        """The direction of a named schema that has one model."""
        if key not in self._in:
            return "out"
        return "both" if key in self._out else "in"

    def travels(self, schema: Schema, direction: Direction) -> bool:
        """Whether a property is sent this way; one that tells alternatives apart always is."""
        flag = read_only if direction == "in" else write_only
        return schema.key in self._telling or not flag(schema, self._schemas)

    def hidden(self, schema: Schema, direction: Direction) -> set[str]:
        """The properties of an object that do not travel this way."""
        flag = read_only if direction == "in" else write_only
        return {
            one.name for one in schema.properties if flag(one.schema, self._schemas)
        }

    def hiding(self, direction: Direction) -> Hidden | None:
        """Tells the properties of an object, allOf and all, that do not travel this way; None where all do."""
        if not self._flagged or direction == "both":
            return None
        return lambda one: self.hidden(merged(one, self._schemas).schema, direction)

    def changes(self, schema: Schema) -> bool:
        """Whether an inline schema differs between requests and responses."""
        found = self._changed.get(schema.key)
        if found is None:
            inner = within([schema])
            found = self._has_flags(inner) or any(
                ref in self._flagged and self.of(ref, "in") for ref in referred(inner)
            )
            self._changed[schema.key] = found
        return found

    def _tags(self, owner: Schema) -> Iterator[Property]:
        """The properties by which the alternatives of a schema say which they are."""
        telling = owner.discriminator
        assert telling is not None
        mapped = telling.mapping.values()
        named = [self._schemas[key] for key in mapped if key in self._schemas]
        for branch in (owner, *owner.one_of, *owner.any_of, *named):
            for one in merged(branch, self._schemas).schema.properties:
                if one.name == telling.property:
                    yield one

    def _has_flags(self, inside: Mapping[str, Schema]) -> bool:
        """Whether some property of these schemas travels one way only."""
        for schema in inside.values():
            for one in schema.properties:
                if read_only(one.schema, self._schemas):
                    return True
                if write_only(one.schema, self._schemas):
                    return True
        return False

    def _reached(self, roots: list[Schema], inside: Mapping[str, Schema]) -> set[str]:
        found: set[str] = set()
        stack = [*[root.key for root in roots], *referred(inside)]
        while stack:
            key = stack.pop()
            if key in self._inside and key not in found:
                found.add(key)
                stack.extend(self._inside[key])
        return found

    def _reaching(self, targets: Iterable[str]) -> set[str]:
        users: dict[str, list[str]] = {}
        for key, used in self._inside.items():
            for other in used:
                users.setdefault(other, []).append(key)
        found: set[str] = set()
        stack = list(targets)
        while stack:
            key = stack.pop()
            if key not in found:
                found.add(key)
                stack.extend(users.get(key, ()))
        return found


def within(schemas: Iterable[Schema]) -> dict[str, Schema]:
    """The schemas and all that stand inside them by their keys, $refs not followed."""
    stack, found = list(schemas), dict[str, Schema]()
    while stack:
        schema = stack.pop()
        if schema.key not in found:
            found[schema.key] = schema
            stack += children(schema)
    return found


def referred(inside: Mapping[str, Schema]) -> set[str]:
    """The keys of the schemas that each of these leads to by itself."""
    found: set[str] = set()
    for schema in inside.values():
        if schema.ref is not None:
            found.add(schema.ref)
        if schema.discriminator is not None:
            found.update(schema.discriminator.mapping.values())
    return found


def families(schemas: Mapping[str, Schema]) -> dict[str, set[str]]:
    """The schemas that stand in the place of one with a discriminator, since they extend it by allOf."""
    roots = [key for key, one in schemas.items() if is_family(one)]
    extending: dict[str, list[str]] = {}
    for key, schema in schemas.items() if roots else ():
        for part in schema.all_of:
            if part.ref is not None:
                extending.setdefault(part.ref, []).append(key)
    found = {root: _all_below(root, extending) for root in roots}
    return {root: kinds for root, kinds in found.items() if kinds}


def is_family(schema: Schema) -> bool:
    return schema.discriminator is not None and not schema.one_of and not schema.any_of


def _all_below(root: str, extending: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    stack = [*extending.get(root, ())]
    while stack:
        key = stack.pop()
        if key not in found:
            found.add(key)
            stack += extending.get(key, ())
    return found


def _content_schemas(contents: Iterable[MediaType]) -> Iterator[Schema]:
    for content in contents:
        yield from (
            one for one in (content.schema, content.item_schema) if one is not None
        )


def asked_schemas(operation: Operation) -> Iterator[Schema]:
    """What an operation's caller sends."""
    for parameter in operation.parameters:
        if parameter.schema is not None:
            yield parameter.schema
        if parameter.content is not None:
            yield from _content_schemas([parameter.content])
    if operation.body is not None:
        yield from _content_schemas(operation.body.contents)


def answered_schemas(operation: Operation) -> Iterator[Schema]:
    """What an operation answers."""
    for response in operation.responses:
        yield from _content_schemas(response.contents)
        for header in response.headers:
            if header.schema is not None:
                yield header.schema
            if header.content is not None:
                yield from _content_schemas([header.content])


def notices(api: Api) -> Iterator[Operation]:
    """The requests that our service sends: callbacks and webhooks."""
    for operation in api.operations:
        yield from (callback.operation for callback in operation.callbacks)
    yield from (webhook.operation for webhook in api.webhooks)


def message_schemas(api: Api, direction: Direction) -> Iterator[Schema]:
    """What the messages that come into the service, or go out of it, carry."""
    for message, way in used_messages(api):
        if way == direction:
            yield from (one for one in (message.payload, message.headers) if one)


def used_messages(api: Api) -> Iterator[tuple[Message, Direction]]:
    """Every message of the exchanges, each with the way it goes: into the service or out of it."""
    for exchange in api.exchanges:
        there: Direction = "in" if exchange.action == "receive" else "out"
        back: Direction = "out" if there == "in" else "in"
        for message in exchange.messages:
            yield message, there
        for message in exchange.reply.messages if exchange.reply else ():
            yield message, back


def request_schemas(api: Api) -> Iterator[Schema]:
    for operation in api.operations:
        yield from asked_schemas(operation)
    for notice in notices(api):
        yield from answered_schemas(notice)
    yield from message_schemas(api, "in")


def response_schemas(api: Api) -> Iterator[Schema]:
    """What our service says; a callback or webhook tells of its resources as a response does."""
    for operation in api.operations:
        yield from answered_schemas(operation)
        if operation.processing.progress is not None:
            yield operation.processing.progress
    for exchange in api.exchanges:
        if exchange.processing.progress is not None:
            yield exchange.processing.progress
    for notice in notices(api):
        yield from asked_schemas(notice)
    yield from message_schemas(api, "out")


def read_only(schema: Schema, schemas: Mapping[str, Schema]) -> bool:
    """Whether a property's schema, or what it refers to, is only read."""
    if schema.read_only or schema.ref is None:
        return schema.read_only
    return any(one.read_only for one in _chain(schema, schemas))


def write_only(schema: Schema, schemas: Mapping[str, Schema]) -> bool:
    if schema.write_only or schema.ref is None:
        return schema.write_only
    return any(one.write_only for one in _chain(schema, schemas))


def _chain(schema: Schema, schemas: Mapping[str, Schema]) -> Iterator[Schema]:
    seen: set[str] = set()
    found: Schema | None = schema
    while found is not None and found.key not in seen:
        seen.add(found.key)
        yield found
        found = schemas.get(found.ref) if found.ref is not None else None

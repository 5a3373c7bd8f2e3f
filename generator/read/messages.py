"""Messages of AsyncAPI, their traits applied → the model."""

from __future__ import annotations

from collections.abc import Iterator

from generator.channels import Message, MessageExample
from generator.model import ABSENT, Schema
from generator.problems import Place
from generator.read.bindings import bindings
from generator.read.formats import FormatSchemas
from generator.read.node import Node, Source
from generator.read.payloads import Payloads
from generator.read.schema import key_of
from generator.read.traits import with_traits


class Messages:
    """Reads messages; each place is read once, so one place is always the same `Message`."""

    def __init__(
        self, source: Source, schemas: FormatSchemas, own_wins: bool, document: Node
    ) -> None:
        self._source = source
        self._schemas = schemas
        self._own_wins = own_wins
        self._payloads = Payloads(source, schemas, document)
        self._read: dict[Place, Message] = {}

    def at(self, node: Node, otherwise: str) -> Message:
        """The message at a node or where its $refs lead; `otherwise` names one that has no name."""
        followed = self._source.follow(node)
        if followed.at not in self._read:
            self._read[followed.at] = self._message(followed, node, otherwise)
        return self._read[followed.at]

    def _message(self, bare: Node, asked: Node, otherwise: str) -> Message:
        node = with_traits(self._source, bare, self._own_wins)
        last = bare.at.path[-1] if bare.at.path else otherwise
        name = otherwise if bare.at == asked.at else str(last)
        bound = bindings(self._source, node)
        payload = self._payloads.of(node, bound)
        return Message(
            at=bare.at,
            key=key_of(bare.at),
            name=node.text("name") or node.text("messageId") or name,
            title=node.text("title"),
            summary=node.text("summary"),
            description=node.text("description"),
            deprecated=node.flag("deprecated"),
            content_type=payload.content_type,
            payload=payload.schema,
            wire=payload.wire,
            headers=self._headers(node),
            correlation=self._correlation(node),
            examples=tuple(examples(node)),
            bindings=bound,
            python_name=node.text("x-python-name"),
        )

    def _headers(self, node: Node) -> Schema | None:
        headers = node.get("headers")
        return None if headers is None else self._schemas.read(headers)

    def _correlation(self, node: Node) -> str | None:
        found = node.get("correlationId")
        return None if found is None else self._source.follow(found).text("location")


def examples(node: Node) -> Iterator[MessageExample]:
    """The examples of a message: payload, headers, or both."""
    for each in node.each("examples"):
        payload, headers = each.get("payload"), each.get("headers")
        yield MessageExample(
            at=each.at,
            name=each.text("name"),
            payload=ABSENT if payload is None else payload.value,
            headers=ABSENT if headers is None else headers.value,
        )

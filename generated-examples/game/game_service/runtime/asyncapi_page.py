"""The AsyncAPI document as one HTML page that needs nothing else; all its text is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from .page_parts import described, framed, mapping, paragraph, referred, table

SIDES = {"publish": "receive", "subscribe": "send"}
"""What the words of 2.x mean, seen from the application."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation, with what its own $refs lead to in their place."""

    name: str
    action: str
    address: str
    operation: dict[str, Any]
    messages: list[tuple[str, dict[str, Any]]]
    """Each with what it is called."""
    reply: str = ""
    is_async: bool = False


def page(document: dict[str, Any]) -> str:
    """The whole page of an AsyncAPI document."""
    info = mapping(document.get("info"))
    title = escape(str(info.get("title", "API")))
    version = escape(str(info.get("version", "")))
    body = "\n".join(
        [
            f"<h1>{title} <small>{version}</small></h1>",
            described(info.get("description")),
            '<p><a href="asyncapi.json">asyncapi.json</a></p>',
            *groups(document),
        ]
    )
    return framed(title, body)


def groups(document: dict[str, Any]) -> Iterator[str]:
    """What the service receives, what it sends, and the servers in between."""
    every = list(operations(document))
    for action, title in (("receive", "Received"), ("send", "Sent")):
        sections = [section(document, one) for one in every if one.action == action]
        if sections:
            yield f"<h2>{title}</h2>"
            yield from sections
    rows = table(servers(document))
    if rows:
        yield f"<h2>Servers</h2>{rows}"


def operations(document: dict[str, Any]) -> Iterator[Shown]:
    """Every operation, whichever version the document is of."""
    for name, given in mapping(document.get("operations")).items():
        operation = mapping(referred(document, given))
        channel = mapping(referred(document, operation.get("channel")))
        listed = operation.get("messages", mapping(channel.get("messages")))
        yield Shown(
            str(name),
            str(operation.get("action")),
            address_of(channel),
            operation,
            messages(document, listed),
            replied(document, mapping(referred(document, operation.get("reply")))),
            is_async(document, operation),
        )
    if "operations" not in document:
        yield from operations_of_channels(document)


def operations_of_channels(document: dict[str, Any]) -> Iterator[Shown]:
    """The operations of a 2.x document, which stand at their channels."""
    for address, given in mapping(document.get("channels")).items():
        channel = mapping(referred(document, given))
        for word, action in SIDES.items():
            if word in channel:
                operation = mapping(referred(document, channel[word]))
                message = mapping(referred(document, operation.get("message")))
                listed = message.get("oneOf", [message])
                name = str(operation.get("operationId", f"{word} {address}"))
                shown = messages(document, listed)
                marked = is_async(document, operation)
                yield Shown(
                    name, action, str(address), operation, shown, is_async=marked
                )


def address_of(channel: dict[str, Any]) -> str:
    address = channel.get("address")
    return "an address known at run time" if address is None else str(address)


def messages(document: dict[str, Any], listed: Any) -> list[tuple[str, dict[str, Any]]]:
    """The messages, by their keys or in a list; they may be referred to from channels that refer on."""
    named = listed.items() if isinstance(listed, dict) else _named(listed)
    found = []
    for key, one in named:
        for _ in range(3):
            one = referred(document, one)
        message = mapping(one)
        name = message.get("name") or key or "message"
        found.append((str(name), message))
    return found


def _named(listed: Any) -> Iterator[tuple[str, Any]]:
    """Each of a list with the end of its $ref."""
    for one in listed if isinstance(listed, list) else ():
        yield str(mapping(one).get("$ref", "")).rpartition("/")[2], one


def replied(document: dict[str, Any], reply: dict[str, Any]) -> str:
    """Where the reply goes."""
    if "channel" in reply:
        return address_of(mapping(referred(document, reply["channel"])))
    address = mapping(referred(document, reply.get("address")))
    return str(address.get("location", ""))


def section(document: dict[str, Any], shown: Shown) -> str:
    mark = ' <span class="mark">async</span>' if shown.is_async else ""
    parts = [
        f"<h3><b>{escape(shown.name)}</b> {escape(shown.address)}{mark}</h3>",
        paragraph(shown.operation.get("summary")),
        described(shown.operation.get("description")),
        table(rows(shown)),
        *(f"<pre>{escape(text)}</pre>" for text in examples(document, shown)),
    ]
    return "<section>" + "\n".join(filter(None, parts)) + "</section>"


def is_async(document: dict[str, Any], operation: dict[str, Any]) -> bool:
    """Whether a message becomes a job: said at the operation, else at the document's root."""
    kinds = [
        marked.get("type") if isinstance(marked, dict) else marked
        for marked in (operation.get("x-processing"), document.get("x-processing"))
    ]
    return next(filter(None, kinds), "sync") in ("async", "auto")


def rows(shown: Shown) -> Iterator[tuple[str, str, str]]:
    for name, message in shown.messages:
        kind = str(message.get("contentType", ""))
        words = ("title", "summary", "description")
        told = next(filter(None, map(message.get, words)), "")
        yield name, kind, str(told)
    if shown.reply:
        yield "reply", "", shown.reply


def examples(document: dict[str, Any], shown: Shown) -> Iterator[str]:
    """The payloads that the document gives as examples."""
    for _, message in shown.messages:
        given = message.get("examples")
        for one in given if isinstance(given, list) else ():
            if "payload" in mapping(one):
                yield json.dumps(one["payload"], ensure_ascii=False, indent=2)


def servers(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, given in mapping(document.get("servers")).items():
        server = mapping(referred(document, given))
        where = (
            server.get("url") or f"{server.get('host', '')}{server.get('pathname', '')}"
        )
        yield str(name), f"{server.get('protocol', '')} {where}", str(
            server.get("description", "")
        )

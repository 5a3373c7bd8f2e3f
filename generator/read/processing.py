"""`x-processing`, the marking of operations, → `model.Processing`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from generator.model import Backoff, Json, Processing, Schema
from generator.problems import Place, Problem
from generator.read.durations import duration
from generator.read.node import Node, Source
from generator.read.schema import Schemas, key_of
from generator.value import dataclass

TYPES = ("sync", "async", "auto")
IDEMPOTENCY = ("optional", "required", "off")
KEY = "x-processing"
AZURE = "x-ms-long-running-operation"


@dataclass(frozen=True, slots=True)
class Rule:
    """How the value of a key is read: None means that it is not one."""

    read: Callable[[Json], Any]
    wanted: str
    """What is said to somebody who wrote something else."""


def seconds(value: Json) -> float | None:
    found = duration(value) if isinstance(value, str) else None
    return found if found is not None and found > 0 else None


def some_time(value: Json) -> float | None:
    """Like `seconds`, but nothing at all is fine too."""
    return duration(value) if isinstance(value, str) else None


def at_least_one(value: Json) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return None
    return value


def factor(value: Json) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 1:
        return None
    return float(value)


def one_of(words: tuple[str, ...]) -> Callable[[Json], str | None]:
    return lambda value: value if isinstance(value, str) and value in words else None


def text(value: Json) -> str | None:
    return value if isinstance(value, str) and value else None


DURATION = "write a duration such as 500ms, 5s, 10m, 24h, 1d or PT5S"
COUNT = "write a whole number, at least 1"

RULES: dict[str, Rule] = {
    "type": Rule(one_of(TYPES), "use sync, async or auto"),
    "wait": Rule(seconds, DURATION),
    "deadline": Rule(seconds, DURATION),
    "attempts": Rule(at_least_one, COUNT),
    "concurrency": Rule(at_least_one, COUNT),
    "queue": Rule(at_least_one, COUNT),
    "retention": Rule(seconds, DURATION),
    "idempotency": Rule(one_of(IDEMPOTENCY), "use optional, required or off"),
    "webhook": Rule(text, "name one of the document's webhooks"),
}
BACKOFF: dict[str, Rule] = {
    "initial": Rule(some_time, DURATION),
    "factor": Rule(factor, "write a number, at least 1"),
    "max": Rule(some_time, DURATION),
}
KEYS = (*RULES, "backoff", "progress")
IDLE = {"sync": KEYS[1:], "async": ("wait",)}
"""The keys that say nothing of an operation over HTTP, by its type; messages are tried again in any case."""


class Markings:
    """Reads the markings of one document."""

    def __init__(
        self,
        source: Source,
        schemas: Schemas,
        idle: Mapping[str, tuple[str, ...]] = {},
    ) -> None:
        self._source = source
        self._schemas = schemas
        self._idle = idle
        self._defaults = Processing()
        self._marked = False

    def root(self, document: Node) -> str | None:
        """Take the document's defaults; returns `base`, the prefix of the paths that we add."""
        node = document.get(KEY)
        if node is None:
            self._warn_of_slip(document, "the document")
            return None
        self._marked = isinstance(node.value, str) or "type" in node
        read = self._read(node, Processing(), "the document", (*KEYS, "base"))
        self._defaults = replace(read, at=None)
        return self._base(node.get("base"))

    def operation(self, node: Node, name: str) -> Processing:
        """How one operation is carried out."""
        marking = node.get(KEY)
        if marking is not None:
            return self._read(marking, self._defaults, name, KEYS)
        self._warn_of_slip(node, name)
        if node.flag(AZURE):
            return replace(self._defaults, type="async", at=node.at / AZURE)
        if not self._marked:
            self._hint_at_202(node, name)
        return self._defaults

    def _read(
        self, node: Node, defaults: Processing, name: str, keys: tuple[str, ...]
    ) -> Processing:
        if not isinstance(node.value, dict):
            return replace(defaults, at=node.at, **self._fields(node, name, None))
        for key in node.value:
            if key not in keys:
                self._unknown_key((node.at / key).key(), name, key, keys)
        fields = self._fields(node, name, node.value)
        if (backoff := node.get("backoff")) is not None:
            fields["backoff"] = self._backoff(backoff, defaults.backoff, name)
        if (progress := node.get("progress")) is not None:
            fields["progress"] = self._progress(progress, name)
        made = replace(defaults, at=node.at, **fields)
        if "base" not in keys:
            self._hint_at_idle(node, fields, made.type, name)
        return made

    def _fields(
        self, node: Node, name: str, value: dict[str, Json] | None
    ) -> dict[str, Any]:
        if value is None:
            return self._values({"type": node}, RULES, name)
        nodes = {key: Node(node.at / key, value[key]) for key in RULES if key in value}
        webhook = nodes.get("webhook")
        if webhook is not None and webhook.value is None:
            del nodes["webhook"]
        return self._values(nodes, RULES, name)

    def _values(
        self, nodes: dict[str, Node], rules: dict[str, Rule], name: str
    ) -> dict[str, Any]:
        found = {}
        for key, node in nodes.items():
            value = rules[key].read(node.value)
            if value is None:
                self._wrong(node, name, key, rules[key])
            else:
                found[key] = value
        return found

    def _backoff(self, node: Node, defaults: Backoff, name: str) -> Backoff:
        if not isinstance(node.value, dict):
            wanted = Rule(text, "write backoff: {initial: 1s, factor: 2, max: 5m}")
            self._wrong(node, name, "backoff", wanted)
            return defaults
        for key in node.value:
            if key not in BACKOFF:
                self._unknown_key((node.at / key).key(), name, key, tuple(BACKOFF))
        nodes = {k: Node(node.at / k, v) for k, v in node.value.items() if k in BACKOFF}
        return replace(defaults, **self._values(nodes, BACKOFF, name))

    def _progress(self, node: Node, name: str) -> Schema | None:
        """A schema, or just the reference to one."""
        if isinstance(node.value, str):
            key = self._schemas.refer(node.at, node.value)
            return Schema(at=node.at, key=key_of(node.at), ref=key)
        if isinstance(node.value, dict):
            return self._schemas.read(node)
        if node.value is not None:
            wanted = Rule(
                text, "write the reference of a schema: '#/components/schemas/…'"
            )
            self._wrong(node, name, "progress", wanted)
        return None

    def _base(self, node: Node | None) -> str | None:
        if node is None:
            return None
        value = node.value
        if isinstance(value, str) and value.startswith("/") and "{" not in value:
            return value.rstrip("/")
        rule = Rule(text, "write a path that begins with a slash, such as /async")
        self._wrong(node, "the document", "base", rule)
        return None

    def _unknown_key(self, at: Place, name: str, key: str, keys: Iterable[str]) -> None:
        near = difflib.get_close_matches(key, keys, 1)
        help = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(keys)}"
        message = f'{name}: "{key}" is not a key of x-processing'
        self._source.report(Problem("unknown-processing", at, message, help))

    def _warn_of_slip(self, node: Node, name: str) -> None:
        """Tell of an extension that was surely meant to be the marking."""
        for key in node.value if isinstance(node.value, dict) else ():
            if key.startswith("x-") and is_slip(key):
                self._source.report(
                    Problem(
                        "unknown-processing",
                        (node.at / key).key(),
                        f'{name}: "{key}" marks nothing',
                        f"did you mean {KEY}?",
                        "warning",
                    )
                )

    def _wrong(self, node: Node, name: str, key: str, rule: Rule) -> None:
        shown = f'"{node.value}"' if isinstance(node.value, str) else "this"
        what = "a processing type" if key == "type" else f"a value of {key}"
        message = f"{name}: {shown} is not {what}"
        self._source.report(
            Problem("unknown-processing", node.at, message, rule.wanted)
        )

    def _hint_at_idle(
        self, node: Node, found: Iterable[str], type: str, name: str
    ) -> None:
        """Tell of keys that say nothing of an operation of this type."""
        for key in found:
            if key in self._idle.get(type, ()):
                self._source.report(
                    Problem(
                        "idle-processing",
                        (node.at / key).key(),
                        f"{name}: is {type}, of which {key} says nothing",
                        "leave it out, or use another type",
                        "hint",
                    )
                )

    def _hint_at_202(self, node: Node, name: str) -> None:
        accepted = next((n for s, n in node.patterned("responses") if s == "202"), None)
        if accepted is not None:
            self._source.report(
                Problem(
                    "unmarked-202",
                    accepted.at.key(),
                    f"{name}: answers 202 but is not marked, so it is generated as a sync operation",
                    "add x-processing: async to make it asynchronous",
                    "hint",
                )
            )


def is_slip(key: str) -> bool:
    """Whether an extension's name is all but that of the marking."""
    return bool(difflib.get_close_matches(key.lower(), [KEY], 1, 0.9))

"""A raw document of one or several files: what it declares, by a walk of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class JsonLoader(yaml.CSafeLoader):
    """YAML with JSON's scalars: no dates, no sexagesimals, no `on` for true."""


JsonLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", r"~|null|Null|NULL|", list("~nN") + [""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?(0|[1-9][0-9]*)", list("-+0123456789")),
    (
        "float",
        r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
):
    JsonLoader.add_implicit_resolver(
        f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first
    )


@dataclass(frozen=True)
class Node:
    """A value and the file that it stands in, which is what its references start from."""

    value: Any
    file: Path

    def get(self, key: str) -> Node:
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, self.file)

    def items(self) -> Iterator[tuple[str, Node]]:
        if isinstance(self.value, dict):
            for key, value in self.value.items():
                yield str(key), Node(value, self.file)

    def __iter__(self) -> Iterator[Node]:
        for value in self.value or ():
            yield Node(value, self.file)

    def __bool__(self) -> bool:
        return self.value is not None


@dataclass(frozen=True)
class Operation:
    """One method of one path, with what its path adds to it."""

    path: str
    method: str
    node: Node
    shared: Node

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def called(self) -> str:
        """The path that is called: no fragment, and no query that parameters are put into."""
        path, query = self.parts
        fixed = "&".join(pair for pair in query if "{" not in pair)
        return f"{path}?{fixed}" if fixed else path

    @property
    def parts(self) -> tuple[str, list[str]]:
        """The path without its query, and the fields of that."""
        found = re.match(r"((?:\{[^{}]*\}|[^?#])*)\??([^#]*)", self.path)
        path, query = found.groups() if found else (self.path, "")
        return path, [pair for pair in query.split("&") if pair]


@dataclass
class Document:
    """An OpenAPI document and every file that it refers to."""

    file: Path
    files: dict[Path, Any] = field(default_factory=dict)

    @property
    def root(self) -> Node:
        return Node(self.loaded(self.file), self.file)

    @property
    def version(self) -> str:
        return str(self.root.value["openapi"])[:3]

    def loaded(self, file: Path) -> Any:
        file = file.resolve()
        if file not in self.files:
            text = file.read_text(encoding="utf-8-sig")
            is_json = text.lstrip().startswith("{") and file.suffix == ".json"
            self.files[file] = (
                json.loads(text) if is_json else yaml.load(text, JsonLoader)
            )
        return self.files[file]

    def found(self, node: Node) -> Node:
        """What stands at the end of a chain of references."""
        for _ in range(50):
            reference = node.get("$ref").value
            if not isinstance(reference, str):
                return node
            node = self.target(reference, node.file)
        raise ValueError("references without an end")

    def target(self, reference: str, file: Path) -> Node:
        name, _, pointer = reference.partition("#")
        file = (file.parent / unquote(name)).resolve() if name else file
        value = self.loaded(file)
        if pointer and not pointer.startswith("/"):
            return Node(anchored(value, pointer), file)
        for part in filter(None, unquote(pointer).split("/")):
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key not in value:  # all of it is a reference
                here = self.found(Node(value, file))
                value, file = here.value, here.file
            value = value[int(key)] if isinstance(value, list) else value[key]
        return Node(value, file)

    def operations(self) -> Iterator[Operation]:
        for path, item in self.found(self.root.get("paths")).items():
            if path.startswith("/"):
                yield from self.of_item(path, item)

    def of_item(self, path: str, item: Node) -> Iterator[Operation]:
        """The operations of a path item; its own keys win over those of what it refers to."""
        layers = [item]
        while isinstance(item.get("$ref").value, str):
            item = self.target(item.value["$ref"], item.file)
            layers.append(item)
        seen = set()
        for layer in layers:
            methods = [*METHODS, *(["query"] if self.version == "3.2" else [])]
            found = [(m.upper(), layer.get(m)) for m in methods]
            if self.version == "3.2":
                found += list(layer.get("additionalOperations").items())
            for method, node in found:
                if node and method not in seen:
                    seen.add(method)
                    yield Operation(path, method, node, layer.get("parameters"))

    def parameters(self, operation: Operation) -> list[Node]:
        """The operation's parameters over those of its path."""
        found = {}
        for each in [*operation.shared, *operation.node.get("parameters")]:
            each = self.found(each)
            place, name = each.value["in"], each.value["name"]
            found[place, name.lower() if place == "header" else name] = each
        return list(found.values())

    def statuses(self, operation: Operation) -> list[str]:
        return [status for status, _ in operation.node.get("responses").items()]

    def callback_names(self) -> set[tuple[str, str]]:
        """The events that callbacks are: one however many URLs and methods it has."""
        return {
            (operation.name, name)
            for operation in self.operations()
            for name, callback in operation.node.get("callbacks").items()
            for expression, item in self.found(callback).items()
            if not expression.startswith("x-")
            for _ in self.of_item(expression, item)
        }

    def callbacks(self) -> list[tuple[str, str]]:
        """Expression and method of everything that operations call back."""
        return [
            (expression, sent.method)
            for operation in self.operations()
            for _, callback in operation.node.get("callbacks").items()
            for expression, item in self.found(callback).items()
            if not expression.startswith("x-")
            for sent in self.of_item(expression, item)
        ]

    def webhooks(self) -> list[tuple[str, str]]:
        """Name and method of every webhook."""
        key = "x-webhooks" if self.version == "3.0" else "webhooks"
        return [
            (name, sent.method)
            for name, item in self.root.get(key).items()
            for sent in self.of_item(name, item)
        ]

    def security(self, operation: Operation) -> list[dict[str, list[str]]]:
        """The alternatives of an operation."""
        own = operation.node.get("security")
        return (own if own else self.root.get("security")).value or []

    def schemes(self) -> dict[str, Node]:
        components = self.found(self.root.get("components"))
        found = self.found(components.get("securitySchemes")).items()
        return {name: self.found(node) for name, node in found}

    def scopes(self) -> set[str]:
        """Every scope that anything requires."""
        every = [self.root.get("security").value or []]
        every += [self.security(operation) for operation in self.operations()]
        return {
            scope
            for alternatives in every
            for needs in alternatives
            for scopes in needs.values()
            for scope in scopes
        }


def anchored(value: Any, anchor: str) -> Any:
    """The schema that has an `$anchor`."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            if each.get("$anchor") == anchor:
                return each
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
    raise KeyError(anchor)

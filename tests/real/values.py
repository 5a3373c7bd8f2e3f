"""Values that fit a schema: the document's own examples, else made; jsonschema is the judge."""

from __future__ import annotations

import re
import re._parser as sre  # type: ignore[import-untyped]
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from openapi_schema_validator import (
    OAS30WriteValidator,
    OAS31Validator,
    OAS32Validator,
)
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from real.raw import Document, Node

JUDGES = {"3.0": OAS30WriteValidator, "3.1": OAS31Validator, "3.2": OAS32Validator}
TEXTS = {
    "date": "2024-02-29",
    "date-time": "2024-02-29T12:30:00Z",
    "time": "12:30:00Z",
    "duration": "PT5M",
    "uuid": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
    "email": "someone@example.com",
    "idn-email": "someone@example.com",
    "uri": "https://example.com/there",
    "url": "https://example.com/there",
    "iri": "https://example.com/there",
    "uri-reference": "/there",
    "uri-template": "/there/{id}",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.7",
    "ip": "192.0.2.7",
    "ipv6": "2001:db8::7",
    "byte": "aGVsbG8=",
    "base64url": "aGVsbG8",
    "json-pointer": "/a/b",
    "relative-json-pointer": "1/a",
    "regex": "^a$",
    "binary": "bytes",
    "decimal": "1.5",
    "char": "c",
    "date-time-rfc1123": "Thu, 29 Feb 2024 12:30:00 GMT",
    "http-date": "Thu, 29 Feb 2024 12:30:00 GMT",
    "media-range": "text/plain",
    "int64": "7",
}
DEEP = 12


class NoValue(Exception):
    """No value could be made that the judge accepts."""


class Values:
    """Makes values for the schemas of one document."""

    def __init__(self, document: Document, addresses: set[str] = frozenset()) -> None:
        self._document = document
        self._addresses = addresses
        self._judge = JUDGES[document.version]
        self._registry: Registry[Any] = Registry(retrieve=self._resource)

    def _resource(self, uri: str) -> Resource[Any]:

        value = self._document.loaded(Path(unquote(uri.removeprefix("file://"))))
        return Resource(value, DRAFT202012)

    def fits(self, value: Any, schema: Node) -> bool:
        if not isinstance(schema.value, dict):
            return schema.value is not False
        resolver = self._registry.resolver(f"file://{schema.file.resolve()}")
        judge = self._judge(schema.value, _resolver=resolver)
        return bool(judge.is_valid(value))

    def of(self, schema: Node, examples: list[Any], full: bool) -> Any:
        """The first of the examples, or else of the values made, that fits."""
        for value in [*examples, *self.made(schema, full)]:
            if self.fits(value, schema):
                return value
        if self._document.version != "3.0" and self._reads_only(schema):
            # The judge of 3.1 asks requests for what only responses have.
            return next(self.made(schema, full))
        raise NoValue(str(schema.value)[:200])

    def _reads_only(self, schema: Node) -> bool:
        stack, seen = [schema], set[str]()
        while stack:
            node = stack.pop()
            if isinstance(node.value, list):
                stack.extend(Node(each, node.file) for each in node.value)
            elif isinstance(node.value, dict):
                if node.value.get("readOnly") is True:
                    return True
                reference = node.value.get("$ref")
                if isinstance(reference, str) and reference not in seen:
                    seen.add(reference)
                    stack.append(self._document.target(reference, node.file))
                stack.extend(Node(each, node.file) for each in node.value.values())
        return False

    def made(self, schema: Node, full: bool) -> Iterator[Any]:
        for fullness in (full, not full):
            for plain in (False, True):
                yield self.make(schema, fullness, 0, plain=plain)

    def make(
        self, schema: Node, full: bool, depth: int, name: str = "", plain: bool = False
    ) -> Any:
        """A value by the keywords alone; with `plain`, without looking at examples."""
        if not isinstance(schema.value, dict):
            return "text"
        key = self._key_of(schema)
        flat = self.flat(schema)
        value = flat.value
        if not plain and "allOf" not in schema.value:
            for example in self._examples(flat):
                if self.fits(example, schema):
                    return example
        if "const" in value:
            return value["const"]
        if value.get("enum"):
            found = [each for each in value["enum"] if self.fits(each, schema)]
            return (found or value["enum"])[0]
        for word in ("oneOf", "anyOf"):
            if value.get(word) and depth < DEEP:
                return self._alternative(flat, word, full, depth, plain, schema)
        mapped = self._mapped(flat, key, full, depth, plain)
        if mapped is not None:
            return mapped
        return self._typed(flat, full, depth, name, plain, key)

    def _key_of(self, schema: Node) -> str:
        reference = schema.value.get("$ref")
        return reference.rsplit("/", 1)[-1] if isinstance(reference, str) else ""

    def _examples(self, flat: Node) -> list[Any]:
        value = flat.value
        found = [value[word] for word in ("example", "default") if word in value]
        examples = value.get("examples")
        return found[:1] + (examples if isinstance(examples, list) else []) + found[1:]

    def flat(self, schema: Node) -> Node:
        """The schema with its references and its allOf merged into it."""
        merged: dict[str, Any] = {}
        files = schema.file
        stack, seen = [schema], 0
        while stack and seen < 200:
            node, seen = stack.pop(), seen + 1
            value = node.value
            if not isinstance(value, dict):
                continue
            if isinstance(value.get("$ref"), str):
                stack.append(self._document.target(value["$ref"], node.file))
                if self._document.version == "3.0":
                    continue
            stack.extend(Node(part, node.file) for part in value.get("allOf", ()))
            self._merge(merged, node)
            files = node.file if len(merged) and node is not schema else files
        return Node(merged, files)

    def _merge(self, merged: dict[str, Any], node: Node) -> None:
        for key, value in node.value.items():
            if key in ("$ref", "allOf"):
                continue
            if key == "properties":
                kept = merged.setdefault(key, {})
                for name, part in value.items():
                    part = self._placed(part, node)
                    kept[name] = {"allOf": [kept[name], part]} if name in kept else part
            elif key == "required" and isinstance(value, list):
                merged[key] = list(dict.fromkeys([*merged.get(key, ()), *value]))
            elif key in ("items", "additionalProperties"):
                merged.setdefault(key, self._placed(value, node))
            elif key in ("oneOf", "anyOf", "prefixItems"):
                merged.setdefault(key, [self._placed(each, node) for each in value])
            elif key == "enum" and key in merged:
                merged[key] = [each for each in merged[key] if each in value]
            elif key in ("minimum", "minLength", "minItems", "minProperties"):
                merged[key] = max(value, merged.get(key, value))
            elif key in ("maximum", "maxLength", "maxItems"):
                merged[key] = min(value, merged.get(key, value))
            elif key == "discriminator":
                mapping = {
                    name: self._absolute(to, node)
                    for name, to in value.get("mapping", {}).items()
                }
                merged.setdefault(key, {**value, "mapping": mapping})
            else:
                merged.setdefault(key, value)

    def _placed(self, part: Any, node: Node) -> Any:
        """A part whose references no longer depend on the file that it stands in."""
        if isinstance(part, dict):
            return {
                key: (
                    self._absolute(value, node)
                    if key == "$ref" and isinstance(value, str)
                    else (
                        value
                        if key in ("example", "examples", "enum", "const", "default")
                        else self._placed(value, node)
                    )
                )
                for key, value in part.items()
            }
        if isinstance(part, list):
            return [self._placed(each, node) for each in part]
        return part

    def _absolute(self, reference: str, node: Node) -> str:
        if "/" not in reference and "#" not in reference and "." not in reference:
            reference = f"#/components/schemas/{reference}"
        name, _, pointer = reference.partition("#")
        file = (node.file.parent / name).resolve() if name else node.file.resolve()
        return f"{file}#{pointer}"

    def _alternative(
        self, flat: Node, word: str, full: bool, depth: int, plain: bool, whole: Node
    ) -> Any:
        rest = {k: v for k, v in flat.value.items() if k not in (word, "discriminator")}
        teller = flat.value.get("discriminator")
        last: Any = None
        tries = [(b, f) for f in (full, not full) for b in flat.value[word]]
        for branch, fullness in tries:
            if branch == {"type": "null"}:
                continue
            node = Node({"allOf": [branch, rest]} if rest else branch, flat.file)
            made = self.make(node, fullness, depth + 1, plain=plain)
            if teller and isinstance(made, dict) and "$ref" in branch:
                made = {
                    **made,
                    teller["propertyName"]: self._told(teller, branch["$ref"]),
                }
            last = made
            if self.fits(made, whole):
                return made
        return None if self.fits(None, whole) else last

    def _told(self, teller: dict[str, Any], reference: str) -> str:
        for name, to in teller.get("mapping", {}).items():
            if to == reference:
                return str(name)
        return reference.rsplit("/", 1)[-1]

    def _mapped(self, flat: Node, key: str, full: bool, depth: int, plain: bool) -> Any:
        """What the discriminator of a common parent asks for: one of its children."""
        teller = flat.value.get("discriminator")
        if not isinstance(teller, dict) or depth > DEEP:
            return None
        mapping = teller.get("mapping", {})
        for name, to in mapping.items():
            if to.rsplit("/", 1)[-1] == key:
                name_of, target = name, None
                break
        else:
            if not mapping:
                name_of, target = key, None
            else:
                name_of, to = next(iter(mapping.items()))
                target = Node({"$ref": to}, flat.file)
        if target is None:
            rest = {k: v for k, v in flat.value.items() if k != "discriminator"}
            made = self._typed(Node(rest, flat.file), full, depth, "", plain, key)
        else:
            made = self.make(target, full, depth + 1, plain=plain)
        if not isinstance(made, dict):
            return made
        return {**made, teller["propertyName"]: name_of or key or "x"}

    def _typed(
        self, flat: Node, full: bool, depth: int, name: str, plain: bool, key: str
    ) -> Any:
        value = flat.value
        kind = value.get("type")
        if isinstance(kind, list):
            kind = next((each for each in kind if each != "null"), "null")
        if kind is None:
            objects = ("properties", "additionalProperties", "required")
            numbers = ("minimum", "maximum", "multipleOf")
            if any(word in value for word in objects):
                kind = "object"
            elif "items" in value or "prefixItems" in value:
                kind = "array"
            elif any(word in value for word in numbers):
                kind = "number"
        if kind == "object":
            return self._object(flat, full, depth, plain)
        if kind == "array":
            return self._array(flat, full, depth, name, plain)
        if kind in ("integer", "number"):
            return number(value, kind)
        if kind == "boolean":
            return True
        if kind == "null":
            return None
        return self._text(value, name)

    def _object(self, flat: Node, full: bool, depth: int, plain: bool) -> Any:
        value = flat.value
        required = value.get("required") or []
        required = required if isinstance(required, list) else []
        made = {}
        for name, part in value.get("properties", {}).items():
            node = Node(part, flat.file)
            if part is False or self.flat(node).value.get("readOnly"):
                continue
            if name in required or (full and depth < 4):
                made[name] = self.make(node, full, depth + 1, name, plain)
        more = value.get("additionalProperties", True)
        rest = Node(more if isinstance(more, dict) else {}, flat.file)
        for name in required:
            if name not in made and name not in value.get("properties", {}):
                made[name] = self.make(rest, full, depth + 1, name, plain)
        wanted = value.get("minProperties", 0)
        if full and isinstance(more, dict) and not made and depth < 4:
            wanted = max(wanted, 1)
        for count in range(len(made), wanted):
            made[f"key{count}"] = self.make(rest, full, depth + 1, plain=plain)
        return made

    def _array(self, flat: Node, full: bool, depth: int, name: str, plain: bool) -> Any:
        value = flat.value
        made = [
            self.make(Node(part, flat.file), full, depth + 1, name, plain)
            for part in value.get("prefixItems", ())
        ]
        wanted = max(value.get("minItems", 0), 1 if depth < (6 if full else 2) else 0)
        items = Node(value.get("items", {}), flat.file)
        while len(made) < wanted and items.value is not False:
            each = self.make(items, full, depth + 1, name, plain)
            if value.get("uniqueItems") and each in made:
                each = other(each, len(made))
            made.append(each)
        return made

    def _text(self, value: dict[str, Any], name: str) -> str:
        if "pattern" in value:
            made = matching(value["pattern"], value.get("minLength", 0))
            if made is not None:
                return made
        made = TEXTS.get(value.get("format", ""), "text")
        if name in self._addresses:
            made = "http://127.0.0.1:9/hook"
        made = made.ljust(value.get("minLength", 0), "x")
        return made[: value.get("maxLength", len(made))]


def number(value: dict[str, Any], kind: str) -> int | float:
    low, high = value.get("minimum"), value.get("maximum")
    above, below = value.get("exclusiveMinimum"), value.get("exclusiveMaximum")
    step = value.get("multipleOf") or 1
    low = low + step if above is True and low is not None else low
    high = high - step if below is True and high is not None else high
    if above is not None and not isinstance(above, bool):
        low = above + step
    if below is not None and not isinstance(below, bool):
        high = below - step
    made: int | float = step
    if low is not None and made < low:
        made = -(-low // step) * step
    if high is not None and made > high:
        made = high // step * step
        made = high if low is not None and made < low else made
    return int(made) if kind == "integer" and made == int(made) else made


def other(value: Any, count: int) -> Any:
    """A value of the same kind that is another one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + count
    return f"{value}{count}" if isinstance(value, str) else value


def matching(pattern: str, least: int) -> str | None:
    """A short text that the pattern matches; None for what cannot be made so."""
    for longer in (0, max(least, 1), least + 3):
        try:
            made = "".join(_pieces(sre.parse(pattern), longer))
            if re.search(pattern, made) and len(made) >= least:
                return made
        except (re.error, NotImplementedError, RecursionError):
            return None
    return None


def _pieces(parsed: Any, longer: int) -> Iterator[str]:
    for word, value in parsed:
        match str(word):
            case "LITERAL":
                yield chr(value)
            case "ANY" | "NOT_LITERAL":
                yield "x" if value != ord("x") else "y"
            case "IN":
                yield _of_class(value)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, part = value
                for _ in range(min(int(most), max(least, longer))):
                    yield from _pieces(part, 0)
            case "SUBPATTERN":
                yield from _pieces(value[3], longer)
            case "BRANCH":
                yield from _pieces(value[1][0], longer)
            case "AT" | "ASSERT" | "ASSERT_NOT":
                pass
            case _:
                raise NotImplementedError(str(word))


CATEGORIES = {
    "CATEGORY_DIGIT": "7",
    "CATEGORY_WORD": "w",
    "CATEGORY_SPACE": " ",
    "CATEGORY_NOT_DIGIT": "d",
    "CATEGORY_NOT_SPACE": "s",
    "CATEGORY_NOT_WORD": "-",
}


def _of_class(members: Any) -> str:
    if str(members[0][0]) == "NEGATE":
        pattern = [
            (chr(v) if str(k) == "LITERAL" else (chr(v[0]), chr(v[1])))
            for k, v in members[1:]
            if str(k) in ("LITERAL", "RANGE")
        ]
        for char in "axZ7-_.~ é":
            taken = any(
                char == each if isinstance(each, str) else each[0] <= char <= each[1]
                for each in pattern
            )
            if not taken:
                return char
        raise NotImplementedError
    word, value = members[0]
    match str(word):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[0])
        case "CATEGORY":
            return CATEGORIES[str(value)]
    raise NotImplementedError

"""Schemas that contradict themselves, so that nothing is valid: what is surely meant is read, and told."""

from __future__ import annotations

from generator.model import Json, Schema
from generator.problems import Problem, Span
from generator.read.keywords import Fields
from generator.read.node import Node, Source
from generator.schema import schema_of


def settle(source: Source, node: Node, fields: Fields) -> None:
    """Read what a schema surely means where what it says cannot be."""
    if "required" in fields and "additional" in fields:
        settle_required(source, node, fields)
    if "types" in fields and ("one_of" in fields or "any_of" in fields):
        settle_type(source, node, fields)
    if "enum" in fields and "items" in fields and fields.get("types") == ("array",):
        settle_enum(source, node, fields)


def settle_required(source: Source, node: Node, fields: Fields) -> None:
    """A closed object is not asked for properties that it does not have."""
    if not fields["additional"].never or fields.get("pattern_properties"):
        return
    names = {each.name for each in fields.get("properties", ())}
    refused = [name for name in fields["required"] if name not in names]
    if not refused or not isinstance(node.value, dict):
        return
    index = list(node.texts("required")).index(refused[0])
    at = source.documents.span(node.at / "required" / index)
    source.report(_undeclared(at, refused))
    kept = [name for name in fields["required"] if name in names]
    fields["required"] = tuple(kept)
    rest = {key: said for key, said in node.value.items() if key != "required"}
    source.documents.replace(node.at, {**rest, "required": [*kept]} if kept else rest)


def settle_type(source: Source, node: Node, fields: Fields) -> None:
    """A type that none of the alternatives has counts for nothing; null is one more alternative."""
    word, field = ("oneOf", "one_of") if "one_of" in fields else ("anyOf", "any_of")
    types = fields["types"]
    several = [*node.each(word)]
    if not several or any(_may_be(source, one, types) for one in several):
        return
    at = source.documents.span((node.at / "type").key())
    source.report(_impossible(at, types, word))
    assert isinstance(node.value, dict)
    value = {key: said for key, said in node.value.items() if key != "type"}
    del fields["types"]
    if "null" in types:
        key = f"{fields[field][0].key}?null"
        null = Schema(at=node.at, key=key, types=("null",))
        fields[field] = (*fields[field], null)
        value[word] = [*(one.value for one in several), {"type": "null"}]
    source.documents.replace(node.at, value)


def settle_enum(source: Source, node: Node, fields: Fields) -> None:
    """An array's enum without a list in it is that of its items."""
    inner, words = node.get("items"), fields["enum"]
    if inner is None or not isinstance(inner.value, dict) or "enum" in inner.value:
        return
    if not words or any(isinstance(word, list) for word in words):
        return
    at = source.documents.span((node.at / "enum").key())
    source.report(_of_items(at))
    said: Fields = {**vars(fields["items"]), "enum": fields.pop("enum")}
    if "enum_names" in fields:
        said["enum_names"] = fields.pop("enum_names")
    fields["items"] = schema_of(said.pop("at"), said.pop("key"), said)
    assert isinstance(node.value, dict)
    rest = {word: value for word, value in node.value.items() if word != "enum"}
    one: dict[str, Json] = inner.value
    if "$ref" in one:
        one = {"allOf": [inner.value]}
    meant: Json = {**one, "enum": [*words]}
    source.documents.replace(node.at, {**rest, "items": meant})


def _may_be(source: Source, alternative: Node, types: tuple[str, ...]) -> bool:
    """Whether values of an alternative may be of one of the types; what does not say its own may."""
    ref = alternative.text("$ref")
    if ref is not None:
        target = source.target(alternative.at / "$ref", ref)
        value = None if target is None else source.documents.value(target)
        alternative = Node(target or alternative.at, value)
    found = alternative.texts("type") or (alternative.text("type"),)
    return found == (None,) or not _numbers(found).isdisjoint(_numbers(types))


def _numbers(types: tuple[str | None, ...]) -> set[str | None]:
    """Types, of which integers are numbers."""
    return {"number" if one == "integer" else one for one in types}


def _undeclared(at: Span, names: list[str]) -> Problem:
    told = ", ".join(f'"{name}"' for name in names)
    return Problem(
        "undeclared-property",
        at,
        f"this closed object requires {told}, but does not have that; it is not asked for it",
        f"add {names[0]} to its properties",
        "warning",
    )


def _of_items(at: Span) -> Problem:
    return Problem(
        "unfit-enum",
        at,
        "none of this enum's values is an array; it is read as the enum of the items",
        "write it into items",
        "warning",
    )


def _impossible(at: Span, types: tuple[str, ...], word: str) -> Problem:
    also = "it is one more" if "null" in types else "it counts for nothing"
    return Problem(
        "impossible-type",
        at,
        f"none of the alternatives in {word} is of the type {' or '.join(types)}; {also}",
        f"leave the type out, and let {word} say all",
        "warning",
    )

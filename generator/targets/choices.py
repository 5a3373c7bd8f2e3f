"""Operations that share a path and a method: what a request says that asks for one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import parse_qsl

from generator.model import Operation, Parameter, Schema
from generator.targets.keywords import allowed_values
from generator.targets.merging import merged
from generator.targets.path_parts import expression
from generator.value import dataclass

NAMES = re.compile(r"\{([^{}]*)\}")
Words = Mapping[tuple[str, str], str]
"""The texts of query fields and headers, by their place and name."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What every request for an operation says, and those for others of its path and method do not."""

    words: Words
    parts: tuple[str, ...]
    """What the path's parameters may be: regular expressions, or nothing where they may be anything."""
    contents: tuple[str, ...]
    """The media types of the body."""

    @property
    def weight(self) -> int:
        return len(self.words) + sum(map(bool, self.parts))

    def says(self, other: Choice) -> bool:
        """Whether path, query and headers are those of another."""
        return (self.words, self.parts) == (other.words, other.parts)

    def is_apart(self, other: Choice) -> bool:
        """Whether a request can be for one only."""
        if not self.says(other):
            return True
        both = bool(self.contents and other.contents)
        return both and not {*self.contents} & {*other.contents}


def template(operation: Operation) -> str:
    """The path, whatever its parameters are called."""
    return NAMES.sub("{}", operation.served_path)


def shared(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """The operations that have their path and method in common with others."""
    groups: dict[tuple[str, str], list[Operation]] = {}
    for each in operations:
        groups.setdefault((each.method, template(each)), []).append(each)
    yield from (group for group in groups.values() if len(group) > 1)


def choices(
    operations: Iterable[Operation], schemas: Mapping[str, Schema]
) -> dict[str, Choice]:
    """What chooses each operation, by its id, where others have its path and method."""
    found = dict[str, Choice]()
    for group in shared(operations):
        said = [{**fixed(each), **declared(each, schemas)} for each in group]
        common = set.intersection(*({*each.items()} for each in said))
        for each, words in zip(group, said, strict=True):
            own = {
                spot: text for spot, text in words.items() if (spot, text) not in common
            }
            found[each.id] = Choice(own, _parts(each, schemas), _contents(each))
    return found


def fixed(operation: Operation) -> dict[tuple[str, str], str]:
    """What a path has been given for its query."""
    query = operation.called_path.removeprefix(operation.served_path)[1:]
    return {("query", name): text for name, text in parse_qsl(query, True)}


def declared(
    operation: Operation, schemas: Mapping[str, Schema]
) -> dict[tuple[str, str], str]:
    """The required parameters that can say but one thing."""
    found = dict[tuple[str, str], str]()
    for each in operation.parameters:
        word = _only_word(each, schemas)
        if word is not None:
            is_header = each.location == "header"
            name = each.name.lower() if is_header else each.name
            found[each.location, name] = word
    return found


def _only_word(parameter: Parameter, schemas: Mapping[str, Schema]) -> str | None:
    if not parameter.required or parameter.location not in ("query", "header"):
        return None
    if parameter.schema is None:
        return None
    schema = merged(parameter.schema, schemas).schema
    words = allowed_values(schema) if schema.enum is not None else []
    return words[0] if len(words) == 1 and isinstance(words[0], str) else None


def _parts(operation: Operation, schemas: Mapping[str, Schema]) -> tuple[str, ...]:
    if "}{" in operation.served_path:
        return ()
    known = {e.name: e.schema for e in operation.parameters if e.location == "path"}
    found = (known.get(name) for name in NAMES.findall(operation.served_path))
    return tuple(each and expression(each, schemas) or "" for each in found)


def _contents(operation: Operation) -> tuple[str, ...]:
    contents = () if operation.body is None else operation.body.contents
    return tuple(
        each.content_type.partition(";")[0].strip().lower() for each in contents
    )

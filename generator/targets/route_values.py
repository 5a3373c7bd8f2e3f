"""The routes of a service: one for each operation, or for several that a request chooses among."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.model import Api, Json
from generator.python import Imports, call, literal, string
from generator.targets.choices import Choice, choices, template
from generator.targets.naming import Named
from generator.targets.path_parts import path_parts
from generator.targets.securities import Securities
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An operation and what chooses it."""

    named: Named
    choice: Choice

    def value(self, others: Sequence[Choice]) -> str:
        said: dict[str, dict[str, Json]] = {"query": {}, "headers": {}}
        for (place, name), text in self.choice.words.items():
            said["query" if place == "query" else "headers"][name] = text
        options = [
            *_first(self.named),
            *(f"{k}={literal(v)}" for k, v in said.items() if v),
        ]
        if any(self.choice.parts):
            options.append(f"parts={literal([*self.choice.parts])}")
        if any(self.choice.says(other) for other in others):
            options.append(f"content={literal([*self.choice.contents])}")
        return call("Chosen", options, indent=4)


def route_values(
    operations: Sequence[Named], api: Api, imports: Imports, securities: Securities
) -> list[str]:
    """A route for each path and method, in the document's order."""
    chosen = choices((each.operation for each in operations), api.schemas)
    groups: dict[tuple[str, str], list[_Chosen]] = {}
    values: dict[object, str] = {}
    for named in operations:
        operation = named.operation
        key = operation.method, template(operation)
        values[key] = ""
        if operation.id in chosen:
            groups.setdefault(key, []).append(_Chosen(named, chosen[operation.id]))
        else:
            values[key] = _route(named, api, imports)
    for key, group in groups.items():
        imports.add(".runtime.choosing", "Chosen")
        imports.add(".runtime.choosing", "choose")
        values[key] = call("choose", [*_among(group), *_needs(group, securities)])
    return [*values.values()]


def _among(group: list[_Chosen]) -> Iterator[str]:
    """The values of a group's operations, those that ask for most first."""
    for each in sorted(group, key=lambda one: -one.choice.weight):
        others = [other.choice for other in group if other is not each]
        yield each.value(others)


def _needs(group: list[_Chosen], securities: Securities) -> Iterator[str]:
    """What all of a group want to be shown, whichever is asked for."""
    security, *others = {each.named.operation.security for each in group}
    if security and all(security) and not others:
        yield f"needs={securities.name(security)}"


def _first(named: Named) -> list[str]:
    operation = named.operation
    method = f"methods=[{string(operation.method)}]"
    return [string(operation.served_path), named.endpoint, method]


def _route(named: Named, api: Api, imports: Imports) -> str:
    said, operation = _first(named), named.operation
    parts = dict[str, Json](path_parts(operation, api.schemas))
    if not parts:
        return call("Route", said)
    imports.add(".runtime.table", "Parted")
    return call("Parted", (*said, f"parts={literal(parts)}"))

"""The quick pass: which objects of a document are not what their role asks for."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from generator.metaschema import Holds, Role
from generator.model import Json
from generator.value import dataclass

FORMATTED = frozenset(("payload", "schema"))
"""What is a schema if the format beside it says so, and is otherwise anything."""

Trail = tuple[Any, ...]
"""(trail of the container, key), or () at the start: cheaper to make than a path."""


@dataclass(slots=True)
class Findings:
    """What one pass found; each entry with the trail that leads there."""

    failing: list[tuple[Trail, Role, Json]] = field(default_factory=list)
    references: list[tuple[Trail, str, str]] = field(default_factory=list)
    """The object with the `$ref`, its text, and the name of the role that it asks for."""
    processing: list[tuple[Trail, Role]] = field(default_factory=list)
    """Objects that carry `x-processing`."""
    foreign: list[tuple[Trail, Role, str]] = field(default_factory=list)
    """Objects that name the format of the schema which they hold, and the key it stands under."""


def path_of(trail: Trail) -> tuple[str | int, ...]:
    """The keys of a trail, outermost first."""
    path: list[str | int] = []
    while trail:
        trail, key = trail
        path.append(key)
    return tuple(reversed(path))


def inspect(root: Json, roles: dict[str, Role], role: str) -> Findings:
    """Walks everything below `root`, which plays `role`.

    One long function, since it looks at every value of a document.
    """
    found = Findings()
    stack: list[tuple[Any, Trail, Role]] = [(root, (), roles[role])]
    pop, push = stack.pop, stack.append
    while stack:
        value, trail, one = pop()
        if type(value) is not dict:
            if type(value) not in one.types:
                found.failing.append((trail, one, value))
            continue
        if "$ref" in value:
            one = _referring(value, trail, one, roles, found)
        fields = one.fields
        right = one.required <= value.keys()
        for key, inner in value.items():
            known = fields.get(key) or one.field(key)
            if known is None or type(inner) not in known.types:
                right = False
                continue
            if known.test is not None and not known.test(inner):
                right = False
            if known.role is None:
                if key == "x-processing":
                    found.processing.append((trail, one))
                elif key in FORMATTED:
                    found.foreign.append((trail, one, key))
                continue
            next_role = roles[known.role]
            if known.holds is Holds.ITSELF:
                push((inner, (trail, key), next_role))
                continue
            here, types = (trail, key), next_role.types
            entries = inner.items() if known.holds is Holds.VALUES else enumerate(inner)
            for name, entry in entries:
                if type(entry) in types:
                    push((entry, (here, name), next_role))
                else:
                    right = False
        for test in one.tests:
            right = test(value) and right
        if not right:
            found.failing.append((trail, one, value))
    return found


def _referring(
    value: dict[str, Json],
    trail: Trail,
    role: Role,
    roles: dict[str, Role],
    found: Findings,
) -> Role:
    ref = value["$ref"]
    if isinstance(ref, str) and (role.referring or "$ref" in role.fields):
        found.references.append((trail, ref, role.name))
    return roles[role.referring] if role.referring else role

"""Whether documents have the structure of OpenAPI 3.0, 3.1 or 3.2, and of `x-processing`.

A quick pass looks at everything; jsonschema only words what the pass found wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from generator.load import Documents
from generator.metaschema import Role, roles
from generator.model import Json
from generator.problems import Place, Problem, Refused, ordered
from generator.processing_shape import processing_problems
from generator.structure import Findings, inspect, path_of
from generator.wording import worded

VERSION = re.compile(r"3\.[012]\.\d+(?:-.+)?\Z")

CONVERT = "convert it first: npx swagger2openapi {file} -o openapi.yaml"


@dataclass(slots=True)
class _Checking:
    """What was checked so far, and what is wrong with it."""

    documents: Documents
    roles: dict[str, Role]
    problems: dict[Problem, None] = field(default_factory=dict)
    seen: set[tuple[Place, str]] = field(default_factory=set)
    waiting: list[tuple[Place, str]] = field(default_factory=list)
    """Places still to be checked, with the role that a reference gives them."""
    internal: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def report(self, problems: list[Problem]) -> None:
        self.problems.update(dict.fromkeys(problems))


def shape(documents: Documents) -> list[Problem]:
    """Every fault in the structure of the entry document and of what it refers to.

    In the order of the text; errors keep us from reading on, warnings do not.
    """
    version = _version(documents)
    if isinstance(version, Problem):
        return [*documents.warnings, version]
    checking = _Checking(documents, roles(version))
    _ask(checking, Place(documents.entry), "OpenAPI")
    while checking.waiting:
        place, role = checking.waiting.pop()
        _check(checking, place, role)
    return ordered([*documents.warnings, *checking.problems], documents)


def _version(documents: Documents) -> str | Problem:
    """The version of OpenAPI ("3.1"), or what the document is instead."""
    root, at = documents.root, Place(documents.entry)
    fields = root if isinstance(root, dict) else {}
    if "openapi" in fields:
        return _openapi(documents, fields["openapi"], at / "openapi")
    if "swagger" in fields:
        message = "this is a Swagger 2 document, and OpenAPI 3 is needed"
        help = CONVERT.format(file=documents.entry)
        return Problem("swagger-2", at / "swagger", message, help)
    if "asyncapi" in fields:
        return Problem("not-supported", at / "asyncapi", "not supported yet: AsyncAPI")
    message = 'this is no API document: it has no "openapi"'
    return Problem("not-an-api", at, message, "begin it with openapi: 3.1.0")


def _openapi(documents: Documents, value: Json, at: Place) -> str | Problem:
    if isinstance(value, str) and VERSION.match(value):
        return value[:3]
    text = value if isinstance(value, str) else documents.text_of(at) or "this"
    near = text[:3] if text[:3] in ("3.0", "3.1", "3.2") else "3.1"
    message = f"{text} is no version of OpenAPI that is known here"
    help = f"use openapi: {near}.0 (3.0, 3.1 and 3.2 are read)"
    return Problem("unsupported-version", at, message, help)


def _ask(checking: _Checking, place: Place, role: str) -> None:
    if (place, role) not in checking.seen:
        checking.seen.add((place, role))
        checking.waiting.append((place, role))


def _check(checking: _Checking, place: Place, role: str) -> None:
    documents = checking.documents
    found = inspect(documents.value(place), checking.roles, role)
    for trail, one, value in found.failing:
        at = Place(place.file, (*place.path, *path_of(trail)))
        checking.report(worded(value, one, at, documents.text_of))
    for trail, one in found.processing:
        at = Place(place.file, (*place.path, *path_of(trail)))
        value = documents.value(at)
        checking.report(processing_problems(value, one.name, at))
    _follow(checking, place, found)


def _follow(checking: _Checking, place: Place, found: Findings) -> None:
    """Checks what references lead to, in the role that each asks for."""
    for trail, ref, role in found.references:
        key = place.file, ref, role
        if checking.internal.get(key):
            continue
        at = Place(place.file, (*place.path, *path_of(trail)))
        try:
            target = checking.documents.resolve(at / "$ref", ref)
            checking.documents.follow(target)
        except Refused as refused:
            checking.report(refused.problems)
            continue
        other = _other_component(checking, target, role)
        if other:
            checking.report([_wrong_kind(checking, at, ref, role, other)])
            continue
        checking.internal[key] = True
        if other is None:
            _ask(checking, target, role)


def _other_component(checking: _Checking, target: Place, role: str) -> str | None:
    """The title of the component that a target is, if not the one asked for.

    Empty for a component of the very role, which is checked anyway; None for no component.
    """
    is_entry = target.file == checking.documents.entry
    if not is_entry or len(target.path) != 3 or target.path[0] != "components":
        return None
    section = checking.roles["Components"].fields.get(str(target.path[1]))
    if section is None or section.role is None:
        return None
    title = checking.roles[section.role].title
    return "" if title == checking.roles[role].title else title


def _wrong_kind(
    checking: _Checking, at: Place, ref: str, role: str, other: str
) -> Problem:
    wanted = checking.roles[role].title.lower()
    message = f'"{ref}" is a {other.lower()}, and a {wanted} is needed here'
    return Problem("invalid-reference", at / "$ref", message)

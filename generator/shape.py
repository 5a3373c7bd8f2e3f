"""Whether documents have the structure of OpenAPI 3.0 to 3.2 or AsyncAPI 2 or 3, and of `x-processing`.

A quick pass looks at everything; jsonschema only words what the pass found wrong.
"""

from __future__ import annotations

import re
from dataclasses import field, replace

from generator.formats import Format, format_of
from generator.load import Documents
from generator.metaschema import Role, roles
from generator.model import Json
from generator.problems import Place, Problem, Refused, ordered
from generator.processing_shape import processing_problems
from generator.structure import Findings, inspect, path_of
from generator.value import dataclass
from generator.wording import worded

VERSION = re.compile(r"3\.[012]\.\d+(?:-.+)?\Z")
ASYNCAPI = re.compile(r"(?:2\.[0-6]|3\.[01])\.\d+(?:-.+)?\Z")

BINDINGS = ("Binding", "Bindings", "AMQP Exchange", "AMQP Queue")
"""How the titles of what protocols add end."""

CONVERT = "convert it first: npx swagger2openapi {file} -o openapi.yaml"


@dataclass(slots=True)
class _Checking:
    """What was checked so far, and what is wrong with it."""

    documents: Documents
    entry: str
    version: str
    roles: dict[str, Role]
    problems: dict[Problem, None] = field(default_factory=dict)
    seen: set[tuple[Place, str]] = field(default_factory=set)
    waiting: list[tuple[Place, str]] = field(default_factory=list)
    """Places still to be checked, with the role that a reference gives them."""
    internal: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def report(self, problems: list[Problem]) -> None:
        self.problems.update(dict.fromkeys(problems))


def shape(documents: Documents, entry: str | None = None) -> list[Problem]:
    """Every fault in the structure of an entry document and of what it refers to.

    In the order of the text; errors keep us from reading on, warnings do not.
    """
    entry = entry or documents.entry
    version = _version(documents, entry)
    if isinstance(version, Problem):
        return [*documents.warnings, version]
    checking = _Checking(documents, entry, version, roles(version))
    is_asyncapi = version.startswith("asyncapi-")
    _ask(checking, Place(entry), "AsyncAPI" if is_asyncapi else "OpenAPI")
    while checking.waiting:
        place, role = checking.waiting.pop()
        _check(checking, place, role)
    return ordered([*documents.warnings, *checking.problems], documents)


def _version(documents: Documents, entry: str) -> str | Problem:
    """The version of OpenAPI ("3.1") or AsyncAPI ("asyncapi-3"), or what the document is instead."""
    root, at = documents.roots[entry], Place(entry)
    fields = root if isinstance(root, dict) else {}
    if "openapi" in fields:
        return _openapi(documents, fields["openapi"], at / "openapi")
    if "swagger" in fields:
        message = "this is a Swagger 2 document, and OpenAPI 3 is needed"
        help = CONVERT.format(file=entry)
        return Problem("swagger-2", at / "swagger", message, help)
    if "asyncapi" in fields:
        return _asyncapi(documents, fields["asyncapi"], at / "asyncapi")
    message = 'this is no API document: it has neither "openapi" nor "asyncapi"'
    return Problem("not-an-api", at, message, "begin it with openapi: 3.1.0")


def _openapi(documents: Documents, value: Json, at: Place) -> str | Problem:
    if isinstance(value, str) and VERSION.match(value):
        return value[:3]
    text = value if isinstance(value, str) else documents.text_of(at) or "this"
    near = text[:3] if text[:3] in ("3.0", "3.1", "3.2") else "3.1"
    message = f"{text} is no version of OpenAPI that is known here"
    help = f"use openapi: {near}.0 (3.0, 3.1 and 3.2 are read)"
    return Problem("unsupported-version", at, message, help)


def _asyncapi(documents: Documents, value: Json, at: Place) -> str | Problem:
    if isinstance(value, str) and ASYNCAPI.match(value):
        return f"asyncapi-{value[0]}"
    text = value if isinstance(value, str) else documents.text_of(at) or "this"
    message = f"{text} is no version of AsyncAPI that is known here"
    near = "2.6.0" if text.startswith("2") else "3.0.0"
    help = f"use asyncapi: {near} (2.0 to 2.6, 3.0 and 3.1 are read)"
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
        problems = worded(value, one, at, documents.text_of)
        checking.report(_mild(problems) if _is_free(checking, one) else problems)
    for trail, one in found.processing:
        at = Place(place.file, (*place.path, *path_of(trail)))
        value = documents.value(at)
        role = one.name.removesuffix("OrReference")
        checking.report(processing_problems(value, role, at))
    for trail, one, key in found.foreign:
        if one.title in ("Message", "Schema"):
            at = Place(place.file, (*place.path, *path_of(trail)))
            _ask_formatted(checking, at, key)
    _follow(checking, place, found)


def _is_free(checking: _Checking, role: Role) -> bool:
    """Whether an object may be as it likes: AsyncAPI 2 says of bindings only which fields they have."""
    return checking.version == "asyncapi-2" and role.title.endswith(BINDINGS)


def _mild(problems: list[Problem]) -> list[Problem]:
    return [replace(problem, severity="warning") for problem in problems]


def _ask_formatted(checking: _Checking, at: Place, key: str) -> None:
    """Checks what is a schema in the words of JSON Schema, by the format beside it."""
    holder = checking.documents.value(at)
    text = holder.get("schemaFormat") if isinstance(holder, dict) else None
    format = format_of(text if isinstance(text, str) else None)
    if format is Format.JSON_SCHEMA and (key == "payload" or text is not None):
        _ask(checking, at / key, "SchemaOrReference")


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
    is_entry = target.file == checking.entry
    if not is_entry or len(target.path) != 3 or target.path[0] != "components":
        return None
    section = checking.roles["Components"].fields.get(str(target.path[1]))
    if section is None or section.role is None:
        return None
    title = checking.roles[section.role].title
    if title.endswith("Bindings"):  # one protocol's, or those of several
        return None
    return "" if title == checking.roles[role].title else title


HOLDING = {
    "Message": ("payload", "payload"),
    "Response": ("content", "content/…/schema"),
}
"""What holds the schema that was meant, where something else is referred to as one."""


def _wrong_kind(
    checking: _Checking, at: Place, ref: str, role: str, other: str
) -> Problem:
    wanted = checking.roles[role].title.lower()
    message = f'"{ref}" is a {other.lower()}, and a {wanted} is needed here'
    held = HOLDING.get(other) if wanted == "schema" else None
    if held is not None:
        what, pointer = held
        message += f": its {what} is taken"
        help = f"refer to {ref}/{pointer}"
        return Problem("invalid-reference", at / "$ref", message, help, "warning")
    return Problem("invalid-reference", at / "$ref", message)

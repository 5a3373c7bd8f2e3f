"""What jsonschema says about one object → problems in the user's words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from generator.metaschema import Role
from generator.model import Json
from generator.problems import Place, Problem

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

TextOf = Callable[[Place], str | None]

COSMETIC = frozenset(
    ("Contact", "License", "External Documentation", "XML", "Example", "Link")
    + ("Server", "Server Variable", "Tag", "Discriminator", "OAuth Flow")
)
"""Objects that we can do without: whatever is wrong in them is a warning."""

STRICT = frozenset(("Paths", "Path Item", "Responses"))
"""Objects of which nothing may be overlooked: an unknown field is an error."""

FOR_ALL = "a $ref stands for one of these, not for all: name each, with its own $ref"
OF_OPERATIONS = frozenset(
    "callbacks deprecated operationId requestBody responses security tags".split()
)
"""What a brace too many, or a wrong indentation, makes a field of a path."""

SLOPPY = frozenset(
    (
        ("Response", "required", "description"),
        ("Operation", "required", "responses"),
        ("OpenAPI", "uniqueItems", "tags"),
        ("OpenAPI", "anyOf", ""),
        ("Responses", "minProperties", ""),
        ("Info", "type", "version"),
        ("Schema", "uniqueItems", "required"),
        ("Schema", "minItems", "required"),
        ("Schema", "uniqueItems", "type"),
        ("Schema", "minItems", "enum"),
        ("Schema", "type", "examples"),
        ("Schema", "type", "exclusiveMinimum"),
        ("Schema", "type", "exclusiveMaximum"),
        ("Parameter", "required", "required"),
        ("Parameter", "const", "required"),
        ("Parameter", "not", ""),
        ("Header", "not", ""),
        ("Media Type", "not", ""),
        ("Schema", "pattern", "$schema"),
        ("OpenAPI", "pattern", "jsonSchemaDialect"),
    )
)
"""(role, keyword, field) that real documents get wrong, and that can be read all the same."""

KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "null": "null",
}

LATER_WORDS = frozenset(
    ("const", "examples", "$id", "$schema", "$anchor", "$comment", "$defs", "if")
    + ("then", "else", "contains", "prefixItems", "propertyNames", "definitions")
    + ("patternProperties", "dependentRequired", "dependentSchemas", "optional")
    + ("unevaluatedItems", "unevaluatedProperties", "contentEncoding", "id")
    + ("contentMediaType", "contentSchema", "minContains", "maxContains")
)
"""Words of other versions of JSON Schema: never a slip of the pen."""


def worded(value: Json, role: Role, at: Place, text_of: TextOf) -> list[Problem]:
    """Every problem of one object by itself, whatever is in the objects inside it."""
    subject = _subject(value, role, at)
    found: dict[Problem, None] = {}
    from jsonschema import Draft202012Validator  # which takes long to import

    for error in Draft202012Validator(role.schema).iter_errors(value):
        word = WORDS.get(str(error.validator), _other)
        found.update(dict.fromkeys(word(_Case(error, role, at, subject, text_of))))
    return list(found)


class _Case:
    """One error of jsonschema, with all that a sentence about it needs."""

    def __init__(
        self,
        error: ValidationError,
        role: Role,
        at: Place,
        subject: str,
        text_of: TextOf,
    ) -> None:
        self.instance: Any = error.instance
        self.wanted: Any = error.validator_value
        self.schema: Any = error.schema
        self.keyword = str(error.validator)
        self.role, self.subject, self.text_of = role, subject, text_of
        self.at = Place(at.file, (*at.path, *error.path))
        self.is_key = "propertyNames" in error.relative_schema_path
        if self.is_key:
            self.at = (self.at / str(error.instance)).key()
        names = [key for key in error.path if isinstance(key, str)]
        self.field = names[0] if names else ""
        self.name = f'"{names[-1]}"' if names else subject
        if error.path and isinstance(error.path[-1], int):
            self.name = f"item {error.path[-1] + 1} of {self.name}"

    def problem(
        self,
        code: str,
        message: str,
        help: str | None = None,
        at: Place | None = None,
        field: str | None = None,
        mild: bool = False,
    ) -> Problem:
        key = self.role.title, self.keyword, self.field if field is None else field
        mild = mild or self.role.title in COSMETIC | {"Components"} or key in SLOPPY
        severity = "warning" if mild else "error"
        return Problem(code, at or self.at, message, help, severity)


def _subject(value: Json, role: Role, at: Place) -> str:
    title = role.title.lower()
    if role.title in ("OpenAPI", "AsyncAPI"):
        return "the document"
    fields = value if isinstance(value, dict) else {}
    given = () if role.title == "Security Scheme" else ("operationId", "name")
    own = next((fields[key] for key in given if key in fields), None)
    last = own if isinstance(own, str) else at.path[-1] if at.path else None
    if last is None:
        return f"this {title}"
    if str(last).lower() == title:
        return title
    return f"{title} {last + 1}" if isinstance(last, int) else f'{title} "{last}"'


def _required(case: _Case) -> Iterator[Problem]:
    for field in case.wanted:
        if field not in case.instance:
            message = f'{case.subject} has no "{field}"'
            help = "add required: true" if field == "required" else _named_scheme(case)
            yield case.problem("missing-field", message, help, field=field)


def _named_scheme(case: _Case) -> str | None:
    """How AsyncAPI 3 refers to a security scheme, for who writes it as AsyncAPI 2 does."""
    if case.role.title != "Security Scheme" or len(case.instance) != 1:
        return None
    (name,) = case.instance
    is_named = isinstance(case.instance[name], list)
    return f"write $ref: '#/components/securitySchemes/{name}'" if is_named else None


def _unknown(case: _Case) -> Iterator[Problem]:
    known = [*case.role.fields]
    for field in case.instance:
        if case.role.fields.get(field) or case.role.field(field):
            continue
        near = [] if field in LATER_WORDS else _near(field, known)
        message = f'{case.subject} has a field "{field}", which means nothing there'
        help = f"did you mean {near[0]}?" if near else _instead(case.role, field)
        grave = bool(near) or case.role.title in STRICT
        severity = "error" if grave and case.role.title not in COSMETIC else "warning"
        at = (case.at / field).key()
        yield Problem("unknown-field", at, message, help, severity)


def _instead(role: Role, field: str) -> str:
    if role.title == "Schema" and field in LATER_WORDS:
        return "OpenAPI 3.1 has it: use openapi: 3.1.0"
    if field == "$ref":
        return FOR_ALL
    if role.title == "Paths":
        return f"a path begins with a slash: /{field}"
    if role.title == "Path Item" and field in OF_OPERATIONS:
        return "move it into the operation that it belongs to, such as get or post"
    if role.title == "Responses":
        return 'a response is named by its status ("200", "4XX") or default'
    return f"name it x-{field} if it is your own"


def _near(word: str, known: Iterable[str]) -> list[str]:
    same = [name for name in known if name.lower() == word.lower()]
    return same or get_close_matches(word, list(known), 1, 0.8)


def _type(case: _Case) -> Iterator[Problem]:
    names = [case.wanted] if isinstance(case.wanted, str) else case.wanted
    wanted = " or ".join(KINDS[name] for name in names)
    if "string" in names and isinstance(case.instance, (bool, int, float)):
        text = case.text_of(case.at) or str(case.instance)
        message = f"{case.name} is text, and needs quotes here"
        mild = case.field in ("summary", "description", "termsOfService")
        yield case.problem("unquoted-text", message, f'write "{text}"', mild=mild)
        return
    message = f"{case.name} must be {wanted}, not {_kind(case.instance)}"
    is_schema = isinstance(case.instance, bool) and case.role.title == "Schema"
    mild = is_schema and "object" in names
    yield case.problem("wrong-type", message, mild=mild)


def _kind(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds = {dict: "a mapping", list: "a list", str: "text", type(None): "null"}
    return kinds.get(type(value), "a number")


def _choice(case: _Case) -> Iterator[Problem]:
    choices = [case.wanted] if case.keyword == "const" else case.wanted
    words = [_shown(choice) for choice in choices]
    if _is_list_of_types(case, words):
        message = f"{case.name} cannot be a list in OpenAPI 3.0"
        help = "write nullable: true for null, or use openapi: 3.1.0"
        yield case.problem("wrong-value", message, help, mild=True)
        return
    near = _near(case.instance, words) if isinstance(case.instance, str) else []
    message = f"{case.name} cannot be {_shown(case.instance)}"
    help = f"did you mean {near[0]}?" if near else f"use {_listed(words)}"
    yield case.problem("wrong-value", message, help)


def _is_list_of_types(case: _Case, words: list[str]) -> bool:
    return (
        (case.role.title, case.field) == ("Schema", "type")
        and isinstance(case.instance, list)
        and all(item in (*words, "null") for item in case.instance)
    )


def _listed(words: list[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _shown(value: Json) -> str:
    if isinstance(value, (dict, list)) or value is None or isinstance(value, bool):
        return _kind(value)
    return str(value)


def _pattern(case: _Case) -> Iterator[Problem]:
    shown = _shown(case.instance)
    if case.field in ("$schema", "jsonSchemaDialect"):
        message = f"{shown} is no dialect of JSON Schema that is known here"
        help = "it is read as OpenAPI's own dialect"
        yield case.problem("unknown-dialect", message, help)
    elif case.is_key:
        message = f'"{shown}" cannot be a name here'
        help = "use letters, digits, dots, dashes and underscores"
        help = FOR_ALL if shown == "$ref" else help
        yield case.problem("wrong-value", message, help)
    else:
        yield case.problem("wrong-value", f"{case.name} cannot be {shown}")


def _named(case: _Case) -> Iterator[Problem]:
    message = f"{case.instance} is no additional method: it has a field of its own"
    yield case.problem("wrong-value", message)


def _conflict(case: _Case) -> Iterator[Problem]:
    if isinstance(case.wanted, dict) and "enum" in case.wanted:
        yield from _named(case)
        return
    reason = case.schema.get("$comment", "these fields do not go together")
    yield case.problem("conflicting-fields", f"{case.subject}: {reason}")


def _unique(case: _Case) -> Iterator[Problem]:
    seen: list[Json] = []
    for index, item in enumerate(case.instance):
        if item in seen:
            shown = f'"{item}"' if isinstance(item, str) else "the same item"
            message = f"{case.name} lists {shown} twice"
            yield case.problem("duplicate-value", message, at=case.at / index)
        seen.append(item)


def _small(case: _Case) -> Iterator[Problem]:
    few = {"minItems": "is empty", "minProperties": "is empty"}
    wanted = {"exclusiveMinimum": "more than", "minimum": "at least"}
    said = few.get(case.keyword) or f"must be {wanted.get(case.keyword)} {case.wanted}"
    yield case.problem("wrong-value", f"{case.name} {said}")


def _many(case: _Case) -> Iterator[Problem]:
    yield case.problem("wrong-value", f"{case.name} holds more than one entry")


def _other(case: _Case) -> Iterator[Problem]:
    yield case.problem("wrong-value", f"{case.name} is not valid here")


WORDS: dict[str, Callable[[_Case], Iterator[Problem]]] = {
    "required": _required,
    "additionalProperties": _unknown,
    "type": _type,
    "enum": _choice,
    "const": _choice,
    "pattern": _pattern,
    "not": _conflict,
    "anyOf": _conflict,
    "uniqueItems": _unique,
    "minItems": _small,
    "minProperties": _small,
    "minimum": _small,
    "exclusiveMinimum": _small,
    "maxProperties": _many,
    "contains": _conflict,
}

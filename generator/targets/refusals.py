"""The service's own refusals as the errors that a document declares: who says them, and what is drafted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from generator.effective import statuses
from generator.formats import is_json
from generator.model import Json, MediaType, Response, Schema
from generator.names import METHODS, Scope, snake
from generator.protocol.words import PROBLEM
from generator.python import Import, Imports, Signature, call, docstring, string
from generator.targets.contents import Representation
from generator.targets.models import Models
from generator.targets.naming import AUTHENTICATE, Named, Naming
from generator.targets.responses import body_of
from generator.targets.telling import DIGITS, MESSAGE, STATUS, TITLE, Telling
from generator.value import dataclass

RANGES = ("4XX", "5XX", "default")
"""Declarations that may speak of any refusal."""
ASKED = {
    STATUS: "refusal.status",
    DIGITS: "str(refusal.status)",
    TITLE: "refusal.title",
    MESSAGE: "refusal.message",
}

OURS: Json = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such thing",
    "errors": [{"pointer": "#/name", "detail": "Field required", "code": "missing"}],
}
"""A problem as the service tells it (RFC 9457)."""


@dataclass(frozen=True, slots=True)
class OwnError:
    """A type of errors, and the method of the handlers that says a refusal as one."""

    method: str
    annotation: str
    types: frozenset[Import]
    content: MediaType
    hint: str

    @property
    def schema(self) -> Schema:
        assert self.content.schema is not None
        return self.content.schema

    def signature(self, *, is_drafted: bool) -> Signature:
        """`def as_error(self, refusal: HttpProblem) -> models.Error | None`"""
        returns = self.annotation if is_drafted else f"{self.annotation} | None"
        params = ("self", "refusal: HttpProblem")
        return Signature(name=self.method, params=params, returns=returns, indent=4)

    @property
    def imports(self) -> frozenset[Import]:
        """What the signature needs."""
        return self.types | {Import(".runtime.problem", "HttpProblem")}

    @property
    def docstring(self) -> str:
        name = self.annotation.removeprefix("models.")
        told = f"What the service itself refuses, as {name}; None: as a problem."
        return docstring(told, 8)


@dataclass(slots=True)
class OwnErrors:
    """The errors of a whole API: each type once, and each operation's."""

    scope: Scope
    methods: dict[str, OwnError] = field(default_factory=dict)
    """By annotation."""
    constants: dict[str, str] = field(default_factory=dict)
    """The expression of what some operations have in common → its name."""
    imports: Imports = field(default_factory=Imports)
    """What these expressions need."""
    marks: dict[str, str] = field(default_factory=dict)
    """The constant of each operation that has some, by id."""

    @property
    def statements(self) -> tuple[str, ...]:
        return tuple(
            f"{name}: OwnErrors = {made}" for made, name in self.constants.items()
        )


def own_errors(naming: Naming, models: Models) -> OwnErrors:
    """Every error of the document that the service's own refusals are said as."""
    found: OwnErrors | None = models.kept.get(own_errors)
    if found is None:
        found = models.kept[own_errors] = OwnErrors(_scope(naming))
        for named in naming.operations:
            if named.errors:
                _add(found, named, models)
    return found


def _scope(naming: Naming) -> Scope:
    """The names of the handlers' methods."""
    scope = Scope(METHODS)
    scope.keep(named.method for named in (*naming.operations, *naming.queued))
    scope.keep(one.method for one in naming.messaging.received)
    scope.keep(AUTHENTICATE + name for name in naming.schemes.values())
    scope.keep([naming.owner_of] if naming.owner_of else [])
    return scope


def _add(errors: OwnErrors, named: Named, models: Models) -> None:
    """What one operation declares for what is refused there."""
    declared = {
        one.status.upper().replace("DEFAULT", "default"): one for one in named.errors
    }
    mine = {*statuses(named.operation), "500", *RANGES}
    found = {
        status: _error(errors, named, response, models)
        for status, response in declared.items()
        if status in mine
    }
    kept = {
        status: made
        for status, made in found.items()
        if made is not None or any(found.get(one) for one in _wider(status))
    }
    if not any(kept.values()):
        return
    entries = [f"{string(key)}: {made}" for key, made in kept.items()]
    made = f"{{{', '.join(entries)}}}"
    if made not in errors.constants:
        number = len(errors.constants) + 1
        errors.constants[made] = "ERRORS" if number == 1 else f"ERRORS_{number}"
    errors.marks[named.operation.id] = errors.constants[made]


def _wider(status: str) -> Iterator[str]:
    """The declarations that count where this one is not there."""
    if status.isdigit():
        yield f"{status[0]}XX"
    if status != "default":
        yield "default"


def _error(
    errors: OwnErrors, named: Named, response: Response, models: Models
) -> str | None:
    """How a declared response tells a refusal; None where a problem is, or may as well be, what it declares."""
    bodies = body_of(named, response, models).items
    if any(_is_problem(one, models) for one in response.contents):
        return None
    for content, body in zip(response.contents, bodies, strict=True):
        is_typed = content.schema is not None and body.expression.startswith("Json(")
        if is_typed and is_json(content.content_type) and "*" not in body.media_type:
            hint = f"{named.response_class(response)}Body"
            one = _method(errors, content, body, hint)
            errors.imports.update(body.making)
            errors.imports.add(".runtime.own_errors", "OwnError")
            arguments = [string(one.method), string(body.media_type), body.expression]
            return call("OwnError", arguments)
    return None


def _is_problem(content: MediaType, models: Models) -> bool:
    """Whether it may be what the service answers without further words."""
    name = content.content_type.partition(";")[0].strip().lower()
    schema = content.schema
    return name == PROBLEM and (schema is None or models.is_valid(schema, OURS, "out"))


def _method(
    errors: OwnErrors, content: MediaType, body: Representation, hint: str
) -> OwnError:
    known = errors.methods.get(body.annotation)
    if known is None:
        name = body.annotation.replace("models.", "")
        wanted = "text" if name == "str" else snake(name, "error")
        method = errors.scope.take(f"as_{wanted}")
        known = OwnError(method, body.annotation, body.types, content, hint)
        errors.methods[body.annotation] = known
    return known


# What is drafted


def drafted(error: OwnError, models: Models, imports: Imports) -> str | None:
    """The expression that says a refusal as an error; None where no names of properties tell how."""
    value = Telling(models).value(error.schema)
    if value is None:
        return None
    made = models.construct(error.schema, value, hint=error.hint, direction="out")
    source = made.text
    for mark, asked in ASKED.items():
        source = source.replace(string(mark), asked)
    if any(string(mark)[1:-1] in source for mark in ASKED):
        return None  # It is read from JSON, in which nothing can be asked.
    imports.update(made.imports)
    return source

"""The headers that responses declare: what each is called in Python, and its type."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Header, Response
from generator.names import ARGUMENTS, Scope, snake
from generator.targets.expressions import Annotation
from generator.targets.models import Models
from generator.targets.naming import Named
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class DeclaredHeader:
    """A header of a response: its name in Python, and its type."""

    name: str
    header: Header
    annotation: Annotation


def declared_headers(
    named: Named, response: Response, models: Models, taken: frozenset[str]
) -> Iterator[DeclaredHeader]:
    """The headers of a response; Content-Type is not one of them (OpenAPI 3.1 §4.8.17)."""
    if not response.headers:
        return
    scope = Scope(ARGUMENTS | taken)
    for header in response.headers:
        if header.name.lower() == "content-type":
            continue
        name = scope.take(
            header.python_name or snake(header.name, "header"), header.name
        )
        schema = header.schema or (header.content.schema if header.content else None)
        hint = f"{named.response_class(response)}{name.title().replace('_', '')}"
        found = models.annotation(schema, hint=hint, direction="out")
        yield DeclaredHeader(name, header, found)

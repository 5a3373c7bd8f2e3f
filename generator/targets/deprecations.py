"""How what a document calls deprecated is told: in docstrings, in the reference, to type checkers."""

from __future__ import annotations

from collections.abc import Iterable

from generator.channels import Exchange
from generator.model import Operation, Parameter
from generator.python import Imports, call, string

NOTICE = "Deprecated."


def noted(text: str | None, deprecated: bool, default: str = "") -> str:
    """What is said of a thing, and after it that it is deprecated."""
    said = text or default
    if not deprecated:
        return said
    return f"{said}\n\n{NOTICE}" if said.strip() else NOTICE


def noted_arguments(text: str, arguments: Iterable[tuple[str, Parameter]]) -> str:
    """The same with the names of the arguments that are deprecated."""
    names = [name for name, one in arguments if is_deprecated(one)]
    return f"{text}\n\nDeprecated arguments: {', '.join(names)}." if names else text


def is_deprecated(parameter: Parameter) -> bool:
    """Whether the document says so, of the parameter or of its schema."""
    schema = parameter.schema
    return parameter.deprecated or (schema is not None and schema.deprecated)


def summary_of(one: Operation | Exchange) -> str:
    """What an operation does, for a cell of a table."""
    said = one.summary or one.description or ""
    return f"{NOTICE} {said}".strip() if one.deprecated else said


def decorator_of(operation: Operation, imports: Imports) -> str:
    """What has editors and type checkers tell callers (PEP 702), and nothing at run time; else ""."""
    if not operation.deprecated:
        return ""
    imports.add("typing_extensions", "deprecated")
    told = string(f"{operation.id} is deprecated.")
    return f"@{call('deprecated', (told, 'category=None'), used=5)}"

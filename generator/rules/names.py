"""Rules about names in Python: those that `x-python-name` gives can be names."""

from __future__ import annotations

from collections.abc import Iterator
from keyword import iskeyword
from typing import Protocol

from generator.model import Api
from generator.names import snake
from generator.problems import Place, Problem
from generator.rules.walk import messages, saying, sent_too


class Named(Protocol):
    """Whatever a document may give a name in Python."""

    @property
    def at(self) -> Place: ...

    @property
    def python_name(self) -> str | None: ...


def given(api: Api) -> Iterator[Problem]:
    """A name that the document gives can be one."""
    for at, name in names(api):
        if not name.isidentifier() or iskeyword(name) or name.startswith("_"):
            yield Problem(
                "invalid-name",
                at / "x-python-name",
                f'"{name}" cannot be a name in Python',
                f"write a name such as {proper(name)}",
            )


def proper(name: str) -> str:
    """A name close to one that cannot be one."""
    near = snake(name)
    return f"{near}_" if iskeyword(near) else near


def names(api: Api) -> Iterator[tuple[Place, str]]:
    """Every name that the document gives, and whose it is."""
    if api.python_name is not None:
        yield api.at / "info", api.python_name
    for holder in holders(api):
        if holder.python_name is not None:
            yield holder.at, holder.python_name


def holders(api: Api) -> Iterator[Named]:
    """Whatever may have been given a name."""
    yield from api.webhooks
    yield from api.schemes.values()
    for operation in sent_too(api):
        yield operation
        yield from operation.parameters
        yield from operation.callbacks
        for response in operation.responses:
            yield response
            yield from response.headers
    for channel in api.channels:
        yield channel
        yield from channel.parameters
    yield from api.exchanges
    yield from messages(api)
    for schema in saying(api, "python_name", "properties"):
        yield schema
        yield from schema.properties

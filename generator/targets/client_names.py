"""What the client calls its groups: operations by their first tag, each name in one scope."""

from __future__ import annotations

from collections.abc import Iterable

from generator.model import Api, Response
from generator.names import (
    KEYWORDS,
    METHODS,
    MODULES,
    Scope,
    module_name,
    pascal,
    snake,
)
from generator.targets.naming import Named, Naming
from generator.value import dataclass

OWN_MODULES = frozenset(
    "client credentials errors models receiver responses runtime sync untagged".split()
)
MESSAGE_MODULES = frozenset({"channels", "messaging"})
"""Modules of a client that also sends messages."""
CLIENT = frozenset(
    "AsyncSession AsyncTransport Client Remote Retries Session Transport".split()
)
"""Names of the modules that hold the clients, which import the groups' classes."""
OWN_ATTRIBUTES = frozenset({"close"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Operations that are called together: `client.orders.…`, or on the client itself."""

    tag: str | None
    attribute: str
    module: str
    description: str
    operations: tuple[Named, ...]


def groups_of(api: Api, names: Naming) -> tuple[Group, ...]:
    """The groups in the order in which the document's operations name them."""
    members: dict[str | None, list[Named]] = {}
    for named in names.operations:
        tags = named.operation.tags
        members.setdefault(tags[0] if tags else None, []).append(named)
    told = {tag.name: tag.description for tag in api.tags}
    ours = OWN_MODULES | (MESSAGE_MODULES if api.exchanges else frozenset())
    modules = Scope(MODULES | ours, folded=True)
    attributes = Scope(METHODS | OWN_ATTRIBUTES)
    attributes.keep(named.method for named in members.get(None, ()))
    return tuple(
        _group(tag, told.get(tag or ""), tuple(found), modules, attributes)
        for tag, found in members.items()
    )


def _group(
    tag: str | None,
    description: str | None,
    operations: tuple[Named, ...],
    modules: Scope,
    attributes: Scope,
) -> Group:
    if tag is None:
        return Group(
            tag=None,
            attribute="",
            module="untagged",
            description="The operations that have no tag.",
            operations=operations,
        )
    return Group(
        tag=tag,
        attribute=attributes.take(snake(tag, "group"), tag),
        module=modules.take(module_name(tag, "group"), tag),
        description=description or f"The operations tagged {tag}.",
        operations=operations,
    )


def class_of(group: Group, imported: frozenset[str]) -> str:
    """The class of a group, apart from every name that its module imports."""
    return Scope(imported | KEYWORDS | CLIENT).take(
        pascal(group.attribute or "untagged", "Group")
    )


def error_class(named: Named, response: Response) -> str:
    """PlaceOrder402Error"""
    name = named.response_class(response)
    return name if name.endswith("Error") else f"{name}Error"


def all_error_classes(
    names: Naming, taken: Iterable[str]
) -> dict[tuple[str, str], str]:
    """The error class of each operation and status, apart from those that are `taken`."""
    scope = Scope(frozenset(taken))
    return {
        (named.operation.id, response.status): scope.take(error_class(named, response))
        for named in names.operations
        for response in named.errors
    }

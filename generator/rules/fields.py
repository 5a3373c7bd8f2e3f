"""Rules about the fields of a query: each is one parameter's."""

from __future__ import annotations

from collections.abc import Iterator

from generator.model import Api, Operation, Parameter
from generator.problems import Problem
from generator.rules.walk import resolved


def shared(api: Api) -> Iterator[Problem]:
    """No property of an exploded object has the name of another field."""
    for operation in api.operations:
        taken = {one.name: one for one in operation.parameters if is_field(one)}
        for parameter in operation.parameters:
            if not is_field(parameter):
                continue
            names = own_fields(api, parameter)
            others = [taken.setdefault(name, parameter) for name in names]
            for name, other in zip(names, others, strict=True):
                if other is not parameter:
                    yield twice(operation, parameter, other, name)
                    break


def is_field(parameter: Parameter) -> bool:
    return parameter.location == "query" and parameter.schema is not None


def own_fields(api: Api, parameter: Parameter) -> list[str]:
    """The fields that are the properties of an exploded object."""
    if parameter.style != "form" or not parameter.explode or parameter.schema is None:
        return []
    parts = resolved(api, parameter.schema)
    return list({each.name: None for part in parts for each in part.properties})


def twice(
    operation: Operation, parameter: Parameter, other: Parameter, name: str
) -> Problem:
    owner = "" if other.name == name else "a property of "
    return Problem(
        "shared-field",
        parameter.at.key(),
        f'{operation.id}: the field "{name}" of the query stands for {owner}"{other.name}" '
        f'and for a property of "{parameter.name}": no request can tell them apart',
        f"give {parameter.name} style: deepObject, which is sent as {parameter.name}[{name}]=…",
        "warning",
    )

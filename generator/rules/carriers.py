"""Rules about operations that are asked for over HTTP and by messages: they are one operation."""

from __future__ import annotations

from collections.abc import Iterator

from generator.channels import Exchange
from generator.likeness import alike
from generator.model import Api, Operation, Schema
from generator.problems import Problem


def one_operation(api: Api) -> Iterator[Problem]:
    """An operation and an exchange of one name do the same, of the same, in the same way."""
    operations = {operation.id: operation for operation in api.operations}
    for exchange in api.exchanges:
        operation = operations.get(exchange.id)
        if operation is None or exchange.action != "receive":
            continue
        reason = difference(api, operation, exchange)
        if reason is not None:
            message, help = reason
            yield Problem(
                "carriers-differ",
                exchange.at.key(),
                f"{exchange.id} is asked for over HTTP too, {message}",
                help,
            )


def difference(
    api: Api, operation: Operation, exchange: Exchange
) -> tuple[str, str] | None:
    """What tells an operation from the exchange of its name, and what to do about it."""
    if not operation.is_async or not exchange.is_async:
        what = "where it is" if operation.is_async else "and is"
        return (
            f"{what} {operation.processing.type}, while here it is {exchange.processing.type}",
            "mark both x-processing: async, or give one of them another name",
        )
    if operation.processing.type != exchange.processing.type:
        return (
            f"where it is {operation.processing.type}, while here it is {exchange.processing.type}",
            "mark both alike",
        )
    if not same_body(api, operation, exchange):
        return (
            "with another body than the message's payload",
            "let both refer to one schema",
        )
    return None


def same_body(api: Api, operation: Operation, exchange: Exchange) -> bool:
    """Whether each message carries what the request's body is."""
    body = body_of(operation)
    payloads = [message.payload for message in exchange.messages]
    if body is None or not payloads:
        return body is None and not any(payloads)
    return all(
        payload is not None and alike(body, api.schemas, payload, api.schemas)
        for payload in payloads
    )


def body_of(operation: Operation) -> Schema | None:
    """The schema of a request's JSON body."""
    contents = operation.body.contents if operation.body is not None else ()
    json = (each.schema for each in contents if "json" in each.content_type)
    return next(json, None)

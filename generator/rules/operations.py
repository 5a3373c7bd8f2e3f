"""Rules about operations: their paths, parameters, answers, links and markings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches

from generator.model import Api, Operation, Parameter
from generator.problems import Problem
from generator.rules.walk import sent_too
from generator.streams import form_of, stream_contents, stream_response

NAMES = re.compile(r"\{([^{}]*)\}")


def same_path(api: Api) -> Iterator[Problem]:
    """Two templates that differ in the names of their parameters only are one path."""
    first: dict[str, Operation] = {}
    methods: dict[tuple[str, str], Operation] = {}
    for operation in api.operations:
        key = NAMES.sub("{}", operation.served_path)
        spelled = first.setdefault(key, operation)
        same = methods.setdefault((operation.method, key), operation)
        if same.path != operation.path:
            yield same_as(operation, same, "error")
        elif spelled.path != operation.path:
            yield same_as(operation, spelled, "warning")


def queried_path(api: Api) -> Iterator[Problem]:
    """No request's path has a query or a fragment: what a document writes there is not looked at."""
    for operation in api.operations:
        served = operation.served_path
        if served != operation.path:
            yield Problem(
                "queried-path",
                operation.at.key(),
                f'{operation.id}: "{operation.path[len(served):]}" belongs to no path; '
                f"the operation is served at {served}",
                f"name the path {served}, and describe its query as parameters",
                "warning",
            )


def same_as(operation: Operation, other: Operation, severity: str) -> Problem:
    return Problem(
        "same-path",
        operation.at.key(),
        f'{operation.id}: "{operation.path}" is the same path as "{other.path}" of {other.id}',
        f"write {other.served_path} here too, or give it a path of its own",
        severity,
    )


FILLED = frozenset(
    "operation-location location retry-after link preference-applied cache-control "
    "idempotency-replayed".split()
)
"""The headers of our 202."""


def own_202(api: Api) -> Iterator[Problem]:
    """What an asynchronous operation says of its 202 is what we can fill in."""
    for operation in api.operations:
        for response in operation.responses:
            if not operation.is_async or response.status != "202":
                continue
            unsent = [h.name for h in response.headers if h.name.lower() not in FILLED]
            said = ["its body"] if response.contents else []
            said += [f'the header "{name}"' for name in unsent]
            if said:
                yield Problem(
                    "own-202",
                    response.at,
                    f"{operation.id}: the 202 carries the job's status and where it is told; "
                    f"{', '.join(said)} as described here will not be sent",
                    "describe the result as another success, and leave the 202 to us",
                    "hint",
                )


def path_parameters(api: Api) -> Iterator[Problem]:
    """The parameters of a path are declared, and those declared stand in it."""
    for operation in api.operations:
        wanted = NAMES.findall(operation.served_path)
        given = {each.name for each in operation.parameters if is_in_path(each)}
        for name in dict.fromkeys(wanted):
            if name not in given:
                yield undeclared(operation, name)
        for name, times in Counter(wanted).items():
            if times > 1:
                yield repeated(operation, name)


def is_in_path(parameter: Parameter) -> bool:
    return parameter.location == "path"


def undeclared(operation: Operation, name: str) -> Problem:
    return Problem(
        "undeclared-parameter",
        operation.at.key(),
        f'{operation.id}: the path has "{{{name}}}", but no parameter declares it',
        f"add to parameters: {{name: {name}, in: path, required: true, schema: {{type: string}}}}",
    )


def repeated(operation: Operation, name: str) -> Problem:
    return Problem(
        "repeated-parameter",
        operation.at.key(),
        f'{operation.id}: the path has "{{{name}}}" more than once',
        "give each its own name",
    )


def duplicate_parameters(api: Api) -> Iterator[Problem]:
    """A parameter is known by its name and place; header names do not mind case."""
    for operation in sent_too(api):
        seen: set[tuple[str, str]] = set()
        for each in operation.parameters:
            name = each.name.lower() if each.location == "header" else each.name
            if (each.location, name) in seen:
                yield Problem(
                    "duplicate-parameter",
                    each.at,
                    f'{operation.id}: a second {each.location} parameter "{each.name}"',
                    "remove one of them",
                )
            seen.add((each.location, name))


def single_content(api: Api) -> Iterator[Problem]:
    """A querystring parameter stands for the whole query (OpenAPI 3.2 §4.12.1)."""
    for operation in api.operations:
        whole = [e for e in operation.parameters if e.location == "querystring"]
        query = [e for e in operation.parameters if e.location == "query"]
        for each in whole[1:] or (whole if query else []):
            yield Problem(
                "duplicate-parameter",
                each.at,
                f'{operation.id}: "{each.name}" is the whole query string, so no other may be in it',
                "say in: query, or remove the others",
            )


def async_result(api: Api) -> Iterator[Problem]:
    """What an asynchronous operation results in is one of its declared responses."""
    for operation in api.operations:
        if operation.is_async and not succeeds(operation):
            yield Problem(
                "async-without-result",
                operation.processing.at or operation.at.key(),
                f"{operation.id}: is asynchronous, but declares no success response to be its result",
                "add the response that its result URL answers with, such as '200' or '204'",
            )


def mixed_streams(api: Api) -> Iterator[Problem]:
    """A success that is a stream for some callers only cannot be streamed yet."""
    for operation in api.operations:
        for response in operation.responses:
            if not response.is_success or stream_contents(response):
                continue
            for content in response.contents:
                if form_of(content.content_type) is not None:
                    yield Problem(
                        "not-supported",
                        content.at.key(),
                        f"{operation.id}: not supported yet: a {response.status} that is a stream "
                        f"or not; {content.content_type} goes out as bytes, all at once",
                        "give the stream an operation of its own",
                        "warning",
                    )


def async_stream(api: Api) -> Iterator[Problem]:
    """A job ends in one result; a stream cannot be that."""
    for operation in api.operations:
        response = stream_response(operation) if operation.is_async else None
        if response is not None:
            yield Problem(
                "not-supported",
                response.contents[0].at.key(),
                f"not supported yet: {operation.id} is asynchronous, and results in a stream",
                "say x-processing: sync, since a stream is answered as it comes, "
                "or let it result in application/json",
            )


def success(api: Api) -> Iterator[Problem]:
    """An operation says what it answers when all goes well."""
    for operation in api.operations:
        if not operation.is_async and not succeeds(operation):
            yield Problem(
                "no-success",
                operation.at.key(),
                f"{operation.id}: declares no success response",
                "add the response that it answers with when all goes well",
                "hint",
            )


def succeeds(operation: Operation) -> bool:
    """Whether it declares an answer other than an error (101 and 3XX are what some are made for)."""
    return any(each.status[:1] in "123d" for each in operation.responses)


def webhook_names(api: Api) -> Iterator[Problem]:
    """The webhook that goes out with a result exists."""
    names = [each.name for each in api.webhooks]
    for operation in api.operations:
        wanted, at = operation.processing.webhook, operation.processing.at
        if wanted is not None and wanted not in names:
            yield Problem(
                "unknown-webhook",
                (at or operation.at) / "webhook" if at else operation.at.key(),
                f'{operation.id}: the document has no webhook "{wanted}"',
                suggestion(wanted, names, "webhooks"),
            )


def links(api: Api) -> Iterator[Problem]:
    """A link leads to an operation of the document."""
    ids = [each.id for each in api.operations]
    for operation in api.operations:
        for link in (each for answer in operation.responses for each in answer.links):
            if link.operation_id is not None and link.operation_id not in ids:
                yield Problem(
                    "unknown-operation",
                    link.at / "operationId",
                    f'{operation.id}: the link "{link.name}" leads to "{link.operation_id}", '
                    "which no operation is called",
                    suggestion(link.operation_id, ids, "operations"),
                    "warning",
                )


def suggestion(wanted: str, names: list[str], what: str) -> str:
    """What was meant, or what there is."""
    near = get_close_matches(wanted, names, 1)
    if near:
        return f"did you mean {near[0]}?"
    return f"the {what} are {', '.join(names)}" if names else f"there are no {what}"

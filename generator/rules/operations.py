"""Rules about operations: their paths, parameters, answers, links and markings."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import product

from generator.likeness import alike
from generator.model import Api, MediaType, Operation, Parameter, Schema
from generator.problems import Problem
from generator.rules.walk import resolved, sent_too
from generator.streams import form_of, stream_contents, stream_response
from generator.targets.choices import choices, declared, shared, template

NAMES = re.compile(r"\{([^{}]*)\}")


def same_path(api: Api) -> Iterator[Problem]:
    """Two templates that differ in the names of their parameters only are one path.

    Operations of one path and method must be told apart by something that requests say.
    """
    chosen = choices(api.operations, api.schemas)
    for group in shared(api.operations):
        for place, operation in enumerate(group):
            mine = chosen[operation.id]
            others = (e for e in group[:place] if not mine.is_apart(chosen[e.id]))
            if other := next(others, None):
                yield same_as(operation, other, "error")
    first: dict[str, Operation] = {}
    for operation in api.operations:
        spelled = first.setdefault(template(operation), operation)
        is_chosen = operation.id in chosen
        if spelled.served_path != operation.served_path and not is_chosen:
            yield same_as(operation, spelled, "warning")


def queried_path(api: Api) -> Iterator[Problem]:
    """No request's path has a query or a fragment: what is written there is looked at only to choose."""
    chosen = choices(api.operations, api.schemas)
    for operation in api.operations:
        served = operation.served_path
        rest = operation.path[len(served) :]
        if not rest or _is_declared(rest, operation, api):
            continue
        asked = operation.id in chosen and operation.called_path != served
        yield Problem(
            "queried-path",
            operation.at.key(),
            f'{operation.id}: "{rest}" belongs to no path; the operation is served at '
            f"{served}{' for requests whose query says so' if asked else ''}",
            f"name the path {served}, and describe its query as parameters",
            "warning",
        )


def _is_declared(rest: str, operation: Operation, api: Api) -> bool:
    """Whether what follows a path only repeats what parameters say."""
    said = {
        (name.lower(), text)
        for (_, name), text in declared(operation, api.schemas).items()
    }
    pairs = (pair.partition("=") for pair in re.split("[?&#]", rest[1:]))
    return all((name.lower(), text) in said for name, _, text in pairs)


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


def unfit_webhooks(api: Api) -> Iterator[Problem]:
    """The webhook that goes out with a result carries that result."""
    named = {each.name: each.operation for each in api.webhooks}
    for operation in api.operations:
        at, sent = operation.processing.at, named.get(
            operation.processing.webhook or ""
        )
        if sent is None or sent.body is None or not operation.is_async:
            continue
        results = [r.contents for r in operation.responses if r.is_success]
        if not any(fits(api, each, sent.body.contents) for each in results):
            yield Problem(
                "unfit-webhook",
                at / "webhook" if at else operation.at.key(),
                f"{operation.id}: its result goes out as the webhook "
                f'"{operation.processing.webhook}", whose payload is another',
                "let both refer to one schema, or let the handler publish the webhook",
                "warning",
            )


def fits(api: Api, result: Sequence[MediaType], payload: Sequence[MediaType]) -> bool:
    """Whether a result is, in whole or in part, what a payload is; what is not told may be anything."""
    if any(each.schema is None for each in (*result, *payload)):
        return True
    pairs = product(parts(api, result), parts(api, payload))
    return any(alike(one, api.schemas, other, api.schemas) for one, other in pairs)


def parts(api: Api, contents: Sequence[MediaType]) -> list[Schema]:
    """The schemas of bodies, and those that they are put together of."""
    schemas = [each.schema for each in contents if each.schema is not None]
    return [part for each in schemas for part in resolved(api, each)]


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

"""Operations, with their responses, links and callbacks, and webhooks → the model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches

from generator.model import (
    ABSENT,
    Callback,
    Json,
    Link,
    Operation,
    Parameter,
    Requirement,
    Response,
    Scheme,
    Server,
    Webhook,
)
from generator.problems import Place, Problem, Refused
from generator.read.content import Contents
from generator.read.node import Node, Source
from generator.read.path_items import Entry, Ids, entries
from generator.read.processing import Markings
from generator.read.security import requirements

NESTING = 4
"""How many callbacks of callbacks are read: a callback may contain itself by $ref."""


class Operations:
    """Reads the operations of one document."""

    def __init__(
        self,
        source: Source,
        contents: Contents,
        markings: Markings,
        security: tuple[Requirement, ...],
        schemes: Mapping[str, Scheme],
        found: list[Entry],
    ) -> None:
        self._source = source
        self._contents = contents
        self._markings = markings
        self._security = security
        self._schemes = schemes
        self._ids = Ids(source, found)

    def operation(self, entry: Entry) -> Operation:
        """An operation that callers ask of our service."""
        id, given = self._ids.of(entry)
        read = self._operation(entry, id, given, 0)
        security = read.security if read.has_security else self._security
        parameters = self._without_keys(self._in_place(read), security)
        return replace(
            read,
            processing=self._markings.operation(entry.node, id),
            security=security,
            parameters=tuple(parameters),
        )

    def _in_place(self, operation: Operation) -> Iterator[Parameter]:
        """The parameters; those of the path as it names them, in itself or in a query."""
        for parameter in operation.parameters:
            spelled = f"{{{parameter.name}}}"
            if parameter.location != "path" or spelled in operation.served_path:
                yield parameter
                continue
            asked = re.search(rf"([^?&#=]+)={re.escape(spelled)}", operation.path)
            self._source.report(unused(operation, parameter, asked is not None))
            if asked is not None:
                yield replace(
                    parameter,
                    name=asked[1],
                    location="query",
                    style="form",
                    explode=True,
                )

    def _without_keys(
        self, parameters: Iterable[Parameter], security: tuple[Requirement, ...]
    ) -> Iterator[Parameter]:
        """The parameters but for those that a security scheme describes too."""
        needed = {need.scheme for needs in security for need in needs}
        keys = {
            spot(scheme.location, scheme.parameter or ""): scheme
            for name, scheme in self._schemes.items()
            if name in needed and scheme.type == "apiKey"
        }
        for parameter in parameters:
            scheme = keys.get(spot(parameter.location, parameter.name))
            if scheme is None:
                yield parameter
            else:
                self._source.report(a_key(parameter, scheme))

    def webhooks(self, nodes: Iterator[tuple[str, Node]]) -> Iterator[Webhook]:
        """What our service sends to its subscribers."""
        for entry in entries(self._source, nodes):
            yield Webhook(
                at=entry.node.at,
                name=entry.path,
                operation=self._sent(entry, entry.path, 0),
                python_name=entry.item.text("x-python-name"),
            )

    def _sent(self, entry: Entry, name: str, depth: int) -> Operation:
        id, given = self._ids.of_sent(entry, name)
        return self._operation(entry, id, given, depth)

    def _operation(self, entry: Entry, id: str, given: bool, depth: int) -> Operation:
        node, item = entry.node, entry.item
        documentation = node.get("externalDocs") or Node(node.at, {})
        return Operation(
            at=node.at,
            id=id,
            id_given=given,
            method=entry.method,
            path=entry.path,
            tags=node.texts("tags"),
            summary=node.text("summary") or item.text("summary"),
            description=node.text("description") or item.text("description"),
            documentation=documentation.text("url"),
            deprecated=node.flag("deprecated"),
            parameters=self._parameters(entry),
            body=self._contents.body(node.get("requestBody")),
            responses=self._responses(node),
            callbacks=tuple(self._callbacks(node, id, depth)),
            security=requirements(node.get("security")),
            has_security="security" in node,
            servers=servers(node) or servers(item.holder("servers")),
            python_name=node.text("x-python-name"),
        )

    def _parameters(self, entry: Entry) -> tuple[Parameter, ...]:
        """The path item's parameters, unless the operation has its own of that name and place."""
        own = self._contents.parameters(entry.node.each("parameters"))
        holder = entry.item.holder("parameters")
        shared = self._contents.parameters(holder.each("parameters"))
        mine = {spot(each.location, each.name) for each in own}
        kept = (each for each in shared if spot(each.location, each.name) not in mine)
        return (*kept, *own)

    def _responses(self, node: Node) -> tuple[Response, ...]:
        return tuple(
            self._response(status, response)
            for status, response in self._source.followed(node.patterned("responses"))
        )

    def _response(self, status: str, node: Node) -> Response:
        links = self._source.followed(node.entries("links"))
        return Response(
            at=node.at,
            status=status.upper() if status.upper().endswith("XX") else status,
            summary=node.text("summary"),
            description=node.text("description") or "",
            headers=self._contents.headers(node.entries("headers")),
            contents=self._contents.media_types(node.entries("content")),
            links=tuple(self._link(name, each) for name, each in links),
            python_name=node.text("x-python-name"),
        )

    def _link(self, name: str, node: Node) -> Link:
        body, server = node.get("requestBody"), node.get("server")
        self._check_reference(node)
        return Link(
            at=node.at,
            name=name,
            operation_id=node.text("operationId"),
            operation_ref=node.text("operationRef"),
            parameters=mapping(node.get("parameters")),
            request_body=ABSENT if body is None else body.value,
            description=node.text("description"),
            server=None if server is None else read_server(server),
        )

    def _check_reference(self, node: Node) -> None:
        """A link within the document leads somewhere; elsewhere it may lead to any API."""
        ref = node.text("operationRef") or ""
        if not ref.startswith("#/"):
            return
        at = node.at / "operationRef"
        try:
            self._source.documents.resolve(at, ref)
        except Refused as refused:
            said = refused.problems[0].message
            help = "write #/paths/~1the~1path/get, or name the operationId"
            problem = Problem("unknown-operation", at, said, help, "warning")
            self._source.report(problem)

    def _callbacks(self, node: Node, id: str, depth: int) -> Iterator[Callback]:
        found = list(self._source.followed(node.entries("callbacks")))
        if found and depth >= NESTING:
            self._source.report(too_deep(node.at / "callbacks"))
            return
        for name, callback in found:
            for entry in entries(self._source, addresses(callback)):
                yield self._callback(name, callback, entry, id, depth)

    def _callback(
        self, name: str, callback: Node, entry: Entry, id: str, depth: int
    ) -> Callback:
        otherwise = f"{id}{name[:1].upper()}{name[1:]}"
        return Callback(
            at=callback.at / entry.path,
            name=name,
            expression=entry.path,
            operation=self._sent(entry, otherwise, depth + 1),
            python_name=callback.text("x-python-name")
            or entry.item.text("x-python-name"),
        )


def addresses(callback: Node) -> Iterator[tuple[str, Node]]:
    """The path items of a callback by their expressions, without extensions."""
    return (each for each in callback.children() if not each[0].startswith("x-"))


def servers(node: Node) -> tuple[Server, ...]:
    """The servers named at a node."""
    found = (read_server(each) for each in node.each("servers"))
    return tuple(server for server in found if server is not None)


def read_server(node: Node) -> Server | None:
    url = node.text("url")
    if url is None:
        return None
    return Server(
        at=node.at,
        url=url,
        name=node.text("name"),
        description=node.text("description"),
        variables=tuple(
            (name, each.text("default") or "", each.texts("enum"))
            for name, each in node.entries("variables")
        ),
    )


def mapping(node: Node | None) -> Mapping[str, Json]:
    return node.value if node is not None and isinstance(node.value, dict) else {}


def too_deep(at: Place) -> Problem:
    return Problem(
        "not-supported",
        at.key(),
        f"not supported yet: callbacks of callbacks more than {NESTING} deep",
    )


def unused(operation: Operation, parameter: Parameter, is_asked: bool) -> Problem:
    named = re.findall(r"\{([^{}]*)\}", operation.served_path)
    near = get_close_matches(parameter.name, named, 1)
    follows = "it is one of the query" if is_asked else "it is left out"
    return Problem(
        "unused-parameter",
        parameter.at,
        f'{operation.id}: the path parameter "{parameter.name}" is not in '
        f'"{operation.served_path}": {follows}',
        f"did you mean {near[0]}?" if near else "remove it, or say in: query",
        "warning",
    )


def spot(location: str | None, name: str) -> tuple[str | None, str]:
    """Where something stands in a request; the names of headers do not mind case."""
    return location, name.lower() if location == "header" else name


def a_key(parameter: Parameter, scheme: Scheme) -> Problem:
    return Problem(
        "ignored-parameter",
        parameter.at / "name",
        f'"{parameter.name}" is the key of the security scheme "{scheme.name}": '
        "callers give it as a credential, not as a parameter",
        "remove it from the parameters",
        "hint",
    )

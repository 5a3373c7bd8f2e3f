"""One module for each group of operations: how each is called, and the class that calls it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.names import METHODS, Scope
from generator.python import Import, Imports, Signature, call, docstring
from generator.targets.client_arguments import arguments_of, params, passed
from generator.targets.client_names import Group, class_of
from generator.targets.client_operations import Surroundings, declaration, handled
from generator.targets.naming import Named
from generator.value import dataclass

ANNOTATED = frozenset(
    "bool bytes dict errors float int list models object responses str tuple".split()
)
"""What the annotations of the class name: no method of it may hide them."""
CONSTANTS = frozenset({"UUID", "MISSING"})
"""What the modules import that is written like a constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """One method of a group; `statement` is its whole body."""

    signature: str
    docstring: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsView:
    """The module of a group; only the asyncio one declares the operations."""

    title: str
    imports: str
    declarations: tuple[str, ...]
    name: str
    docstring: str
    connection: str
    is_tagged: bool
    methods: tuple[MethodView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupModules:
    """A group's class, in a module for asyncio and in one without `await`."""

    group: Group
    name: str
    view: CallsView
    sync_view: CallsView


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One operation: its declaration, and what its methods are made of."""

    named: Named
    constant: str
    declaration: str
    declared: Imports
    method: str
    job_method: str
    params: tuple[str, ...]
    passed: tuple[str, ...]
    is_stream: bool
    handled: str
    typed: Imports
    docstring: str


def group_modules(group: Group, around: Surroundings) -> GroupModules:
    """Both modules of a group."""
    calls = tuple(_calls(group, around))
    imports, sync_imports = _imports(calls), _sync_imports(group, calls)
    taken = {one.name for one in (*imports.wanted, *sync_imports.wanted)}
    name = class_of(group, frozenset(taken))
    title = (
        f"The operations tagged {group.tag}" if group.tag else "The untagged operations"
    )
    view = CallsView(
        title=docstring(f"{title}, and how each is called.", 0),
        imports=imports.text,
        declarations=tuple(one.declaration for one in calls),
        name=name,
        docstring=docstring(group.description, 4),
        connection="AsyncConnection",
        is_tagged=group.tag is not None,
        methods=tuple(_methods(calls, is_async=True)),
    )
    sync_view = replace(
        view,
        title=docstring(f"{title}, without `await`.", 0),
        imports=sync_imports.text,
        declarations=(),
        connection="Connection",
        methods=tuple(_methods(calls, is_async=False)),
    )
    return GroupModules(group=group, name=name, view=view, sync_view=sync_view)


def _calls(group: Group, around: Surroundings) -> Iterator[Call]:
    methods, constants = Scope(METHODS | ANNOTATED), Scope(CONSTANTS)
    names = [(n, methods.take(n.method, n.operation.id)) for n in group.operations]
    for named, method in names:
        job_method = methods.take(f"{method}_job") if named.operation.is_async else ""
        constant = constants.take(method.upper(), named.operation.id)
        yield _call(named, method, job_method, constant, around)


def _call(
    named: Named, method: str, job_method: str, constant: str, around: Surroundings
) -> Call:
    operation = named.operation
    arguments = arguments_of(named, around.models)
    declared, typed = Imports(), Imports()
    told = "\n\n".join(filter(None, (operation.summary, operation.description)))
    return Call(
        named=named,
        constant=constant,
        declaration=declaration(constant, arguments, around, declared),
        declared=declared,
        method=method,
        job_method=job_method,
        params=tuple(params(arguments, around.models, typed)),
        passed=tuple(passed(arguments)),
        is_stream=named.stream is not None,
        handled=handled(named, around, typed),
        typed=typed,
        docstring=docstring(told, 8, f"{operation.method} {operation.path}"),
    )


def _methods(calls: tuple[Call, ...], *, is_async: bool) -> Iterator[MethodView]:
    for one in calls:
        yield _method(one, is_async)
        if one.job_method:
            yield _job_method(one)


def _stream_method(one: Call) -> MethodView:
    """A stream, which is opened when its first item is asked for: there is nothing to await."""
    arguments = ("self._connection", one.constant, *one.passed)
    return MethodView(
        signature=Signature(
            name=one.method,
            params=("self", *one.params),
            returns=f"ItemStream[{one.handled}]",
            indent=4,
        ).text,
        docstring=one.docstring,
        statement=f"return {call('ItemStream', arguments, used=200)}",
    )


def _method(one: Call, is_async: bool) -> MethodView:
    if one.is_stream:
        return _stream_method(one)
    submits = one.named.operation.is_async
    head = "start_job" if submits else "self._connection.call"
    first = ("self._connection",) if submits else ()
    made = call(head, (*first, one.constant, *one.passed), used=200)
    return MethodView(
        signature=Signature(
            name=one.method,
            params=("self", *one.params),
            returns=f"JobHandle[{one.handled}]" if submits else one.handled,
            is_async=is_async,
            indent=4,
        ).text,
        docstring=one.docstring,
        statement=f"return {'await ' if is_async else ''}{made}",
    )


def _job_method(one: Call) -> MethodView:
    """The handle again from an id; it needs no await."""
    told = f"The job with this id, which an earlier {one.method} became."
    return MethodView(
        signature=Signature(
            name=one.job_method,
            params=("self", "id: str"),
            returns=f"JobHandle[{one.handled}]",
            indent=4,
        ).text,
        docstring=docstring(told, 8),
        statement=f"return resume_job(self._connection, {one.constant}, id)",
    )


def _imports(calls: tuple[Call, ...]) -> Imports:
    imports = Imports()
    imports.add("__future__", "annotations")
    for one in calls:
        imports.update(one.declared.wanted)
        imports.update(one.typed.wanted)
    imports.update(_needed(calls, "handle", "item_stream", "AsyncConnection"))
    return imports


def _sync_imports(group: Group, calls: tuple[Call, ...]) -> Imports:
    """The types, from one package further out, and the asyncio module's declarations."""
    imports = Imports()
    imports.add("__future__", "annotations")
    for one in calls:
        imports.update(deeper(found) for found in one.typed.wanted)
        imports.add(f"..{group.module}", one.constant)
    needed = _needed(calls, "handle_sync", "item_stream_sync", "Connection")
    imports.update(deeper(found) for found in needed)
    return imports


def _needed(
    calls: tuple[Call, ...], handles: str, streams: str, connection: str
) -> Iterator[Import]:
    yield Import(".runtime.transport", connection)
    if any(one.is_stream for one in calls):
        yield Import(f".runtime.{streams}", "ItemStream")
    if any(one.job_method for one in calls):
        for name in ("JobHandle", "resume_job", "start_job"):
            yield Import(f".runtime.{handles}", name)


def deeper(wanted: Import) -> Import:
    """An import as a module of a subpackage writes it."""
    if not wanted.module.startswith("."):
        return wanted
    return Import(f".{wanted.module}", wanted.name)

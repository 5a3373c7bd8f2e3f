"""One module for each group of operations: how each is called, and the class that calls it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.names import METHODS, Scope
from generator.python import Import, Imports, Signature, call, docstring
from generator.targets.client_arguments import arguments_of, params, passed
from generator.targets.client_names import Group, class_of
from generator.targets.client_operations import Surroundings, declaration, handled
from generator.targets.deprecations import decorator_of
from generator.targets.handlers import told_of
from generator.targets.naming import Named
from generator.value import dataclass

ANNOTATED = frozenset(
    "bool bytes deprecated dict errors float int list models object responses str tuple".split()
)
"""What the annotations and decorators of the class name: no method of it may hide them."""
CONSTANTS = frozenset({"UUID", "MISSING"})
"""What the modules import that is written like a constant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodView:
    """One method of a group; `statement` is its whole body."""

    decorator: str = ""
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
    method: str
    job_method: str
    params: tuple[str, ...]
    made: str
    """The expression that a method returns."""
    handled: str
    decorator: str
    docstring: str

    @property
    def is_stream(self) -> bool:
        return self.named.stream is not None


def group_modules(group: Group, around: Surroundings) -> GroupModules:
    """Both modules of a group."""
    declared, typed = Imports(), Imports()
    calls = tuple(_calls(group, around, declared, typed))
    imports = _imports(calls, declared, typed)
    sync_imports = _sync_imports(group, calls, typed)
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


def _calls(
    group: Group, around: Surroundings, declared: Imports, typed: Imports
) -> Iterator[Call]:
    """The operations; what their declarations need and what their signatures name is added to the imports."""
    methods, constants = Scope(METHODS | ANNOTATED), Scope(CONSTANTS)
    names = [(n, methods.take(n.method, n.operation.id)) for n in group.operations]
    for named, method in names:
        job_method = methods.take(f"{method}_job") if named.operation.is_async else ""
        constant = constants.take(method.upper(), named.operation.id)
        arguments = arguments_of(named, around.models)
        result = handled(named, around, typed)
        yield Call(
            named=named,
            constant=constant,
            declaration=declaration(constant, result, arguments, around, declared),
            method=method,
            job_method=job_method,
            params=tuple(params(arguments, typed)),
            made=_made(named, constant, tuple(passed(arguments))),
            handled=result,
            decorator=decorator_of(named.operation, typed),
            docstring=told_of(
                named.operation,
                [(one.name, one.parameter) for one in arguments.parameters],
            ),
        )


def _made(named: Named, constant: str, given: tuple[str, ...]) -> str:
    """`self._connection.call(PLACE_ORDER, (), body)`"""
    if named.stream is not None or named.operation.is_async:
        head = "start_job" if named.stream is None else "ItemStream"
        return call(head, ("self._connection", constant, *given), used=200)
    return call("self._connection.call", (constant, *given), used=200)


def _methods(calls: tuple[Call, ...], *, is_async: bool) -> Iterator[MethodView]:
    for one in calls:
        yield _method(one, is_async)
        if one.job_method:
            yield _job_method(one)


def _stream_method(one: Call) -> MethodView:
    """A stream, which is opened when its first item is asked for: there is nothing to await."""
    return MethodView(
        decorator=one.decorator,
        signature=Signature(
            name=one.method,
            params=("self", *one.params),
            returns=f"ItemStream[{one.handled}]",
            indent=4,
        ).text,
        docstring=one.docstring,
        statement=f"return {one.made}",
    )


def _method(one: Call, is_async: bool) -> MethodView:
    if one.is_stream:
        return _stream_method(one)
    submits = bool(one.job_method)
    return MethodView(
        decorator=one.decorator,
        signature=Signature(
            name=one.method,
            params=("self", *one.params),
            returns=f"JobHandle[{one.handled}]" if submits else one.handled,
            is_async=is_async,
            indent=4,
        ).text,
        docstring=one.docstring,
        statement=f"return {'await ' if is_async else ''}{one.made}",
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


def _imports(calls: tuple[Call, ...], declared: Imports, typed: Imports) -> Imports:
    imports = Imports({*declared.wanted, *typed.wanted})
    imports.add("__future__", "annotations")
    imports.update(_needed(calls, "handle", "item_stream", "AsyncConnection"))
    return imports


def _sync_imports(group: Group, calls: tuple[Call, ...], typed: Imports) -> Imports:
    """The types, from one package further out, and the asyncio module's declarations."""
    needed = _needed(calls, "handle_sync", "item_stream_sync", "Connection")
    imports = Imports(set(map(deeper, (*typed.wanted, *needed))))
    imports.add("__future__", "annotations")
    for one in calls:
        imports.add(f"..{group.module}", one.constant)
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

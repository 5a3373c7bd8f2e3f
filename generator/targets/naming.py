"""What every operation is called in Python: one pass over the whole API, before anything is emitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from generator.model import Api, Callback, Operation, Parameter, Response, Webhook
from generator.names import ARGUMENTS, BUILTINS, METHODS, Scope, pascal, snake
from generator.paths import accepted
from generator.problems import Problem
from generator.streams import Stream, adds_last_event, stream_of
from generator.targets.exchange_names import NamedExchanges, named_exchanges
from generator.targets.queued import queued_operation
from generator.value import dataclass

PLACES = {
    "path": "Path",
    "query": "Query",
    "querystring": "QueryString",
    "header": "Header",
    "cookie": "Cookie",
}
"""The runtime's class of the parameters in each place, in the order of a method's arguments."""
ORDER = tuple(PLACES)
TAKEN = ARGUMENTS | frozenset(
    "body job caller reader request service result stream_response seen_event".split()
)
"""What no parameter is called: the emitted endpoints use these names themselves."""

LAST_EVENT = "last_event_id"
"""What the handlers of a stream are told of its caller's last event."""
ON_CLIENT = frozenset({"close"})
"""Names that a client has itself, as it has the methods of operations without tags."""
ON_MESSENGER = ON_CLIENT | {"start", "stop"}
"""Names that a client of messages has itself."""
OWNER_OF = "owner_of"
"""The method that tells whose job a message becomes."""
AUTHENTICATE = "authenticate_"
"""How the methods begin that tell who is calling; operations may have such names too."""

HIDDEN = BUILTINS | frozenset(
    "Any Literal date datetime deprecated errors models responses time".split()
)
"""Names that the annotations and decorators of the emitted classes use: no method may hide them."""
CALLED = frozenset(
    "submit as_reply reader_of frozenset tuple stream_response seen_event".split()
)
"""Names that the module of routes calls."""
CONSTANTS = frozenset({"UUID", "ROUTES", "ASYNC_OPERATIONS"})
"""Names that the module of routes uses beside the operations' own."""
BEGINNINGS = ("ERRORS", "NEEDS_")
"""How the names of what operations share begin there."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A parameter with the name that handlers and clients know it by."""

    name: str
    parameter: Parameter


@dataclass(frozen=True, kw_only=True, eq=False)
class Named:
    """An operation with the names of everything that belongs to it; what many ask of it is found once."""

    operation: Operation
    method: str
    """place_order"""
    prefix: str
    """PlaceOrder, from which the classes of its responses are named"""
    arguments: tuple[Argument, ...]
    """Required ones first; within these by place: path, query, header, cookie."""
    callbacks: tuple[NamedCallback, ...] = ()
    stream: Stream | None = None
    """What it answers with, where that is a stream."""

    @property
    def constant(self) -> str:
        """PLACE_ORDER"""
        constant = self.method.upper()
        is_taken = constant in CONSTANTS or constant.startswith(BEGINNINGS)
        return f"{constant}_" if is_taken else constant

    @property
    def endpoint(self) -> str:
        """The function in routes.py: the method's name, unless it hides what that module calls."""
        return f"{self.method}_" if self.method in CALLED else self.method

    def response_class(self, response: Response) -> str:
        """PlaceOrder201, PlaceOrder4XX, PlaceOrderDefault"""
        suffix = "Default" if response.status == "default" else response.status.upper()
        return response.python_name or f"{self.prefix}{suffix}"

    @property
    def adds_last_event(self) -> bool:
        """Whether callers may say which event they saw last, where no parameter does."""
        return self.stream is not None and adds_last_event(self.operation)

    @cached_property
    def successes(self) -> tuple[Response, ...]:
        """The declared successes; without any, `default` stands for them."""
        responses = self.operation.responses
        found = tuple([r for r in responses if r.is_success])
        return found or tuple([r for r in responses if r.status == "default"])

    @cached_property
    def sole(self) -> Response | None:
        """The only success, if its body alone says everything."""
        if len(self.successes) != 1:
            return None
        (success,) = self.successes
        needs_more = any(header.required for header in success.headers)
        return None if needs_more or not success.status.isdigit() else success

    @cached_property
    def results(self) -> tuple[Response, ...]:
        """The responses that are a result: 2XX, else 3XX, else `default`.

        The 202 of an asynchronous operation only says that the result comes later.
        """
        responses = self.operation.responses
        for found in (
            [r for r in responses if r.is_success and not self._is_later(r)],
            [r for r in responses if r.is_success],
            [r for r in responses if r.status.startswith("3")],
            [r for r in responses if r.status == "default"],
        ):
            if found:
                return tuple(found)
        return ()

    @cached_property
    def errors(self) -> tuple[Response, ...]:
        """The responses that are raised."""
        results = [id(result) for result in self.results]
        others = [r for r in self.operation.responses if id(r) not in results]
        return tuple([r for r in others if not self._is_later(r)])

    def _is_later(self, response: Response) -> bool:
        return self.operation.is_async and response.status == "202"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedCallback:
    """A callback of an operation: `callbacks.place_order.placed`."""

    callback: Callback
    name: str
    constant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedWebhook:
    """A webhook: `webhooks.order_shipped`."""

    webhook: Webhook
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """The names of a whole API, and what had to give way."""

    operations: tuple[Named, ...]
    webhooks: tuple[NamedWebhook, ...]
    schemes: dict[str, str]
    """Security scheme → the end of its `authenticate_…` method."""
    problems: tuple[Problem, ...]
    queued: tuple[Named, ...] = ()
    """Asynchronous operations that only messages ask for."""
    messaging: NamedExchanges = NamedExchanges()
    owner_of: str | None = None
    """The method of the handlers that says whose job a message becomes, where callers are known."""

    @property
    def jobs(self) -> dict[str, Named]:
        """The asynchronous operations by their ids, whoever brings them."""
        return {
            named.operation.id: named
            for named in (*self.operations, *self.queued)
            if named.operation.is_async
        }


def naming(api: Api) -> Naming:
    """Name everything, in the document's order."""
    methods, classes = Scope(METHODS | HIDDEN), Scope(METHODS, folded=True)
    schemes = Scope()
    scopes = [methods, classes, schemes]
    problems: list[Problem] = []
    operations = tuple(_operations(api, methods, classes, problems))
    known = {named.operation.id: named.method for named in operations}
    queued = tuple(_queued(api, known, methods, classes, problems))
    messaging = named_exchanges(api, known)
    problems += messaging.problems
    names = _schemes(api, known.values(), schemes)
    webhooks = tuple(_webhooks(api.webhooks, scopes))
    brought = any(one.exchange.is_async for one in messaging.received)
    owner_of = methods.take(OWNER_OF) if brought and accepted(api) else None
    for scope, where in zip(
        scopes, ("operations", "operations", "schemes"), strict=False
    ):
        problems += [collision.problem(where) for collision in scope.collisions]
    return Naming(
        operations=operations,
        webhooks=webhooks,
        schemes=names,
        problems=tuple(problems),
        queued=queued,
        messaging=messaging,
        owner_of=owner_of,
    )


def _operations(
    api: Api, methods: Scope, classes: Scope, problems: list[Problem]
) -> Iterator[Named]:
    constants = Scope()
    for operation in api.operations:
        wanted = operation.python_name or snake(operation.id, "operation")
        if wanted in ON_CLIENT and not operation.tags:
            wanted += "_"
        method = methods.take(wanted, operation.id, operation.at)
        operation = resulting(operation)
        yield Named(
            operation=operation,
            method=method,
            prefix=classes.take(pascal(method), operation.id, operation.at),
            arguments=tuple(_arguments(operation, problems)),
            callbacks=tuple(_callbacks(operation, method, constants)),
            stream=stream_of(operation, api),
        )


def _schemes(api: Api, methods: Iterable[str], scope: Scope) -> dict[str, str]:
    """How each `authenticate_…` ends; an operation may have such a name already."""
    scope.keep(
        method.removeprefix(AUTHENTICATE)
        for method in methods
        if method.startswith(AUTHENTICATE)
    )
    return {
        key: scope.take(scheme.python_name or snake(key, "scheme"), key, scheme.at)
        for key, scheme in api.schemes.items()
    }


def _queued(
    api: Api,
    known: dict[str, str],
    methods: Scope,
    classes: Scope,
    problems: list[Problem],
) -> Iterator[Named]:
    """The jobs that only messages ask for; the method of every exchange becomes known.

    An exchange that is called as an operation is one with it: both lead to one handler.
    """
    for exchange in api.exchanges:
        if exchange.id in known:
            continue
        wanted = exchange.python_name or snake(exchange.id, "exchange")
        wanted += "_" if wanted in ON_MESSENGER else ""
        method = methods.take(wanted, exchange.id, exchange.at)
        prefix = classes.take(pascal(method), exchange.id, exchange.at)
        known[exchange.id] = method
        if exchange.is_async:
            operation = queued_operation(exchange)
            yield Named(
                operation=operation,
                method=method,
                prefix=prefix,
                arguments=tuple(_arguments(operation, problems)),
            )


def resulting(operation: Operation) -> Operation:
    """The operation with the answers that its handler gives.

    The 202 of an asynchronous operation is ours. Where the document declares no other
    success, what it says of the 202 is the result, which then comes as a 200 or 204.
    """
    early = [r for r in operation.responses if r.status == "202"]
    if not operation.is_async or not early:
        return operation
    others = tuple(r for r in operation.responses if r.status != "202")
    if not any(r.is_success for r in others):
        status = "200" if early[0].contents else "204"
        others = (replace(early[0], status=status), *others)
    return replace(operation, responses=others)


def _arguments(operation: Operation, problems: list[Problem]) -> Iterator[Argument]:
    scope = Scope(TAKEN | {LAST_EVENT} if adds_last_event(operation) else TAKEN)
    named = [
        Argument(
            scope.take(p.python_name or snake(p.name, "parameter"), p.name, p.at), p
        )
        for p in operation.parameters
    ]
    where = f"parameters of {operation.id}"
    problems += [collision.problem(where) for collision in scope.collisions]
    yield from sorted(named, key=_rank)


def _rank(argument: Argument) -> tuple[bool, int]:
    parameter = argument.parameter
    return (not parameter.required, ORDER.index(parameter.location))


def _callbacks(
    operation: Operation, method: str, constants: Scope
) -> Iterator[NamedCallback]:
    scope = Scope(METHODS)
    for callback in operation.callbacks:
        name = scope.take(
            callback.python_name or snake(callback.name, "callback"), callback.name
        )
        wanted = f"{method}_{name}".upper()
        yield NamedCallback(
            callback=callback, name=name, constant=constants.take(wanted)
        )


def _webhooks(
    webhooks: Iterable[Webhook], scopes: list[Scope]
) -> Iterator[NamedWebhook]:
    scope = Scope(METHODS)
    scopes.append(scope)
    for webhook in webhooks:
        name = scope.take(
            webhook.python_name or snake(webhook.name, "webhook"),
            webhook.name,
            webhook.at,
        )
        yield NamedWebhook(webhook=webhook, name=name)

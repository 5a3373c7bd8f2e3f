"""`consumers.py` of the service: how each message that it receives is read, and which handler it goes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from generator.channels import Exchange
from generator.model import Api, Processing
from generator.python import Import, Imports, call, docstring, literal, string
from generator.python import tuple_of
from generator.targets.channels import binding_options
from generator.targets.declarations import policy_call
from generator.targets.exchange_names import NamedExchange, NamedMessage
from generator.targets.handlers import answers, message_type
from generator.targets.message_kinds import body_union
from generator.targets.models import Models
from generator.targets.naming import Named, Naming
from generator.targets.queued import is_failure
from generator.targets.routes import RouteView, job_view
from generator.targets.securities import Securities
from generator.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumerView:
    """One receive operation; a synchronous one has the lines of `run`, `jobs` those that become jobs."""

    name: str
    docstring: str
    run: tuple[str, ...]
    returns: str
    jobs: tuple[RouteView, ...]
    declaration: str


@dataclass(frozen=True, slots=True)
class ConsumersView:
    """The module."""

    imports: str
    consumers: tuple[ConsumerView, ...]
    all: str
    queued_operations: str


def consumers_view(api: Api, naming: Naming, models: Models) -> ConsumersView:
    """Every receive operation, in the document's order."""
    imports = Imports()
    imports.add(".handlers", "Handlers")
    imports.add(".runtime.consumer", "Consumer")
    securities = Securities(imports)
    received = naming.messaging.received
    views = tuple(
        _consumer(named, naming, models, imports, securities) for named in received
    )
    queued = [named.constant for named in naming.queued]
    return ConsumersView(
        imports=imports.text,
        consumers=views,
        all=tuple_of(named.consumer for named in received),
        queued_operations=tuple_of(queued) if queued else "",
    )


def _consumer(
    named: NamedExchange,
    naming: Naming,
    models: Models,
    imports: Imports,
    securities: Securities,
) -> ConsumerView:
    _import_declared(named, imports)
    job = naming.jobs.get(named.exchange.id)
    jobs: tuple[RouteView, ...] = ()
    if job is not None and job in naming.queued:
        keeps = sorted(_header_names(named, models))
        view = job_view(job, models, imports, securities, keeps)
        jobs = (replace(view, run=tuple(_job_run(named, job, imports))),)
    elif job is not None:
        imports.add(".routes", job.constant)
    return ConsumerView(
        name=named.method,
        docstring=docstring(f"One message of {named.exchange.id}."),
        run=tuple(_run(named, models, imports)) if job is None else (),
        returns="object" if named.replies else "None",
        jobs=jobs,
        declaration=_declaration(
            named, None if job is None else job.constant, naming.owner_of, imports
        ),
    )


def _import_declared(named: NamedExchange, imports: Imports) -> None:
    """The channels and kinds of messages that an exchange is declared with."""
    channels = [named.channel, named.reply_channel]
    for one in (*channels, *named.messages, *named.replies):
        if one is not None:
            imports.add(".channels", one.constant)


def _header_names(named: NamedExchange, models: Models) -> Iterator[str]:
    """The headers that a job's handler may look at."""
    for message in named.messages:
        kinds = models.kind(message.message.headers)
        if isinstance(kinds, dict):
            yield from (name.lower() for name in kinds if name != "*")


def _run(named: NamedExchange, models: Models, imports: Imports) -> Iterator[str]:
    """The statements that read a message and call the handler."""
    imports.add(".runtime.incoming", "Incoming")
    kinds = ", ".join(one.constant for one in named.messages)
    taken = f"incoming.take({kinds})"
    arguments = [
        f"incoming.parameter({string(one.parameter.name)})"
        for one in named.channel.parameters
    ]
    if len(named.messages) > 1:
        yield f"taken: {_taken_type(named.messages, models, imports)} = {taken}"
        arguments.append("*taken")
    else:
        yield f"body, message = {taken}"
        arguments += ["body", "message"]
    called = call(f"handlers.{named.method}", arguments, indent=4, used=13)
    yield f"return await {called}" if named.replies else f"await {called}"


def _job_run(named: NamedExchange, job: Named, imports: Imports) -> Iterator[str]:
    """The statements that make one attempt at a job."""
    names = [*(argument.name for argument in job.arguments), "body"]
    imports.add(".runtime.message_reply", "message_reply")
    yield f"{tuple_of(names)} = read_{job.endpoint}(reader)"
    called = call(f"handlers.{job.method}", [*names, "job"], indent=4, used=15)
    kinds = tuple_of(one.constant for one in answers(named))
    if kinds == "()":
        yield f"await {called}"
        yield "return message_reply(None, ())"
    else:
        failures = [one for one in answers(named) if is_failure(one.message)]
        given = ["result", kinds]
        given += [tuple_of(one.constant for one in failures)] if failures else []
        yield f"result = await {called}"
        yield f"return {call('message_reply', given, indent=4, used=11)}"


def _taken_type(
    messages: Iterable[NamedMessage], models: Models, imports: Imports
) -> str:
    """`tuple[models.A | models.B, Message[models.AHeaders]]`"""
    kinds = tuple(messages)
    body = body_union(kinds, models)
    imports.update(body.imports)
    return f"tuple[{body.said}, {message_type(kinds, models, imports)}]"


def _declaration(
    named: NamedExchange, job: str | None, owner_of: str | None, imports: Imports
) -> str:
    exchange = named.exchange
    arguments = [
        string(exchange.id),
        named.channel.constant,
        tuple_of(one.constant for one in named.messages),
    ]
    if job is None:
        arguments.append(f"run_{named.method}")
    if exchange.reply is not None:
        arguments.append(f"reply={replies_call(named, imports.wanted)}")
    if job is not None:
        arguments.append(f"operation={job}")
        if owner_of is not None:
            arguments.append(f"owner={string(owner_of)}")
    elif exchange.processing != Processing(at=exchange.processing.at):
        arguments.append(f"policy={policy_call(exchange.processing, imports)}")
    if options := binding_options(exchange.bindings):
        arguments.append(f"options={literal({**options})}")
    made = call("Consumer", arguments, used=200)
    return f"{named.consumer}: Consumer[Handlers] = {made}"


def replies_call(named: NamedExchange, imports: set[Import]) -> str:
    """`Replies(PONG_CHANNEL, (PONG_MESSAGE,))`"""
    imports.add(Import(".runtime.consumer", "Replies"))
    exchange: Exchange = named.exchange
    assert exchange.reply is not None
    channel = "" if named.reply_channel is None else named.reply_channel.constant
    if not channel:
        imports.add(Import(".runtime.channel", "Channel"))
        carrier = ', carrier="call"' if named.channel.kind == "call" else ""
        channel = f"Channel({string(f'{exchange.id}.reply')}, None{carrier})"
    arguments = [channel, tuple_of(one.constant for one in named.replies)]
    if exchange.reply.address is not None and named.channel.kind != "call":
        arguments.append(f"address={string(exchange.reply.address)}")
    return call("Replies", arguments)

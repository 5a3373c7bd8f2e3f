"""The user's own `handlers.py` as it is first written: every operation already answers."""

from __future__ import annotations

from collections.abc import Iterator

from generator.formats import is_json
from generator.model import Api, MediaType, Response, Scheme
from generator.names import pascal, snake
from generator.python import Import, Imports, Signature, call, literal, string
from generator.streams import Stream
from generator.targets.construction import bytes_literal
from generator.targets.contents import kind_of
from generator.targets.directions import Direction
from generator.targets.exchange_names import NamedExchange, NamedMessage
from generator.targets.handlers import (
    answers,
    authenticate_signature,
    called_ids,
    credentials,
    exchange_signature,
    handler_signature,
)
from generator.targets.hidden import unhidden
from generator.targets.message_kinds import (
    body_example,
    headers_example,
    needs_headers,
    shown,
)
from generator.targets.messaging_parts import channel_security, web_exchanges
from generator.targets.models import Models
from generator.targets.naming import Named, Naming
from generator.targets.refusals import drafted, own_errors
from generator.targets.responses import reply_headers
from generator.targets.streams import item_hint
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class ScaffoldMethod:
    """One method: up to the colon, and its statements."""

    signature: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScaffoldView:
    """The module."""

    imports: str
    class_name: str
    methods: tuple[ScaffoldMethod, ...]


def scaffold_view(
    api: Api, naming: Naming, models: Models, package: str, class_name: str
) -> ScaffoldView:
    """Handlers that answer with the document's examples, or with values made to fit."""
    imports = Imports()
    methods = [_method(named, models, imports) for named in naming.operations]
    called = called_ids(naming)
    methods += [
        _taking(named, naming, models, imports)
        for named in naming.messaging.received
        if named.exchange.id not in called
    ]
    methods += [
        _authenticate(api, scheme, naming.schemes[name], naming, imports)
        for name, scheme in api.schemes.items()
    ]
    methods += _telling(naming, models, imports)
    imports.add(".", "Handlers")
    return ScaffoldView(outside(imports, package).text, class_name, tuple(methods))


def stub_text(named: Named, models: Models) -> str:
    """The method to paste for an operation that the handlers do not have yet."""
    signature = handler_signature(named, models, Imports())
    body = "        raise NotImplementedError\n"
    if named.stream is not None:
        body += "        yield\n"
    return f"    {signature.text}:\n{body}"


def exchange_stub(named: NamedExchange, naming: Naming, models: Models) -> str:
    """The method to paste for a receive operation that the handlers do not have yet."""
    signature = exchange_signature(named, naming, models, Imports())
    return f"    {signature.text}:\n        raise NotImplementedError\n"


EXPORTED = {
    ".runtime.job": ".",
    ".runtime.access": ".",
    ".runtime.event": ".",
    ".runtime.known": ".",
    ".runtime.message": ".",
    ".runtime.problem": ".",
}
"""Runtime modules whose names the package offers itself."""


def outside(imports: Imports, package: str) -> Imports:
    """The same imports for a module that is not in the package."""
    moved = Imports()
    for wanted in imports.wanted:
        module = EXPORTED.get(wanted.module, wanted.module)
        if module.startswith("."):
            module = package + module.rstrip(".")
        moved.add(module, wanted.name)
    return moved


def _taking(
    named: NamedExchange, naming: Naming, models: Models, imports: Imports
) -> ScaffoldMethod:
    """The method that takes messages: it replies with an example, or does nothing yet."""
    signature = exchange_signature(named, naming, models, imports)
    lines = []
    job = naming.jobs.get(named.exchange.id)
    if job is not None:
        lines.append(_progressing(job, models, imports))
    replies = answers(named)
    reply = shown(replies, models) or next(iter(replies), None)
    if reply is not None:
        lines.append(f"return {_replied(reply, models, imports)}")
    return ScaffoldMethod(signature.text, tuple(lines or ["return None"]))


def _replied(named: NamedMessage, models: Models, imports: Imports) -> str:
    """An example of a reply; with its headers where these must be given."""
    body = body_example(named, models, imports.wanted)
    headers = headers_example(named, models, imports.wanted)
    if headers is None or not needs_headers(named.message, models):
        return body
    imports.add(".runtime.message", "WithHeaders")
    return call("WithHeaders", [body, headers], indent=8, used=7)


def _progressing(named: Named, models: Models, imports: Imports) -> str:
    """The statement that tells how far a job is."""
    if named.operation.processing.progress is not None:
        return f"await job.progress({_progress(named, models, imports)})"
    return 'await job.progress(done=1, total=2, message="half of it is done")'


def _method(named: Named, models: Models, imports: Imports) -> ScaffoldMethod:
    if named.stream is not None:
        return _stream_method(named, named.stream, models, imports)
    signature = handler_signature(named, models, imports)
    lines, needed = [], Imports()
    if named.operation.is_async:
        lines.append(_progressing(named, models, needed))
    lines += answer_lines(named, models, needed)
    return _stated(named, signature, lines, needed, imports)


def _stated(
    named: Named,
    signature: Signature,
    lines: list[str],
    needed: Imports,
    imports: Imports,
) -> ScaffoldMethod:
    """A method, its statements without names that its arguments hide."""
    said = unhidden(lines, {one.name for one in named.arguments}, needed)
    imports.update(needed.wanted)
    return ScaffoldMethod(signature.text, said)


def _progress(named: Named, models: Models, imports: Imports) -> str:
    """An example of the progress that the document gives a type."""
    schema = named.operation.processing.progress
    hint = f"{named.prefix}Progress"
    value = models.example(schema)
    made = models.construct(schema, value, hint=hint, direction="out")
    imports.update(made.imports)
    return made.text


def _stream_method(
    named: Named, stream: Stream, models: Models, imports: Imports
) -> ScaffoldMethod:
    """An asynchronous generator of one example."""
    signature = handler_signature(named, models, imports)
    needed = Imports()
    items = stream.items[0]
    datum = items.data[0]
    if datum.schema is None:
        item = string("") if datum.is_text else "None"
    else:
        value = models.example(datum.schema, items.content.examples)
        hint = item_hint(named.prefix, datum)
        made = models.construct(datum.schema, value, hint=hint, direction="out")
        needed.update(made.imports)
        item = made.text
    if items.is_envelope:
        arguments = [item, *(f"event={string(name)}" for name in datum.names[:1])]
        item = call("Event", arguments, indent=8, used=6)
    opening = []
    if any(header.required for header in stream.response.headers):
        opening.append(f"yield {_reply(named, stream.response, models, needed)}")
    lines = [*opening, f"yield {item}"]
    return _stated(named, signature, lines, needed, imports)


def answer_lines(named: Named, models: Models, imports: Imports) -> Iterator[str]:
    """`return` with an example of the operation's success."""
    success = named.sole
    if success is not None:
        value = example_body(named, success, models, imports)
        yield f"return {value}" if value else "return None"
        return
    for response in (*named.successes, *named.operation.responses):
        yield f"return {_reply(named, response, models, imports)}"
        return
    yield "return None"


def _reply(named: Named, response: Response, models: Models, imports: Imports) -> str:
    arguments = [] if response.status.isdigit() else [_status(response)]
    body = example_body(named, response, models, imports)
    arguments += [body] if body else []
    for header in reply_headers(named, response, models, Imports()):
        schema = header.header.schema
        if header.header.required and schema is not None:
            value = models.example(schema)
            made = models.construct(schema, value, direction="out")
            imports.update(made.imports)
            arguments.append(f"{header.field}={made.text}")
    name = named.response_class(response)
    imports.add(".responses", name)
    return call(name, arguments, indent=8, used=7)


def _status(response: Response) -> str:
    return response.status.replace("X", "0") if response.status != "default" else "200"


def example_body(
    named: Named, response: Response, models: Models, imports: Imports
) -> str | None:
    """The response's body as an expression; None where it has none."""
    if not response.contents:
        return None
    typed = (one for one in response.contents if is_json(one.content_type))
    content = next(typed, response.contents[0])
    hint = named.response_class(response) + "Body"
    return example_of(content, hint, models, imports, "out")


def example_of(
    content: MediaType,
    hint: str,
    models: Models,
    imports: Imports,
    direction: Direction,
) -> str:
    """A value of a media type as an expression."""
    if kind_of(content, models, direction) == "Binary":
        is_text = is_json(content.content_type) and content.content_type != "*/*"
        least = '""' if is_text else ""  # no bytes at all are no JSON
        text = next((e for e in content.examples if isinstance(e, str)), least)
        return bytes_literal(text.encode())
    if content.schema is None:
        return literal(content.examples[0] if content.examples else {}, 8)
    value = models.example(content.schema, content.examples, direction)
    made = models.construct(content.schema, value, hint=hint, direction=direction)
    imports.update(made.imports)
    return made.text


def _authenticate(
    api: Api, scheme: Scheme, name: str, naming: Naming, imports: Imports
) -> ScaffoldMethod:
    imports.update({Import(".runtime.access", "Caller")})
    imports.add(".runtime.known", "known_caller")
    variable = environment_variable(name, scheme, naming)
    arguments = [string(variable), *credentials(scheme)]
    scopes = sorted(set(_scopes(api, scheme)))
    if scopes:
        arguments.append(f"scopes={literal([*scopes])}")
    signature = authenticate_signature(scheme, name)
    pair = ["# The variable holds user:password."] if is_pair(scheme) else []
    lines = (
        "# Look callers up in a place of your own; until then, one from the environment.",
        *pair,
        f"return {call('known_caller', arguments, indent=8, used=7)}",
    )
    return ScaffoldMethod(signature.text, lines)


def _telling(
    naming: Naming, models: Models, imports: Imports
) -> Iterator[ScaffoldMethod]:
    """The methods that say a refusal as an error of the document, where its properties' names tell how."""
    for error in own_errors(naming, models).methods.values():
        told = drafted(error, models, imports)
        if told is not None:
            imports.update(error.imports)
            signature = error.signature(is_drafted=True)
            yield ScaffoldMethod(signature.text, (f"return {told}",))


def environment_variable(name: str, scheme: Scheme, naming: Naming) -> str:
    """STAFF_TOKEN, PARTNER_KEY, LOGIN_CREDENTIALS; what a name ends in already is not said again."""
    what = "credentials" if is_pair(scheme) else next(iter(credentials(scheme)))
    others = naming.schemes.values()
    said = name == what or name.endswith(f"_{what}")
    if not said or name.removesuffix(f"_{what}") in {*others} - {name}:
        name = f"{name}_{what}"
    return f"CALLER_{name}".upper() if name.upper() in SETTINGS else name.upper()


SETTINGS = frozenset({"ADMIN_TOKEN"})
"""Settings that are called as credentials are: no caller is known by them."""


def is_pair(scheme: Scheme) -> bool:
    """Whether a caller presents a user and a password."""
    return len([*credentials(scheme)]) == 2


def _scopes(api: Api, scheme: Scheme) -> Iterator[str]:
    asked = [one.security for one in api.operations]
    asked += [channel_security(api, one.channel) for one in web_exchanges(api)]
    for requirements in asked:
        for need in (need for way in requirements for need in way):
            if need.scheme == scheme.name:
                yield from need.scopes


def handlers_class(title: str) -> str:
    """OrdersHandlers, from the API's title."""
    return f"{pascal(snake(title, 'api'))}Handlers"

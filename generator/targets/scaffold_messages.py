"""The user's own tests of messages as they are first written: an example of each is sent and seen to arrive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.carriers import CarrierKind, exchange_kind, kinds, path_prefix
from generator.channels import ChannelParameter
from generator.model import Api, Json
from generator.python import Import, Imports, call, literal, string
from generator.rules.bindings import spoken
from generator.rules.message_expressions import EXPRESSION, tokens
from generator.targets.channels import server_name
from generator.targets.exchange_names import (
    ADDRESS,
    NamedExchange,
    NamedMessage,
    NamedParameter,
)
from generator.targets.handlers import answers
from generator.targets.message_kinds import (
    body_example,
    body_value,
    headers_example,
    headers_value,
    needs_headers,
    shown,
)
from generator.targets.models import Models
from generator.targets.messaging_client import message_credentials
from generator.targets.naming import Naming
from generator.targets.required_fields import required_fields
from generator.targets.scaffold_tests import environment_of, shown_credential
from generator.value import dataclass

ORDER: tuple[CarrierKind, ...] = ("broker", "socket", "http", "call")
"""The first kind of carrier that an API needs is the client's first argument."""
KEYWORDS = {"broker": "carrier", "socket": "sockets", "http": "http", "call": "calls"}
SEGMENT = re.compile(r"[^\x00-\x20*#+>/{}.]+")
"""What a parameter's value may be in every address."""
SAID = "service_models."
"""How the service's own models are called beside the client's."""


@dataclass(frozen=True, slots=True)
class MessageCaseView:
    """One test: its arguments, and its statements."""

    name: str
    arguments: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MessageSuiteView:
    """The module."""

    imports: str
    handlers_class: str
    arguments: str
    environment: tuple[str, ...]
    calls: bool
    """Whether the service calls others."""
    settings: tuple[str, ...]
    """The arguments that say where these are."""
    serving: str
    client: str
    tests: tuple[MessageCaseView, ...]


@dataclass(frozen=True, slots=True)
class Suite:
    """What all tests of a project are made from."""

    naming: Naming
    service: Models
    client: Models
    theirs: set[Import]
    """Imports from the client's package."""
    ours: set[Import]
    """Imports from the service's package."""


def message_tests_view(
    api: Api,
    naming: Naming,
    models: tuple[Models, Models],
    slug: str,
    handlers_class: str,
) -> MessageSuiteView:
    """A test for each exchange, with the emitted client; `models` are the service's and the client's."""
    suite = Suite(naming, *models, set(), set())
    tests = tuple(
        _case(named, suite, handlers_class) for named in naming.messaging.exchanges
    )
    known = [
        environment_of(naming.schemes[name], scheme, naming)
        for name, scheme in api.schemes.items()
    ]
    imports = _imports(api, suite, tests, slug, handlers_class)
    return MessageSuiteView(
        imports=imports.text,
        handlers_class=handlers_class,
        arguments=", ".join(_arguments(api, bool(known))),
        environment=tuple(known),
        calls="call" in kinds(api),
        settings=tuple(_settings(api)),
        serving=_serving(api),
        client=_client(api, naming),
        tests=tests,
    )


def _arguments(api: Api, is_secured: bool) -> Iterator[str]:
    """What the running service is made of, beside its handlers."""
    if "call" in kinds(api):
        yield from ("calls: CallReceiver", "called: str")
    yield "tmp_path: Path"
    if is_secured:
        yield "monkeypatch: pytest.MonkeyPatch"


def _serving(api: Api) -> str:
    """What runs as long as the test."""
    return "serving(app) as url" if kinds(api) & {"socket", "http"} else "serving(app)"


def _settings(api: Api) -> Iterator[str]:
    called = [one.channel for one in api.exchanges if exchange_kind(one) == "call"]
    if called:
        servers = dict.fromkeys(map(server_name, called))
        entries = ", ".join(f"{string(name)}: called" for name in servers)
        yield f"server_urls={{{entries}}}"


def _imports(
    api: Api,
    suite: Suite,
    tests: tuple[MessageCaseView, ...],
    slug: str,
    handlers_class: str,
) -> Imports:
    imports = Imports()
    service, client = f"{slug}_service", f"{slug}_client"
    for module, name in (
        ("__future__", "annotations"),
        ("collections.abc", "Iterator"),
        ("handlers", handlers_class),
        ("pathlib", "Path"),
        ("pytest", ""),
        (f"{client}.sync", "MessagingClient"),
        (service, "Settings"),
        (service, "create_app"),
        (service, "serving"),
    ):
        imports.add(module, name)
    lines = "\n".join(line for test in tests for line in test.lines)
    if "broker" in kinds(api):
        imports.add(service, "broker_of")
    if "call" in kinds(api):
        imports.add(client, "CallReceiver")
    if "watched(" in lines:
        imports.add(service, "watched")
    if "asyncio." in lines:
        imports.add("asyncio")
    if "ThreadPoolExecutor(" in lines:
        imports.add("concurrent.futures", "ThreadPoolExecutor")
    imports.update(_moved(suite.theirs, client, "models"))
    imports.update(_moved(suite.ours, service, "models as service_models"))
    return imports


def _moved(wanted: set[Import], package: str, models: str) -> Iterator[Import]:
    """The imports of a package for a module that is not in it."""
    for one in wanted:
        inside = one.module.startswith(".")
        module = package + one.module.rstrip(".") if inside else one.module
        yield Import(module, models if one.name == "models" else one.name)


def _client(api: Api, naming: Naming) -> str:
    """The client of the running service."""
    arguments = []
    found = [kind for kind in ORDER if kind in kinds(api)]
    for kind in found:
        value = "broker_of(settings.broker_url)"
        if kind == "call":
            value = "calls"
        elif kind != "broker":
            prefix = _prefix(api, kind)
            value = 'url.replace("http", "ws", 1)' if kind == "socket" else "url"
            value += f" + {string(prefix)}" if prefix else ""
        named = "" if kind == found[0] else f"{KEYWORDS[kind]}="
        arguments.append(named + value)
    arguments += map(shown_credential, message_credentials(api, naming))
    for field in ("headers", "query"):
        if asked := dict(_asked(api, naming, field)):
            arguments.append(f"{field}={literal(asked)}")
    return call("MessagingClient", arguments, indent=4, used=40)


def _asked(api: Api, naming: Naming, field: str) -> Iterator[tuple[str, Json]]:
    """What every handshake and request must have in its headers, or its query, beside credentials."""
    shown = {(one.parameter or "authorization").lower() for one in api.schemes.values()}
    for named in naming.messaging.exchanges:
        bindings = (*named.channel.channel.bindings, *named.exchange.bindings)
        for binding in bindings if named.channel.kind in ("socket", "http") else ():
            for name, value in required_fields(binding.fields.get(field)):
                if (
                    spoken(binding.protocol) in ("ws", "http")
                    and name.lower() not in shown
                ):
                    yield name, value


def _prefix(api: Api, kind: CarrierKind) -> str:
    carried = (one for one in api.exchanges if exchange_kind(one) == kind)
    return next((path_prefix(one.channel) for one in carried), "")


def _case(named: NamedExchange, suite: Suite, handlers_class: str) -> MessageCaseView:
    arguments = "messages: MessagingClient"
    if named.receives and not answers(named):
        arguments = f"handlers: {handlers_class}, {arguments}"
    unknown = next(_unshown(named, suite), None)
    if unknown is not None:
        reason = f"give an example of {unknown.message.name} that the document allows"
        lines: Iterator[str] = iter([f"pytest.skip({string(reason)})"])
    else:
        lines = _received(named, suite) if named.receives else _sent(named, suite)
    return MessageCaseView(named.method, arguments, tuple(lines))


def _unshown(named: NamedExchange, suite: Suite) -> Iterator[NamedMessage]:
    """The message or the reply of which no example can be found."""
    for messages in (named.messages, answers(named)):
        if messages and shown(messages, suite.service) is None:
            yield messages[0]


def _chosen(messages: tuple[NamedMessage, ...], suite: Suite) -> list[NamedMessage]:
    """The message that is sent, if there is any."""
    found = shown(messages, suite.service)
    return [] if found is None else [found]


def _received(named: NamedExchange, suite: Suite) -> Iterator[str]:
    """A message goes in; the reply comes, or the handler is called."""
    called = call(f"messages.{named.method}", _passed(named, suite), indent=4, used=9)
    if named.exchange.is_async and answers(named):
        yield f"job = {called}"
        yield "assert job.result(timeout=30) is not None"
    elif answers(named):
        yield f"assert {called} is not None"
    else:
        yield f'calls = watched(handlers, "{named.method}")'
        yield called
        yield "assert calls.get(timeout=30)"


def _passed(named: NamedExchange, suite: Suite) -> Iterator[str]:
    """The arguments of the client's method."""
    stated = dict(_stated(named, suite))
    for one in named.channel.parameters:
        if one.name in stated and one.parameter.location is None:
            yield string(stated.pop(one.name))
    for message in _chosen(named.messages, suite):
        yield body_example(message, suite.client, suite.theirs)
        if needs_headers(message.message, suite.client):
            yield f"headers={headers_example(message, suite.client, suite.theirs)}"
    yield from (f"{name}={string(value)}" for name, value in stated.items())


def _stated(named: NamedExchange, suite: Suite) -> Iterator[tuple[str, str]]:
    """The parameters of the address that have no default and that the message does not carry, with a value."""
    for one in named.channel.parameters:
        if one.parameter.default is None and not _carried(one, named, suite):
            yield one.name, parameter_example(one.parameter)


def _carried(one: NamedParameter, named: NamedExchange, suite: Suite) -> str | None:
    """The value of a parameter that the message of the test has where the document says."""
    found = EXPRESSION.fullmatch(one.parameter.location or "")
    message = next(iter(_chosen(named.messages, suite)), None)
    if found is None or message is None:
        return None
    read = headers_value if found["where"] == "header" else body_value
    value: object = read(message, suite.service)
    for token in tokens(found):
        value = value.get(token) if isinstance(value, dict) else None
    if not isinstance(value, str) or not SEGMENT.fullmatch(value):
        return None
    allowed = one.parameter.enum
    return value if not allowed or value in allowed else None


def parameter_example(parameter: ChannelParameter) -> str:
    """A value of an address's parameter: one segment of it, as the runtime's `address` says."""
    allowed = parameter.enum
    known = [one for one in parameter.examples if not allowed or one in allowed]
    fit = (one for one in (*known, *allowed) if SEGMENT.fullmatch(one))
    return next(fit, next(iter(allowed), "example"))


def _sent(named: NamedExchange, suite: Suite) -> Iterator[str]:
    """The running service publishes a message; the client's subscription receives it."""
    suite.ours.add(Import(".", "publishers"))
    published = f"publishers.{named.method}"
    if not named.replies:
        yield f"with {_listening(named, suite)} as sent:"
        made = call(published, _said(named, suite), indent=12)
        yield f"    {call('asyncio.run', [made], indent=8)}"
        yield "    assert sent.next(timeout=30)"
        return
    yield f"with ThreadPoolExecutor() as pool, {_listening(named, suite)} as sent:"
    made = call(published, _said(named, suite), indent=12)
    yield f"    asked = pool.submit(asyncio.run, {made})"
    (answer,) = _chosen(named.replies, suite)
    reply = _answer(answer, suite)
    yield f"    sent.next(timeout=30).reply({reply})"
    yield "    assert asked.result(timeout=30) is not None"


def _answer(reply: NamedMessage, suite: Suite) -> str:
    """The reply's body, with its headers where these must be given."""
    body = body_example(reply, suite.client, suite.theirs)
    if not needs_headers(reply.message, suite.client):
        return body
    headers = headers_example(reply, suite.client, suite.theirs)
    return f"{body}, headers={headers}"


def _listening(named: NamedExchange, suite: Suite) -> str:
    """The client's subscription: only a broker is asked for all addresses at once."""
    is_open = named.channel.kind == "broker"
    known = dict(_stated(named, suite))
    given = (
        f"{one.name}={string(_carried(one, named, suite) or known[one.name])}"
        for one in named.channel.parameters
        if not is_open and one.parameter.default is None
    )
    return call(f"messages.{named.method}", [*_told(named), *given], indent=4)


def _told(named: NamedExchange) -> Iterator[str]:
    """An address, where the document knows none."""
    if named.channel.channel.address is None:
        yield f'{ADDRESS}="example"'


def _said(named: NamedExchange, suite: Suite) -> Iterator[str]:
    """The arguments of the publisher."""
    for message in _chosen(named.messages, suite):
        yield _body(named, message, suite)
    yield from _told(named)
    for name, value in _stated(named, suite):
        yield f"{name}={string(value)}"
    for message in named.messages if len(named.messages) == 1 else ():
        if needs_headers(message.message, suite.service):
            yield f"headers={_headers(message, suite)}"

    if needed := dict(_query(named)):
        yield f"query={literal({**needed})}"


def _query(named: NamedExchange) -> Iterator[tuple[str, str]]:
    """The fields that a call's query must have."""
    for binding in named.exchange.bindings if named.channel.kind == "call" else ():
        yield from required_fields(binding.fields.get("query"))


def _body(named: NamedExchange, message: NamedMessage, suite: Suite) -> str:
    body = body_example(message, suite.service, suite.ours, SAID)
    if len(named.messages) == 1 or not needs_headers(message.message, suite.service):
        return body
    suite.ours.add(Import(".", "WithHeaders"))
    return call("WithHeaders", [body, _headers(message, suite)], indent=12)


def _headers(message: NamedMessage, suite: Suite) -> str:
    return headers_example(message, suite.service, suite.ours, SAID) or "{}"

"""The user's own tests of messages as they are first written: an example of each is sent and seen to arrive."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass

from generator.carriers import CarrierKind, carrier_kind, kinds, path_prefix
from generator.channels import ChannelParameter
from generator.model import Api, Json, Scheme
from generator.python import Import, Imports, call, literal, string
from generator.targets.exchange_names import ADDRESS, NamedExchange, NamedMessage
from generator.targets.handlers import answers
from generator.targets.message_kinds import (
    body_example,
    headers_example,
    needs_headers,
    shown,
)
from generator.targets.models import Models
from generator.targets.naming import Naming
from generator.targets.messaging_parts import channel_security, web_exchanges
from generator.targets.scaffold_tests import SECRET, environment_of

ORDER: tuple[CarrierKind, ...] = ("broker", "socket", "http")
"""The first kind of carrier that an API needs is the client's first argument."""
KEYWORDS = {"broker": "carrier", "socket": "sockets", "http": "http"}
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
        environment_of(naming.schemes[name], scheme)
        for name, scheme in api.schemes.items()
    ]
    imports = _imports(api, suite, tests, slug, handlers_class)
    return MessageSuiteView(
        imports=imports.text,
        handlers_class=handlers_class,
        arguments="tmp_path: Path"
        + (", monkeypatch: pytest.MonkeyPatch" if known else ""),
        environment=tuple(known),
        serving="serving(app) as url" if kinds(api) - {"broker"} else "serving(app)",
        client=_client(api),
        tests=tests,
    )


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


def _client(api: Api) -> str:
    """The client of the running service."""
    arguments = []
    found = [kind for kind in ORDER if kind in kinds(api)]
    for kind in found:
        value = "broker_of(settings.broker_url)"
        if kind != "broker":
            prefix = _prefix(api, kind)
            value = 'url.replace("http", "ws", 1)' if kind == "socket" else "url"
            value += f" + {string(prefix)}" if prefix else ""
        named = "" if kind == found[0] else f"{KEYWORDS[kind]}="
        arguments.append(named + value)
    arguments += _shown_credentials(api)
    return call("MessagingClient", arguments, indent=4, used=40)


def _shown_credentials(api: Api) -> Iterator[str]:
    """What lets the client into the channels of which the service is the server."""
    shown: dict[str, dict[str, Json]] = {"headers": {}, "query": {}}
    for exchange in web_exchanges(api):
        for need in next(iter(channel_security(api, exchange.channel)), ()):
            place, name, value = credential(api.schemes[need.scheme])
            shown[place][name] = value
    yield from (f"{place}={literal({**one})}" for place, one in shown.items() if one)


def credential(scheme: Scheme) -> tuple[str, str, str]:
    """Where a scheme's secret goes, under which name, and as what."""
    if scheme.type == "apiKey" and scheme.location != "cookie":
        place = "query" if scheme.location == "query" else "headers"
        return place, scheme.parameter or "", SECRET
    if scheme.type == "apiKey":
        return "headers", "cookie", f"{scheme.parameter}={SECRET}"
    kind = (scheme.scheme or "bearer").capitalize() if scheme.type == "http" else ""
    pair = b64encode(f"{SECRET}:{SECRET}".encode()).decode()
    said = pair if kind == "Basic" else SECRET
    return "headers", "authorization", f"{kind or 'Bearer'} {said}"


def _prefix(api: Api, kind: CarrierKind) -> str:
    channels = (exchange.channel for exchange in api.exchanges)
    found = (path_prefix(one) for one in channels if carrier_kind(one) == kind)
    return next(found, "")


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
    for one in named.channel.parameters:
        if one.parameter.default is None and one.parameter.location is None:
            yield string(parameter_example(one.parameter))
    for message in _chosen(named.messages, suite):
        yield body_example(message, suite.client, suite.theirs)
        if needs_headers(message.message, suite.client):
            yield f"headers={headers_example(message, suite.client, suite.theirs)}"


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
        yield f"with {_listening(named)} as sent:"
        made = call(published, _said(named, suite), indent=12)
        yield f"    {call('asyncio.run', [made], indent=8)}"
        yield "    assert sent.next(timeout=30)"
        return
    yield f"with ThreadPoolExecutor() as pool, {_listening(named)} as sent:"
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


def _listening(named: NamedExchange) -> str:
    """The client's subscription: only a broker is asked for all addresses at once."""
    is_open = carrier_kind(named.channel.channel) == "broker"
    given = (
        f"{one.name}={string(parameter_example(one.parameter))}"
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
    for one in named.channel.parameters:
        if one.parameter.default is None and one.parameter.location is None:
            yield f"{one.name}={string(parameter_example(one.parameter))}"
    for message in named.messages if len(named.messages) == 1 else ():
        if needs_headers(message.message, suite.service):
            yield f"headers={_headers(message, suite)}"


def _body(named: NamedExchange, message: NamedMessage, suite: Suite) -> str:
    body = body_example(message, suite.service, suite.ours, SAID)
    if len(named.messages) == 1 or not needs_headers(message.message, suite.service):
        return body
    suite.ours.add(Import(".", "WithHeaders"))
    return call("WithHeaders", [body, _headers(message, suite)], indent=12)


def _headers(message: NamedMessage, suite: Suite) -> str:
    return headers_example(message, suite.service, suite.ours, SAID) or "{}"

"""`messaging.py` of the client: publishers of what the service receives, subscriptions to what it sends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from generator.carriers import (
    SCHEMES,
    broker_modules,
    exchange_kind,
    kinds,
    server_url,
)
from generator.model import Api, Requirement
from generator.python import (
    Import,
    Imports,
    Signature,
    call,
    docstring,
    literal,
    string,
)
from generator.targets.channels import ChannelsView, channels_view
from generator.targets.client_calls import deeper
from generator.targets.client_session import Credential, credentials_of
from generator.targets.message_calls import Called, called, signature
from generator.targets.messaging_parts import channel_security, web_exchanges
from generator.targets.models import Models
from generator.targets.naming import Naming
from generator.value import dataclass

KEYWORDS = {"broker": "carrier", "socket": "sockets", "http": "http", "call": "calls"}
"""Kind of carrier → the argument that it is given by; the first there is may stand alone."""
CARRIERS = {
    "broker": (".runtime.broker", "carrier_of"),
    "socket": (".runtime.socket_client_carrier", "SocketClientCarrier"),
    "http": (".runtime.http_client_carrier", "HttpClientCarrier"),
}
"""Kind of carrier → what makes one of a URL."""
CLIENT_SIDE = {
    ".runtime.message_kind": ".runtime.remote_kind",
    ".runtime.contents": ".runtime.bodies",
    ".runtime.encoded": ".runtime.remote_encoded",
}
"""The service's modules for messages → the client's."""
SHOWN = ("headers", "query")
"""What else goes with every handshake and request."""
OPTIONS = (*KEYWORDS.values(), *SHOWN, "timeout", "links", "show", "partial", "nobody")
"""What no credential may be called."""
HELD = {
    "submit": ("message_job", "MessageJob"),
    "subscribe": ("subscription", "Subscription"),
}
"""What callers hold in their hands, and where it is."""


@dataclass(frozen=True, slots=True)
class MethodView:
    """One method; `statement` is its whole body."""

    signature: str
    docstring: str
    statement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagingView:
    """messaging.py, for asyncio or without `await`."""

    title: str
    imports: str
    declarations: tuple[str, ...]
    docstring: str
    constructor: str
    opening: str
    connect: tuple[str, ...]
    methods: tuple[MethodView, ...]
    alias: str
    """`Client = MessagingClient`, where it is the only client."""


@dataclass(frozen=True, slots=True)
class MessagingModules:
    """What the client has for messages."""

    channels: ChannelsView
    messaging: MessagingView
    sync: MessagingView


def messaging_modules(
    api: Api, models: Models, names: Naming, name: str
) -> MessagingModules:
    """All of it."""
    named = names.messaging
    calls = tuple(called(one, named, models) for one in named.exchanges)
    credentials = message_credentials(api, names)
    view = _view(api, calls, credentials, name)
    return MessagingModules(
        channels=channels_view(named, models, CLIENT_SIDE),
        messaging=view,
        sync=_sync_view(api, calls, credentials, view),
    )


def message_credentials(api: Api, names: Naming) -> tuple[Credential, ...]:
    """A keyword for each scheme that a channel of the service itself asks for."""
    asked = {
        need.scheme
        for ways in web_security(api).values()
        for way in ways
        for need in way
    }
    known = credentials_of(api, names, OPTIONS)
    return tuple(one for one in known if one.scheme.name in asked)


def web_security(api: Api) -> dict[str, tuple[Requirement, ...]]:
    """What a client must show, by the addresses that it asks the service at."""
    found: dict[str, tuple[Requirement, ...]] = {}
    for exchange in web_exchanges(api):
        needs = channel_security(api, exchange.channel)
        if exchange.channel.address is not None and needs:
            found[exchange.channel.address] = needs
    return found


def carrier_modules(api: Api) -> tuple[str, ...]:
    """The runtime's modules that are only imported by name."""
    return ("memory_carrier", *broker_modules(api)) if "broker" in kinds(api) else ()


def has_message_jobs(api: Api) -> bool:
    """Whether a message becomes a job whose result a reply tells."""
    return any(
        exchange.is_async
        and exchange.reply is not None
        and exchange.action == "receive"
        for exchange in api.exchanges
    )


def _view(
    api: Api, calls: tuple[Called, ...], credentials: tuple[Credential, ...], name: str
) -> MessagingView:
    imports = Imports()
    imports.add("__future__", "annotations")
    imports.add(".runtime.messenger", "MessagingSession")
    for one in calls:
        imports.update(one.declared)
    imports.update(_held(calls))
    if any(one.kind != "subscribe" for one in calls):
        imports.add(".runtime.correlating", "Envelope")
    connect = tuple(_connect(api, credentials, name, imports))
    told = api.summary or (api.description or "").strip().partition("\n\n")[0]
    default = f"Sends messages to {api.title}, and gets its own."
    return MessagingView(
        title=docstring(f"The messages of {api.title}, from the other side.", 0),
        imports=imports.text,
        declarations=(
            *(one.declaration for one in calls),
            *([_security(api)] if credentials else []),
        ),
        docstring=docstring(told, 4, default),
        constructor=_constructor(api, credentials),
        opening=docstring(_opening(api), 8),
        connect=connect,
        methods=tuple(map(_method, calls)),
        alias="" if api.operations else "Client = MessagingClient",
    )


def _security(api: Api) -> str:
    """`SECURITY = {"/rooms/{id}": (("token",),)}`"""
    found = {
        address: tuple(tuple(need.scheme for need in way) for way in ways)
        for address, ways in web_security(api).items()
    }
    entries = ", ".join(
        f"{string(at)}: {_alternatives(ways)}" for at, ways in found.items()
    )
    return f"SECURITY: dict[str, tuple[tuple[str, ...], ...]] = {{{entries}}}"


def _alternatives(ways: tuple[tuple[str, ...], ...]) -> str:
    return f"({''.join(f'({_listed(way)}), ' for way in ways)})"


def _listed(way: tuple[str, ...]) -> str:
    return "".join(f"{string(name)}, " for name in way)


def _method(one: Called) -> MethodView:
    return MethodView(signature(one, is_async=True), one.docstring, one.statement)


def _held(calls: tuple[Called, ...]) -> Iterator[Import]:
    """The classes that the signatures name."""
    for one in calls:
        if one.kind in HELD:
            module, name = HELD[one.kind]
            yield Import(f".runtime.{module}", name)
        if one.kind == "subscribe":
            kind = "Received" if one.result.startswith("Received") else "Asking"
            yield Import(".runtime.received_message", kind)


def _kinds(api: Api) -> list[str]:
    found = kinds(api)
    return [kind for kind in KEYWORDS if kind in found]


def _constructor(api: Api, credentials: tuple[Credential, ...]) -> str:
    first, *others = [_place(api, kind) for kind in _kinds(api)]
    proofs = [f"{one.keyword}: {one.annotation} | None = None" for one in credentials]
    options = [*others, *proofs, *_shown(api), "timeout: float = 30.0"]
    return Signature(
        name="__init__", params=("self", first, "*", *options), indent=4
    ).text


def _place(api: Api, kind: str) -> str:
    """The argument that says where a carrier connects to, with the document's server as default.

    The service calls its receiver, which is served by whoever makes the client.
    """
    if kind == "call":
        return "calls: CallReceiver | None = None"
    url = default_url(api, kind)
    default = "" if url is None else f" = {string(url)}"
    return f"{KEYWORDS[kind]}: Carrier | str{default}"


def _shown(api: Api) -> Iterator[str]:
    """What is shown to a service at every handshake and request: no broker knows these."""
    if is_shown(api):
        yield from (f"{name}: Mapping[str, str] | None = None" for name in SHOWN)


def is_shown(api: Api) -> bool:
    """Whether the client asks the service itself for something."""
    return bool(kinds(api) & {"socket", "http"})


def _opening(api: Api) -> str:
    reached = [f"`{KEYWORDS[kind]}`" for kind in _kinds(api) if kind != "call"]
    how = f"{' and '.join(reached)} by URL, or as a carrier that is started already."
    told = (
        f"Connect when it is first needed: {how}" if reached else "Wait for calls."
    ) + "\n\n`timeout` is how many seconds a reply is waited for."
    if is_shown(api):
        told += " `headers` and `query` go with every handshake and request, credentials where they are asked for."
    if "call" in kinds(api):
        told += " What the service calls is `calls`, which you serve."
    return told


def _connect(
    api: Api, credentials: tuple[Credential, ...], name: str, imports: Imports
) -> Iterator[str]:
    entries = []
    proofs = ["show=show"] if credentials else []
    if credentials:
        imports.add(".credentials", "SCHEMES")
        imports.add(".runtime.showing", "Showing")
        held = ", ".join(
            f"{string(one.scheme.name)}: {one.keyword}" for one in credentials
        )
        yield f"show = Showing(SCHEMES, {{{held}}}, SECURITY)"
    imports.add(".runtime.carrier_link", "Link")
    if kinds(api) - {"call"}:
        imports.add(".runtime.carrier", "Carrier")
        imports.add("functools", "partial")
    for kind in _kinds(api):
        if kind == "call":
            imports.add(".runtime.call_receiver", "CallReceiver")
            imports.add(".runtime.call_receiver", "nobody")
            entries.append('"call": Link(calls or "", nobody)')
            continue
        module, made = CARRIERS[kind]
        imports.add(module, made)
        options = [*(f"{one}={one}" for one in SHOWN), *proofs]
        if kind == "broker":
            known = {SCHEMES[one][0]: one for one in broker_modules(api)}
            options = [f"carriers={literal({**known})}"]
        else:
            imports.add("collections.abc", "Mapping")
        making = call("partial", (made, *options), used=200)
        entries.append(f"{string(kind)}: Link({KEYWORDS[kind]}, {making})")
    yield f"links = {{{', '.join(entries)}}}"
    yield call("super().__init__", ("links", string(name), "timeout"))


def default_url(api: Api, kind: str) -> str | None:
    """Where the document's first server of this kind is, if we can connect to it."""
    for exchange in api.exchanges:
        if exchange_kind(exchange) != kind:
            continue
        for server in exchange.channel.servers:
            if (url := server_url(server, kind)) is not None:
                return url
    return None


def _sync_view(
    api: Api,
    calls: tuple[Called, ...],
    credentials: tuple[Credential, ...],
    view: MessagingView,
) -> MessagingView:
    first, *others = [KEYWORDS[kind] for kind in _kinds(api)]
    shown = [one.keyword for one in credentials]
    shown += SHOWN if is_shown(api) else ()
    passed = (first, *(f"{one}={one}" for one in (*others, *shown, "timeout")))
    title = f"The messages of {api.title}, from the other side, without `await`."
    return replace(
        view,
        title=docstring(title, 0),
        imports=_sync_imports(api, calls),
        declarations=(),
        connect=(
            f"self._client = {call('AsyncClient', passed, used=200)}",
            "super().__init__(self._client)",
        ),
        methods=tuple(map(_sync_method, calls)),
    )


def _sync_imports(api: Api, calls: tuple[Called, ...]) -> str:
    """The types, from one package further out; what is held is another class without `await`."""
    imports = Imports()
    imports.add("__future__", "annotations")
    imports.add("..messaging", "MessagingClient as AsyncClient")
    if kinds(api) - {"call"}:
        imports.add("..runtime.carrier", "Carrier")
    imports.add("..runtime.messenger_sync", "MessagingSession")
    if is_shown(api):
        imports.add("collections.abc", "Mapping")
    if "call" in kinds(api):
        imports.add("..runtime.call_receiver", "CallReceiver")
    for one in calls:
        imports.update(map(deeper, one.typed))
    for held in _held(calls):
        is_same = held.name == "Received"
        imports.add(
            "..runtime.received_message" if is_same else "..runtime.messenger_sync",
            held.name,
        )
    return imports.text


def _sync_method(one: Called) -> MethodView:
    made = f"self._client.{call(one.named.method, one.passed, used=200)}"
    run = f"self._thread.run({made})"
    statements = {
        "publish": run,
        "request": f"return {run}",
        "submit": f"return MessageJob(self._thread, {run})",
        "subscribe": f"return Subscription(self._thread, {made})",
    }
    head = signature(one, is_async=False)
    return MethodView(head, one.docstring, statements[one.kind])

"""`messaging.py` of the client: publishers of what the service receives, subscriptions to what it sends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from generator.carriers import (
    SCHEMES,
    SOCKETS,
    WEB,
    broker_modules,
    carrier_kind,
    kinds,
)
from generator.channels import Channel
from generator.model import Api, Server
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
from generator.targets.exchange_names import NamedExchanges
from generator.targets.message_calls import Called, called, signature
from generator.targets.models import Models

KEYWORDS = {"broker": "carrier", "socket": "sockets", "http": "http"}
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
}
"""The service's modules for messages → the client's."""
SHOWN = ("headers", "query")
"""How callers prove to a service who they are."""
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
    api: Api, models: Models, named: NamedExchanges, name: str
) -> MessagingModules:
    """All of it."""
    calls = tuple(called(one, named, models) for one in named.exchanges)
    view = _view(api, calls, name)
    return MessagingModules(
        channels=channels_view(named, models, CLIENT_SIDE),
        messaging=view,
        sync=_sync_view(api, calls, view),
    )


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


def _view(api: Api, calls: tuple[Called, ...], name: str) -> MessagingView:
    imports = Imports()
    imports.add("__future__", "annotations")
    imports.add(".runtime.messenger", "MessagingSession")
    for one in calls:
        imports.update(one.declared)
    imports.update(_held(calls))
    if any(one.kind != "subscribe" for one in calls):
        imports.add(".runtime.correlating", "Envelope")
    connect = tuple(_connect(api, name, imports))
    told = api.summary or (api.description or "").strip().partition("\n\n")[0]
    default = f"Sends messages to {api.title}, and gets its own."
    return MessagingView(
        title=docstring(f"The messages of {api.title}, from the other side.", 0),
        imports=imports.text,
        declarations=tuple(one.declaration for one in calls),
        docstring=docstring(told, 4, default),
        constructor=_constructor(api),
        opening=docstring(_opening(api), 8),
        connect=connect,
        methods=tuple(map(_method, calls)),
        alias="" if api.operations else "Client = MessagingClient",
    )


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


def _constructor(api: Api) -> str:
    first, *others = [_place(api, kind) for kind in _kinds(api)]
    options = [*others, *_shown(api), "timeout: float = 30.0"]
    return Signature(
        name="__init__", params=("self", first, "*", *options), indent=4
    ).text


def _place(api: Api, kind: str) -> str:
    """The argument that says where a carrier connects to, with the document's server as default."""
    url = default_url(api, kind)
    default = "" if url is None else f" = {string(url)}"
    return f"{KEYWORDS[kind]}: Carrier | str{default}"


def _shown(api: Api) -> Iterator[str]:
    """What is shown to a service at every handshake and request: no broker knows these."""
    if kinds(api) - {"broker"}:
        yield from (f"{name}: Mapping[str, str] | None = None" for name in SHOWN)


def _opening(api: Api) -> str:
    several = " and ".join(f"`{KEYWORDS[kind]}`" for kind in _kinds(api))
    told = (
        f"Connect when it is first needed: {several} by URL, or as a carrier that is started already.\n\n"
        "`timeout` is how many seconds a reply is waited for."
    )
    if not kinds(api) - {"broker"}:
        return told
    return f"{told} `headers` and `query` go with every handshake and request."


def _connect(api: Api, name: str, imports: Imports) -> Iterator[str]:
    entries = []
    imports.add(".runtime.carrier", "Carrier")
    imports.add(".runtime.carrier_link", "Link")
    imports.add("functools", "partial")
    for kind in _kinds(api):
        module, made = CARRIERS[kind]
        imports.add(module, made)
        options = [f"{name}={name}" for name in SHOWN]
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
    for channel in _channels(api):
        if carrier_kind(channel) != kind:
            continue
        for server in channel.servers:
            if (url := _url(server, kind)) is not None:
                return url
    return None


def _channels(api: Api) -> Iterable[Channel]:
    return (exchange.channel for exchange in api.exchanges)


def _url(server: Server, kind: str) -> str | None:
    protocol = (server.protocol or "").lower()
    known = {scheme for schemes in SCHEMES.values() for scheme in schemes}
    scheme = {"secure-mqtt": "mqtts", "kafka-secure": "kafka", "mqtt5": "mqtt"}.get(
        protocol, protocol
    )
    if kind == "http":
        scheme = protocol if protocol == "http" else "https"
    allowed = {"socket": SOCKETS, "http": WEB}.get(kind, known)
    rest = server.url.partition("://")[2] or server.url
    for name, default, values in server.variables:
        value = default or next(iter(values), "")
        rest = rest.replace(f"{{{name}}}", value) if value else rest
    is_whole = scheme in allowed and "{" not in rest
    return f"{scheme}://{rest}" if is_whole else None


def _sync_view(
    api: Api, calls: tuple[Called, ...], view: MessagingView
) -> MessagingView:
    first, *others = [KEYWORDS[kind] for kind in _kinds(api)]
    shown = SHOWN if kinds(api) - {"broker"} else ()
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
    imports.add("..runtime.carrier", "Carrier")
    imports.add("..runtime.messenger_sync", "MessagingSession")
    if kinds(api) - {"broker"}:
        imports.add("collections.abc", "Mapping")
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

"""`client.py` and `credentials.py` of the client: how a caller connects, and with what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.model import Api, Scheme
from generator.names import ARGUMENTS, Scope
from generator.python import Import, Imports, Signature, call, docstring, string
from generator.targets.client_calls import GroupModules, deeper
from generator.targets.naming import Naming
from generator.value import dataclass

OPTIONS = ("base_url", "timeout", "retries", "transport", "remote", "credentials")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupAttribute:
    """A group as an attribute of the client, loaded when it is used."""

    attribute: str
    name: str
    docstring: str
    import_line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientView:
    """client.py, for asyncio or without `await`."""

    title: str
    imports: str
    typed_imports: tuple[str, ...]
    parents: str
    docstring: str
    constructor: str
    connect: tuple[str, ...]
    groups: tuple[GroupAttribute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsView:
    """credentials.py"""

    title: str
    imports: str
    schemes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A security scheme as a keyword of the client."""

    scheme: Scheme
    keyword: str
    annotation: str


def credentials_of(
    api: Api, names: Naming, options: Iterable[str] = OPTIONS
) -> tuple[Credential, ...]:
    """The keywords, one for each scheme; a client certificate belongs to the transport."""
    scope = Scope(ARGUMENTS | set(options))
    return tuple(
        Credential(
            scheme=scheme,
            keyword=scope.take(names.schemes[key], key),
            annotation="tuple[str, str]" if _is_basic(scheme) else "str",
        )
        for key, scheme in api.schemes.items()
        if scheme.type != "mutualTLS"
    )


def credentials_view(title: str, credentials: Iterable[Credential]) -> CredentialsView:
    """How each kind of credential travels."""
    imports = Imports()
    imports.add("__future__", "annotations")
    imports.add(".runtime.credentials", "Scheme")
    return CredentialsView(
        title=docstring(f"How callers of {title} prove who they are.", 0),
        schemes=tuple(_entry(one.scheme, imports) for one in credentials),
        imports=imports.text,
    )


def _entry(scheme: Scheme, imports: Imports) -> str:
    kind, arguments = _presented(scheme)
    imports.add(".runtime.credentials", kind)
    return f"{string(scheme.name)}: {call(kind, arguments)}"


def _presented(scheme: Scheme) -> tuple[str, tuple[str, ...]]:
    """The runtime's class, and its arguments."""
    if scheme.type == "apiKey":
        place = string(scheme.location or "header")
        return "ApiKey", (place, string(scheme.parameter or scheme.name))
    if _is_basic(scheme):
        return "Basic", ()
    if scheme.type == "http" and (scheme.scheme or "").lower() != "bearer":
        return "Authorization", (string(scheme.scheme or ""),)
    return "Bearer", ()


def _is_basic(scheme: Scheme) -> bool:
    return scheme.type == "http" and (scheme.scheme or "").lower() == "basic"


def client_view(
    title: str,
    description: str | None,
    groups: tuple[GroupModules, ...],
    credentials: tuple[Credential, ...],
    *,
    is_async: bool,
) -> ClientView:
    """The class whose attributes are the groups."""
    tagged = [one for one in groups if one.group.tag is not None]
    untagged = [one for one in groups if one.group.tag is None]
    session = "AsyncSession" if is_async else "Session"
    kind = "asyncio client" if is_async else "client"
    rest = "." if is_async else ", without `await`."
    told = "every operation, grouped by its tag" if tagged else "every operation"
    return ClientView(
        title=docstring(f"The {kind} of {title}: {told}{rest}", 0),
        imports=_imports(bool(tagged), untagged, bool(credentials), is_async),
        typed_imports=tuple(_import_line(one, 1) for one in tagged),
        parents=", ".join([*(one.name for one in untagged), session]),
        docstring=docstring(description, 4, f"Calls {title}."),
        constructor=_constructor(credentials, is_async),
        connect=tuple(_connect(credentials)),
        groups=tuple(map(_attribute, tagged)),
    )


def _imports(
    has_groups: bool, untagged: list[GroupModules], has_schemes: bool, is_async: bool
) -> str:
    imports = Imports()
    imports.add("__future__", "annotations")
    if has_groups:
        imports.add("functools", "cached_property")
        imports.add("typing", "TYPE_CHECKING")
    prefix = "Async" if is_async else ""
    ours = [
        Import(".runtime.call", "Remote"),
        Import(".runtime.retries", "Retries"),
        Import(".runtime.transport", f"{prefix}Session"),
        Import(".runtime.transport", f"{prefix}Transport"),
        *([Import(".credentials", "SCHEMES")] if has_schemes else []),
    ]
    imports.update(ours if is_async else map(deeper, ours))
    imports.update(Import(f".{one.group.module}", one.name) for one in untagged)
    return imports.text


def _constructor(credentials: tuple[Credential, ...], is_async: bool) -> str:
    transport = "AsyncTransport" if is_async else "Transport"
    return Signature(
        name="__init__",
        params=(
            "self",
            "base_url: str",
            "*",
            *(f"{one.keyword}: {one.annotation} | None = None" for one in credentials),
            "timeout: float = 30.0",
            "retries: Retries = Retries()",
            f"transport: {transport} | None = None",
        ),
        indent=4,
    ).text


def _connect(credentials: tuple[Credential, ...]) -> Iterator[str]:
    if not credentials:
        yield "remote = Remote(base_url, timeout=timeout, retries=retries)"
    else:
        entries = (f"{string(one.scheme.name)}: {one.keyword}" for one in credentials)
        yield f"credentials = {{{', '.join(entries)}}}"
        yield "remote = Remote(base_url, SCHEMES, credentials, timeout, retries)"
    yield "super().__init__(remote, transport)"


def _attribute(one: GroupModules) -> GroupAttribute:
    return GroupAttribute(
        attribute=one.group.attribute,
        name=one.name,
        docstring=docstring(one.group.description, 8),
        import_line=_import_line(one, 1),
    )


def _import_line(one: GroupModules, dots: int) -> str:
    return f"from {'.' * dots}{one.group.module} import {one.name}"

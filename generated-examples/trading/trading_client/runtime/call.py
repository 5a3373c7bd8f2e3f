"""One call: the request that an operation's arguments become, sent, repeated, and read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar, cast
from urllib.parse import urljoin, urlsplit, urlunsplit

from .bodies import Contents, choose
from .credentials import Credential, Proof, Scheme, prove
from .decoding import Answers, accepts, read_answer
from .encoding import Parameter, Parts
from .errors import ConnectionFailed, ForeignUrl
from .exchange import Headers, Request, Response
from .retries import BUSY, ONCE, REPEATABLE, Retries
from .steps import Plan, send, sleep

T = TypeVar("T")
Security = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Operation(Generic[T]):
    """An operation of the document, as far as a caller needs it; T is its result."""

    name: str
    method: str
    path: str
    parameters: tuple[Parameter, ...] = ()
    contents: Contents = field(default_factory=dict)
    takes_null: bool = False
    """Whether None is a body that is sent, and not the lack of one."""
    answers: Answers = field(default_factory=dict)
    security: Security = ()
    """Alternatives of schemes that must all be met."""

    def read(self, response: Response) -> T:
        """The typed result; a declared error is raised."""
        return cast(T, read_answer(self.name, self.answers, response))


@dataclass(frozen=True, slots=True)
class Remote:
    """The service as one client reaches it; credentials go nowhere else."""

    url: str
    schemes: Mapping[str, Scheme] = field(default_factory=dict)
    credentials: Mapping[str, Credential | None] = field(
        default_factory=dict, repr=False
    )
    timeout: float = 30.0
    retries: Retries = Retries()

    def __post_init__(self) -> None:
        scheme, host, _ = origin_of(self.url)
        if scheme not in ("http", "https") or not host:
            raise ValueError(
                f'"{self.url}" is not the URL of a service: write http(s)://…'
            )

    def at(self, path: str) -> str:
        """The URL of one of the service's paths."""
        return self.url.rstrip("/") + path

    def own(self, reference: str) -> str:
        """A URL that the service gave, made absolute; raises ForeignUrl for another origin."""
        try:
            url = urljoin(self.at("/"), reference)
        except ValueError:
            url = ""
        if origin_of(url) != origin_of(self.url):
            raise ForeignUrl(
                f"the service pointed to {reference}, which is not its own"
            )
        base, given = urlsplit(self.url), urlsplit(url)
        return urlunsplit((base.scheme, base.netloc, given.path, given.query, ""))

    def request(
        self,
        method: str,
        url: str,
        security: Security,
        parts: Parts,
        content: bytes | None = None,
        timeout: float | None = None,
    ) -> Request:
        """A request to the service itself, with the credentials it asks for."""
        proof = prove(security, self.schemes, self.credentials)
        return Request(
            method,
            with_query(url, [*parts.query, *proof.query]),
            headers_of(parts, proof),
            content,
            self.timeout if timeout is None else timeout,
        )


def origin_of(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454 §4); nobody's for what is no URL."""
    try:
        parsed = urlsplit(url)
        usual = {"http": 80, "https": 443}.get(parsed.scheme)
        return parsed.scheme, parsed.hostname, parsed.port or usual
    except ValueError:
        return "", None, None


def with_query(url: str, pairs: list[str]) -> str:
    """The URL with these pairs added to its query."""
    if not pairs:
        return url
    return f"{url}{'&' if '?' in url else '?'}{'&'.join(pairs)}"


def headers_of(parts: Parts, proof: Proof) -> Headers:
    """The headers, the cookies in one (RFC 6265 §4.2)."""
    cookies = [*parts.cookies, *proof.cookies]
    cookie = [("Cookie", "; ".join(cookies))] if cookies else []
    return (*parts.headers, *proof.headers, *cookie)


def request_of(
    remote: Remote,
    operation: Operation[T],
    values: tuple[object, ...],
    body: object = None,
    media_type: str | None = None,
) -> Request:
    """The request of a call; `values` stand in the order of the operation's parameters."""
    parts = Parts()
    parts.headers.append(("Accept", accepts(operation.answers)))
    for parameter, value in zip(operation.parameters, values, strict=True):
        parameter.place(value, parts)
    content = written(operation, body, media_type, parts)
    path = operation.path
    for name, text in parts.path.items():
        path = path.replace(f"{{{name}}}", text)
    url = remote.at(path)
    return remote.request(operation.method, url, operation.security, parts, content)


def written(
    operation: Operation[T], body: object, media_type: str | None, parts: Parts
) -> bytes | None:
    """The body's bytes, its content type added to the headers."""
    is_absent = body is None and not operation.takes_null
    if is_absent or not operation.contents:
        return None
    chosen = media_type or next(iter(operation.contents))
    content = choose(operation.contents, chosen)
    assert content is not None, f"{chosen} is not declared for {operation.name}"
    concrete = content.usual if "*" in chosen else chosen
    encoded, content_type = content.encode(body, concrete)
    parts.headers.append(("Content-Type", content_type))
    return encoded


def call(remote: Remote, operation: Operation[T], request: Request) -> Plan[T]:
    """Send a request and read what it brings."""
    response = yield from exchange(remote, request)
    return operation.read(response)


def exchange(
    remote: Remote, request: Request, *, harmless: bool = False
) -> Plan[Response]:
    """Send a request, again where that does no harm and the service may recover."""
    retries = remote.retries if harmless or repeatable(request) else ONCE
    failures = 0
    while True:
        failures += 1
        after: float | None = None
        try:
            response = yield from send(request)
        except ConnectionFailed:
            if not retries.allows(failures):
                raise
        else:
            after = response.retry_after
            if not is_busy(response) or not retries.allows(failures, after):
                return response
        yield from sleep(retries.pause(failures, after))


def is_busy(response: Response) -> bool:
    """Whether the service has no time now; what a job of its ended with is no such answer."""
    return response.status in BUSY and response.header("Job-Status") is None


def repeatable(request: Request) -> bool:
    """Whether a request does no more when it is sent twice."""
    return request.method in REPEATABLE or any(
        name.lower() == "idempotency-key" for name, _ in request.headers
    )


def with_headers(request: Request, *headers: tuple[str, str]) -> Request:
    """The request with these headers added."""
    return replace(request, headers=(*request.headers, *headers))

"""`application.py` and `__init__.py` of the service: how its parts are put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from generator.model import Api, Scheme
from generator.paths import OurPaths
from generator.python import Import, Imports, call, docstring, literal, string
from generator.streams import sends_events
from generator.targets.messaging_parts import MessagingParts, messaging_parts
from generator.targets.models import Models
from generator.targets.naming import Named, Naming
from generator.targets.refusals import own_errors
from generator.targets.securities import security_expression
from generator.value import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationView:
    """application.py; everything is a whole expression or statement."""

    imports: str
    statements: tuple[str, ...]
    database: str
    service: str
    routes: tuple[str, ...]
    title: str
    version: str
    operations: str
    asynchronous: str
    site: str
    docs: str
    running: tuple[str, ...]
    carriers: tuple[str, ...]
    """What `create_app` makes before the application."""


@dataclass(frozen=True, slots=True)
class ServicePackageView:
    """__init__.py"""

    docstring: str
    imports: tuple[str, ...]
    names: str
    where: str


def application_view(
    api: Api, naming: Naming, paths: OurPaths, slug: str
) -> ApplicationView:
    """What the API needs of the runtime, and nothing else."""
    imports = Imports()
    imports.add("pathlib", "Path")
    imports.add(".handlers", "Handlers")
    imports.add(".runtime.application", "Application")
    imports.add(".runtime.service", "Service")
    imports.add(".runtime.settings", "Settings")
    imports.add(".runtime.settings", "settings_of_environment")
    parts = messaging_parts(api, naming, slug, imports)
    jobs = _jobs(naming, imports)
    statements = (*_documents(paths), *_statements(api, naming, paths, imports))
    statements += _all_jobs(jobs, imports)
    routes = tuple(_routes(paths, parts, imports))
    running = tuple(_running(paths, naming, parts, jobs, imports))
    return ApplicationView(
        imports=imports.text,
        statements=statements + (parts.statements if parts else ()),
        database=string(f"sqlite:///{slug}.db"),
        service=_service(api, paths),
        routes=routes,
        title=string(api.title),
        version=string(api.version),
        operations=_counted(paths, naming),
        asynchronous=_name(jobs),
        site=string(paths.site) if paths.site else "",
        docs="" if paths.has_document else string("/asyncapi"),
        running=running,
        carriers=parts.carriers if parts else (),
    )


def _documents(paths: OurPaths) -> Iterator[str]:
    """Where the documents are that the service shows."""
    if paths.has_document:
        yield 'DOCUMENT = Path(__file__).with_name("openapi.json")'
    if paths.has_messages:
        yield 'MESSAGING_DOCUMENT = Path(__file__).with_name("asyncapi.json")'


def _jobs(naming: Naming, imports: Imports) -> list[str]:
    """The tuples of asynchronous operations: those called over HTTP, and those only messages ask for."""
    found = []
    if any(named.operation.is_async for named in naming.operations):
        imports.add(".routes", "ASYNC_OPERATIONS")
        found.append("ASYNC_OPERATIONS")
    if naming.queued:
        imports.add(".consumers", "QUEUED_OPERATIONS")
        found.append("QUEUED_OPERATIONS")
    return found


def _name(jobs: list[str]) -> str:
    """The name of all asynchronous operations."""
    return "ALL_JOBS" if len(jobs) > 1 else "".join(jobs)


def _all_jobs(jobs: list[str], imports: Imports) -> tuple[str, ...]:
    if len(jobs) < 2:
        return ()
    imports.add(".runtime.operation", "AsyncOperation")
    whole = f"(*{', *'.join(jobs)})"
    return (f"ALL_JOBS: tuple[AsyncOperation[Handlers], ...] = {whole}",)


def _counted(paths: OurPaths, naming: Naming) -> str:
    """How many operations there are."""
    terms = ["len(ROUTES)"] if paths.has_document else []
    terms += ["len(CONSUMERS)"] if naming.messaging.received else []
    terms += ["len(PUBLISHERS)"] if naming.messaging.sent else []
    return " + ".join(terms) or "0"


def _statements(
    api: Api, naming: Naming, paths: OurPaths, imports: Imports
) -> Iterator[str]:
    if api.schemes:
        imports.add(".runtime.access", "Scheme")
        entries = (
            f"{string(name)}: {_scheme(api.schemes[name], method, imports)}"
            for name, method in naming.schemes.items()
        )
        yield f"SCHEMES: dict[str, Scheme] = {{{', '.join(entries)}}}"
    if paths.access:
        imports.add(".runtime.access", "Need")
        imports.add(".runtime.access", "Security")
        yield f"ACCESS: Security = {security_expression(paths.access)}"


def _scheme(scheme: Scheme, name: str, imports: Imports) -> str:
    method = string(f"authenticate_{name}")
    kind = (scheme.scheme or "").lower()
    if scheme.type == "apiKey":
        maker = "ApiKey"
        arguments = [
            method,
            string(scheme.parameter or ""),
            string(scheme.location or "header"),
        ]
    elif scheme.type == "mutualTLS":
        maker, arguments = "ClientCertificate", [method]
    elif scheme.type == "http" and kind == "basic":
        maker, arguments = "HttpBasic", [method]
    elif scheme.type == "http" and kind != "bearer":
        maker, arguments = "HttpScheme", [method, string(scheme.scheme or "")]
    else:
        maker, arguments = "HttpBearer", [method]
    imports.add(".runtime.access", maker)
    return call(maker, arguments)


def _service(api: Api, paths: OurPaths) -> str:
    arguments = ["handlers", "settings"]
    arguments += ["schemes=SCHEMES"] if api.schemes else []
    arguments += ["access=ACCESS"] if paths.access else []
    arguments += [f"base={string(paths.base)}"] if paths.base else []
    return call("Service", arguments, indent=4, used=10)


def _routes(
    paths: OurPaths, parts: MessagingParts | None, imports: Imports
) -> Iterator[str]:
    base = [string(paths.base)] if paths.base else []
    site = [string(paths.site)] if paths.site else []
    listed = ["listed=True"] if paths.secured else []
    if paths.has_document:
        imports.add(".routes", "ROUTES")
        yield "*ROUTES"
    yield from parts.routes if parts else ()
    wanted = []
    if paths.has_jobs:
        wanted.append(("job_routes", "job_routes", [*base, *listed]))
        wanted.append(("event_routes", "event_routes", [*base, *listed]))
        wanted.append(("job_socket", "job_socket_routes", base))
    if paths.has_jobs and paths.has_deliveries:
        wanted.append(("job_delivery_routes", "job_delivery_routes", base))
    if paths.has_deliveries:
        wanted.append(("delivery_routes", "delivery_routes", base))
    if paths.has_webhooks:
        events = "[webhook.name for webhook in WEBHOOKS]"
        imports.add(".webhooks", "WEBHOOKS")
        wanted.append(("subscription_routes", "subscription_routes", [events, *base]))
    if paths.has_callback_secret:
        wanted.append(("callback_secret_routes", "callback_secret_routes", base))
    wanted.append(("health", "health_routes", site))
    if paths.has_document:
        wanted.append(("docs", "docs_routes", ["DOCUMENT", *site]))
    if paths.has_messages:
        shown = ["MESSAGING_DOCUMENT", *site]
        wanted.append(("asyncapi_docs", "asyncapi_routes", shown))
    for module, maker, arguments in wanted:
        imports.add(f".runtime.{module}", maker)
        yield f"*{maker}({', '.join(arguments)})"


def _running(
    paths: OurPaths,
    naming: Naming,
    parts: MessagingParts | None,
    jobs: list[str],
    imports: Imports,
) -> Iterator[str]:
    """The parts that run as long as the service does."""
    running = [named for named in naming.operations if named.operation.is_async]
    calling = any(named.callbacks for named in running)
    if paths.has_jobs or paths.has_deliveries or parts:
        imports.add(".runtime.storing", "storing")
        yield "storing"
    if parts:
        yield parts.running
    if paths.has_deliveries:
        imports.add(".runtime.delivering", "delivering")
        checks = ["check_callbacks"] if calling else []
        checks += ["check_callback_url"] if running else []
        imports.update(_checks(checks))
        if paths.has_webhooks:
            imports.add(".runtime", "subscribers")
            checks.append("subscribers=subscribers")
        yield call("delivering", checks)
    if paths.has_jobs:
        imports.add(".runtime.working", "Working")
        hooks = [*_hooks(running, calling, imports)] if paths.has_deliveries else []
        if any(one.exchange.is_async for one in naming.messaging.received):
            imports.add(".runtime.job_replies", "answers_of")
            hooks.append("answers_of(CONSUMERS)")
        yield call("Working", [_name(jobs), *hooks])


def _checks(names: Iterable[str]) -> Iterator[Import]:
    where = {
        "check_callbacks": ".runtime.callbacks",
        "check_callback_url": ".runtime.notices",
    }
    return (Import(where[name], name) for name in names)


def _hooks(running: list[Named], calling: bool, imports: Imports) -> Iterator[str]:
    """What is written with the end of a job: its callbacks, webhooks and notices."""
    if calling:
        imports.add(".runtime.callbacks", "callbacks_of")
        yield "callbacks_of(ASYNC_OPERATIONS)"
    if any(named.operation.processing.webhook for named in running):
        imports.add(".runtime.webhooks", "results_of")
        imports.add(".webhooks", "WEBHOOKS")
        yield "results_of(ASYNC_OPERATIONS, WEBHOOKS)"
    imports.add(".runtime.notices", "notices")
    imports.add(".runtime.notices", "status_document")
    yield "notices(status_document(service))"


MODULES = {
    "Caller": ".runtime.access",
    "File": ".runtime.model",
    "Handlers": ".handlers",
    "Job": ".runtime.job",
    "JobFailed": ".runtime.job",
    "Settings": ".runtime.settings",
    "create_app": ".application",
    "known_caller": ".runtime.known",
    "main": ".runtime.server",
    "serving": ".runtime.testing",
}


MESSAGE_NAMES = ("Message", "MessageFailed", "WithHeaders")
"""What a package offers that has handlers of messages."""


def package_view(
    api: Api, naming: Naming, models: Models, paths: OurPaths, modules: list[str]
) -> ServicePackageView:
    """What the package offers; everything is imported when it is first asked for."""
    where = dict(MODULES)
    if not paths.has_jobs:
        del where["Job"], where["JobFailed"]
    if api.exchanges:
        where |= dict.fromkeys(MESSAGE_NAMES, ".runtime.message")
        where |= {"watched": ".runtime.testing"}
        where |= {"broker_of": ".runtime.memory_carrier"}
    if any(map(sends_events, api.operations)):
        where["Event"] = ".runtime.event"
    if own_errors(naming, models).marks:
        where["HttpProblem"] = ".runtime.problem"
    lines = [f"from . import {', '.join(sorted(modules))}"]
    lines += [f"from {module} import {name}" for name, module in sorted(where.items())]
    return ServicePackageView(
        docstring=docstring(
            f"{api.title}: the service as its handlers and its server see it."
        ),
        imports=tuple(sorted(lines, key=lambda line: line.split()[1])),
        names=literal([*sorted([*where, *modules])]),
        where=literal({**where}),
    )

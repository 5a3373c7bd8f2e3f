"""`<name>_service`: the package of the service, file by file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.carriers import broker_modules
from generator.effective import effective
from generator.indented import indented
from generator.load import Documents
from generator.messaging_document import entry_of, messaging_document
from generator.model import Api, Json
from generator.paths import OurPaths
from generator.plan import File, runtime, runtime_copies
from generator.targets.application import application_view, package_view
from generator.targets.channels import channels_view
from generator.targets.consumers import consumers_view
from generator.targets.handlers import handlers_view
from generator.targets.models import Models
from generator.targets.naming import Naming
from generator.targets.outgoing import callbacks_view, webhooks_view
from generator.targets.publishers import publishers_view
from generator.targets.responses import responses_view
from generator.targets.routes import routes_view

OFFERED = frozenset("callbacks models publishers responses webhooks".split())
"""Modules that the package offers whole."""
RUNTIME = re.compile(r"\.runtime(?:\.| import )(\w+)")


def service_files(
    api: Api,
    documents: Documents,
    naming: Naming,
    models: Models,
    paths: OurPaths,
    slug: str,
    templates: Path,
) -> Iterator[File]:
    """Every file of the package; the runtime modules are those that the others import."""
    package = f"{slug}_service"
    views: dict[str, Any] = {
        "handlers": handlers_view(api, naming, models),
        "application": application_view(api, naming, paths, slug),
    }
    if paths.has_document:
        views["responses"] = responses_view(naming, models)
        views["routes"] = routes_view(api, naming, models)
    views |= _messaging_views(api, naming, models)
    if any(named.callbacks for named in naming.operations):
        views["callbacks"] = callbacks_view(naming, models)
    if naming.webhooks:
        views["webhooks"] = webhooks_view(naming, models)
    offered = sorted(OFFERED & {*views, "models"})
    views["__init__"] = package_view(api, naming, models, paths, offered)
    made = {name: (f"service/{name}.py.jinja", view) for name, view in views.items()}
    made |= {one.path: (one.template, one.view) for one in models.modules()}
    for name, (template, view) in sorted(made.items()):
        yield File(path=f"{package}/{name}.py", template=template, view=view)
    if paths.has_document:
        entry = entry_of(documents, "openapi")
        document = effective(replace(documents, entry=entry), api, paths)
        yield File(path=f"{package}/openapi.json", text=_json(document))
    if paths.has_messages:
        document = messaging_document(documents, entry_of(documents, "asyncapi"))
        yield File(path=f"{package}/asyncapi.json", text=_json(document))
    yield File(path=f"{package}/py.typed", text="")
    roots = _roots({name: view for name, (_, view) in made.items()})
    needed = runtime(templates / "runtime", roots | carriers(api))
    requirements = "".join(f"{line}\n" for line in needed.requirements)
    yield File(path=f"{package}/requirements.txt", text=requirements)
    yield from runtime_copies(package, templates / "runtime", needed)


def _json(document: Json) -> str:
    return indented(document) + "\n"


def _messaging_views(api: Api, naming: Naming, models: Models) -> dict[str, Any]:
    """What the messages of an API need, as far as it has any."""
    messaging = naming.messaging
    views: dict[str, Any] = {}
    if messaging.exchanges:
        views["channels"] = channels_view(messaging, models)
    if messaging.received:
        views["consumers"] = consumers_view(api, naming, models)
    if messaging.sent:
        views["publishers"] = publishers_view(messaging, models)
    return views


def carriers(api: Api) -> set[str]:
    """The runtime's modules that are imported when a broker's URL asks for them."""
    return {"memory_carrier", *broker_modules(api)} if api.exchanges else set()


def _roots(views: dict[str, Any]) -> set[str]:
    """The runtime modules that the package itself imports."""
    texts = [getattr(v, "imports", "") for n, v in views.items() if n != "__init__"]
    return set(RUNTIME.findall("\n".join([*texts, views["__init__"].where])))

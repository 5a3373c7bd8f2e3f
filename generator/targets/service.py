"""`<name>_service`: the package of the service, file by file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.effective import effective
from generator.load import Documents
from generator.model import Api
from generator.paths import OurPaths
from generator.plan import File, runtime, runtime_copies
from generator.targets.application import application_view, package_view
from generator.targets.handlers import handlers_view
from generator.targets.models import Models
from generator.targets.naming import Naming
from generator.targets.outgoing import callbacks_view, webhooks_view
from generator.targets.responses import responses_view
from generator.targets.routes import routes_view

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
        "responses": responses_view(naming, models),
        "routes": routes_view(api, naming, models),
        "application": application_view(api, naming, paths, slug),
    }
    if any(named.callbacks for named in naming.operations):
        views["callbacks"] = callbacks_view(naming, models)
    if naming.webhooks:
        views["webhooks"] = webhooks_view(naming, models)
    views["models"] = models.view()
    offered = sorted({"callbacks", "models", "responses", "webhooks"} & set(views))
    views["__init__"] = package_view(api, paths, offered)
    for name, view in sorted(views.items()):
        yield File(
            path=f"{package}/{name}.py",
            template=f"service/{name}.py.jinja",
            view=view,
        )
    document = effective(documents, api, paths)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    yield File(path=f"{package}/openapi.json", text=text)
    yield File(path=f"{package}/py.typed", text="")
    needed = runtime(templates / "runtime", _roots(views))
    requirements = "".join(f"{line}\n" for line in needed.requirements)
    yield File(path=f"{package}/requirements.txt", text=requirements)
    yield from runtime_copies(package, templates / "runtime", needed)


def _roots(views: dict[str, Any]) -> set[str]:
    """The runtime modules that the package itself imports."""
    texts = [view.imports for name, view in views.items() if name != "__init__"]
    return set(RUNTIME.findall("\n".join([*texts, views["__init__"].where])))

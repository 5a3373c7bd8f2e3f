"""The client package: all that callers of the service, and receivers of its calls, import."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from generator.carriers import kinds
from generator.model import Api
from generator.paths import OurPaths
from generator.plan import File, runtime, runtime_copies
from generator.python import Imports, docstring, literal
from generator.streams import sends_events, streams
from generator.targets.client_calls import group_modules
from generator.targets.client_names import all_error_classes, groups_of
from generator.targets.client_operations import Surroundings
from generator.targets.client_receiver import receiver_view, sends
from generator.targets.client_responses import (
    CALL_ERRORS,
    JOB_ERRORS,
    MESSAGE_ERRORS,
)
from generator.targets.client_responses import envelopes_view, errors_view
from generator.targets.client_session import (
    client_view,
    credentials_of,
    credentials_view,
)
from generator.targets.messaging_client import (
    MessagingModules,
    carrier_modules,
    has_message_jobs,
    messaging_modules,
)
from generator.targets.models import Models
from generator.targets.naming import Naming, naming
from generator.value import dataclass

RUNTIME = re.compile(r"\.runtime\.(\w+) import")
FILE = re.compile(r"\.runtime\.model import (?:\([^)]*|[^\n(]*)\bFile\b")
OFFERED = {"Client": ".client", "Retries": ".runtime.retries"}
OFFERED_WITH_JOBS = {
    "JobHandle": ".runtime.handle",
    "JobSocket": ".runtime.job_socket_client",
    "JobStatus": ".runtime.job_status",
    "Progress": ".runtime.job_status",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageView:
    """__init__.py"""

    title: str
    typed_imports: tuple[str, ...]
    exported: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPackageView:
    """sync/__init__.py"""

    title: str
    imports: str
    exported: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module of the package: its template, and what that sees."""

    template: str
    view: Any


def client_files(
    api: Api,
    models: Models,
    paths: OurPaths | None,
    package: str,
    templates: Path | None = None,
    names: Naming | None = None,
) -> list[File]:
    """Every file of the package; the runtime modules are those that the others import."""
    modules = _modules(api, names or naming(api), models, paths, package)
    files = [
        File(path=f"{package}/{name}.py", template=module.template, view=module.view)
        for name, module in modules.items()
    ]
    folder = (templates or _templates()) / "runtime"
    needed = runtime(folder, _roots(modules) | set(carrier_modules(api)))
    requirements = "".join(f"{line}\n" for line in needed.requirements)
    return [
        *files,
        File(path=f"{package}/py.typed", text=""),
        File(path=f"{package}/requirements.txt", text=requirements),
        *runtime_copies(package, folder, needed),
    ]


def _modules(
    api: Api, names: Naming, models: Models, paths: OurPaths | None, package: str
) -> dict[str, Module]:
    """The modules of the package by name; the models last, when all are known."""
    title = api.title
    around = Surroundings(
        api=api,
        models=models,
        jobs=paths.jobs if paths else "/jobs",
        error_classes=all_error_classes(
            names, (*CALL_ERRORS, *MESSAGE_ERRORS, *JOB_ERRORS)
        ),
    )
    groups = tuple(group_modules(group, around) for group in groups_of(api, names))
    credentials = credentials_of(api, names)
    told = (title, _summary(api), groups, credentials)
    views: dict[str, Any] = {"errors": errors_view(title, names, around)}
    if api.operations or not api.exchanges:
        views["client"] = client_view(*told, is_async=True)
        views["sync/client"] = client_view(*told, is_async=False)
    if credentials:
        views["credentials"] = credentials_view(title, credentials)
    if envelopes := envelopes_view(title, names, around):
        views["responses"] = envelopes
    if sends(api):
        views["receiver"] = receiver_view(title, api, names, models)
    modules = {
        name: Module(template=f"client/{name.rpartition('/')[2]}.py.jinja", view=view)
        for name, view in views.items()
    }
    if api.exchanges:
        modules |= _messages(messaging_modules(api, models, names, package))
    for one in groups:
        path = one.group.module
        modules[path] = Module(template="client/group.py.jinja", view=one.view)
        modules[f"sync/{path}"] = Module(
            template="client/group.py.jinja", view=one.sync_view
        )
    for each in models.modules():
        modules[each.path] = Module(template=each.template, view=each.view)
    return {**modules, **_packages(api, modules)}


def _messages(found: MessagingModules) -> dict[str, Module]:
    """The modules for messages; where they travel is said as in the service."""
    template = "client/messaging.py.jinja"
    return {
        "channels": Module(template="service/channels.py.jinja", view=found.channels),
        "messaging": Module(template=template, view=found.messaging),
        "sync/messaging": Module(template=template, view=found.sync),
    }


def _summary(api: Api) -> str | None:
    """What the API is, without all the rest that a description may hold."""
    return api.summary or (api.description or "").strip().partition("\n\n")[0] or None


def _packages(api: Api, modules: Mapping[str, Module]) -> dict[str, Module]:
    places = dict(_places(api, modules))
    standing = {name.partition("/")[0] for name in modules}
    submodules = sorted({"errors", "models", "receiver", "responses"} & standing)
    view = PackageView(
        title=docstring(f"The client of {api.title}.", 0),
        typed_imports=tuple(_typed_imports(places, [*submodules, "sync"])),
        exported=tuple(sorted([*places, *submodules, "sync"])),
        places=tuple(f'"{name}": "{place}"' for name, place in sorted(places.items())),
    )
    return {
        "__init__": Module(template="client/__init__.py.jinja", view=view),
        "sync/__init__": Module(
            template="client/sync_init.py.jinja", view=_sync_package(api)
        ),
    }


def _places(api: Api, modules: Mapping[str, Module]) -> Iterator[tuple[str, str]]:
    """What the package offers, and the modules where it is."""
    if "client" in modules:
        yield from OFFERED.items()
    if any(operation.is_async for operation in api.operations):
        yield from OFFERED_WITH_JOBS.items()
    yield from _stream_places(api)
    yield from _message_places(api)
    if any(
        FILE.search(getattr(module.view, "imports", ""))
        for name, module in modules.items()
        if name.partition("/")[0] == "models"
    ):
        yield "File", ".runtime.model"


def _message_places(api: Api) -> Iterator[tuple[str, str]]:
    if not api.exchanges:
        return
    yield "MessagingClient", ".messaging"
    if "call" in kinds(api):
        yield "CallReceiver", ".runtime.call_receiver"
    if not api.operations:
        yield "Client", ".messaging"
    if has_message_jobs(api):
        yield "MessageJob", ".runtime.message_job"


def _stream_places(api: Api) -> Iterator[tuple[str, str]]:
    if any(map(streams, api.operations)):
        yield "ItemStream", ".runtime.item_stream"
    if any(map(sends_events, api.operations)):
        yield "Event", ".runtime.event"


def _typed_imports(places: Mapping[str, str], submodules: list[str]) -> list[str]:
    imports = Imports()
    for name in submodules:
        imports.add(".", name)
    for name, place in places.items():
        imports.add(place, name)
    return imports.text.splitlines()


def _sync_package(api: Api) -> SyncPackageView:
    imports = Imports()
    imports.add("__future__", "annotations")
    for name, place in _sync_places(api):
        imports.add(place, name)
    exported = sorted(one.name for one in imports.wanted if one.module != "__future__")
    return SyncPackageView(
        title=docstring(f"The client of {api.title} for code without `await`.", 0),
        imports=imports.text,
        exported=literal([*exported]),
    )


def _sync_places(api: Api) -> Iterator[tuple[str, str]]:
    if api.operations or not api.exchanges:
        yield "Client", ".client"
    if any(operation.is_async for operation in api.operations):
        yield "JobHandle", "..runtime.handle_sync"
    if any(map(streams, api.operations)):
        yield "ItemStream", "..runtime.item_stream_sync"
    sync = {"MessageJob": "..runtime.messenger_sync"}
    for name, place in _message_places(api):
        shared = f".{place}" if place.startswith(".runtime") else place
        yield name, sync.get(name, shared)


def _roots(modules: Mapping[str, Module]) -> set[str]:
    """The runtime modules that the package itself imports."""
    texts = [getattr(module.view, "imports", "") for module in modules.values()]
    offered = modules["__init__"].view.typed_imports
    return set(RUNTIME.findall("\n".join([*texts, *offered])))


def _templates() -> Path:
    """The templates: inside the installed package, or beside it in a checkout."""
    inside = Path(__file__).parents[1] / "_templates"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "templates"

"""The whole project: both packages, and the files around them."""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from generator.carriers import SCHEMES, broker_modules
from generator.channels import ProtobufWire
from generator.load import Documents
from generator.model import Api
from generator.names import MODULES, shortened, snake
from generator.paths import OurPaths, our_paths
from generator.plan import File, Owner, Plan
from generator.problems import Problem
from generator.streams import streams
from generator.targets.client import client_files
from generator.targets.completed import completed
from generator.targets.directions import used_messages
from generator.targets.messaging_parts import used_schemes
from generator.targets.models import Models
from generator.targets.naming import Naming, naming
from generator.targets.outgoing import sends_on
from generator.targets.reference import SettingRow, reference_view, seconds
from generator.targets.reference_text import markdown
from generator.targets.scaffold import (
    environment_variable,
    exchange_stub,
    handlers_class,
    is_pair,
    scaffold_view,
    stub_text,
)
from generator.targets.scaffold_messages import message_tests_view
from generator.targets.scaffold_tests import module_of_tests, tests_view
from generator.targets.service import service_files
from generator.value import dataclass


@dataclass(frozen=True, slots=True)
class AppView:
    """app.py"""

    service: str
    handlers_class: str


@dataclass(frozen=True, slots=True)
class PyprojectView:
    """pyproject.toml"""

    slug: str
    service: str
    client: str
    dev: str
    """What checks and tests need: a list of requirements."""


@dataclass(frozen=True, slots=True)
class ReadmeView:
    """README.md"""

    title: str
    service: str
    client: str
    streams: str
    """The operations that answer with a stream, for people."""
    docs: str
    """The path of the page that shows the document."""
    callers: str
    """Variables of the environment by which callers are known at first; "" where anybody may call."""
    broker: str
    """The URL of a broker that its messages may travel through."""


def plan(api: Api, documents: Documents, templates: Path) -> Plan:
    """Every file of the project of an API, in the order they are shown."""
    slug = slug_of(api.python_name or api.title)
    api = completed(replace(api, schemes=used_schemes(api)))
    paths, problems = our_paths(api)
    names = naming(api)
    service_models = Models(api, "service")
    client_models = Models(api, "client", service_models)
    client = f"{slug}_client"
    files = [
        *_project_files(api, names, service_models, paths, slug, templates),
        *_tests(api, names, service_models, client_models, slug),
        *service_files(api, documents, names, service_models, paths, slug, templates),
        *client_files(api, client_models, paths, client, names=names),
    ]
    stubs: dict[str, Callable[[], str]] = {
        n.operation.id: partial(stub_text, n, service_models) for n in names.operations
    }
    for n in names.messaging.received:
        made = partial(exchange_stub, n, names, service_models)
        stubs.setdefault(n.exchange.id, made)
    problems += [*names.problems, *service_models.problems]
    doubts = partial(_doubts, files, service_models)
    return Plan(slug, files, stubs, problems, doubts)


def _doubts(files: list[File], models: Models) -> list[Problem]:
    """What comes to light about the schemas while drafts are made of them."""
    for file in files:
        if callable(file.view):
            file.view()
    return models.doubts.problems


def slug_of(title: str) -> str:
    """The project's name: the title in ASCII snake case, never a module of Python's."""
    plain = re.sub(r"\W", "", snake(title, "api"), flags=re.ASCII).strip("_") or "api"
    plain = shortened(plain)
    if plain[0].isdigit():
        return f"api_{plain}"
    return f"{plain}_api" if plain in MODULES else plain


def _project_files(
    api: Api, names: Naming, models: Models, paths: OurPaths, slug: str, templates: Path
) -> Iterator[File]:
    service, client = f"{slug}_service", f"{slug}_client"
    handlers = handlers_class(api.python_name or api.title)
    yield _yours("app.py", AppView(service, handlers))
    scaffold = cache(partial(scaffold_view, api, names, models, service, handlers))
    yield _yours("handlers.py", scaffold)
    yield _yours("pyproject.toml", PyprojectView(slug, service, client, _dev(api)))
    yield _yours("README.md", _readme(api, names, paths, service, client))
    carried = {
        callback.constant: sends_on(named, callback)
        for named in names.operations
        for callback in named.callbacks
    }
    view = reference_view(api, names, paths, settings_rows(templates, slug), carried)
    yield File(path="REFERENCE.md", template="project/REFERENCE.md.jinja", view=view)


def _dev(api: Api) -> str:
    """`["mypy>=2.4", "pytest>=9"]`, and the types of a library that has none itself."""
    used = (message.wire for message, _ in used_messages(api))
    has_protobuf = any(isinstance(wire, ProtobufWire) for wire in used)
    types = ["types-protobuf"] if has_protobuf else []
    return json.dumps(["mypy>=2.4", "pytest>=9", *types])


def _readme(
    api: Api, names: Naming, paths: OurPaths, service: str, client: str
) -> ReadmeView:
    found = [markdown(each.id) for each in api.operations if streams(each)]
    return ReadmeView(
        title=markdown(api.title),
        service=service,
        client=client,
        streams=", ".join(found),
        docs=paths.docs if paths.has_document else paths.messaging_docs,
        callers=_callers(api, names),
        broker=_broker(api),
    )


def _callers(api: Api, names: Naming) -> str:
    """`STAFF_TOKEN=secret LOGIN_CREDENTIALS=user:secret`"""
    variables = [
        (environment_variable(names.schemes[key], scheme, names), is_pair(scheme))
        for key, scheme in api.schemes.items()
    ]
    return " ".join(
        f"{name}={'user:secret' if both else 'secret'}" for name, both in variables
    )


def _broker(api: Api) -> str:
    """`amqp://localhost`, of the first kind of broker that the document names."""
    modules = broker_modules(api)
    return f"{SCHEMES[modules[0]][0]}://localhost" if modules else ""


def _tests(
    api: Api, names: Naming, service: Models, client: Models, slug: str
) -> Iterator[File]:
    handlers = handlers_class(api.python_name or api.title)
    if names.operations or not names.messaging.exchanges:
        yield File(
            path=f"tests/{module_of_tests(slug)}.py",
            owner=Owner.YOURS,
            template="project/test_service.py.jinja",
            view=cache(partial(tests_view, api, names, client, slug, handlers)),
        )
    if names.messaging.exchanges:
        models = (service, client)
        yield File(
            path=f"tests/{module_of_tests(slug)}_messages.py",
            owner=Owner.YOURS,
            template="project/test_messages.py.jinja",
            view=cache(partial(message_tests_view, api, names, models, slug, handlers)),
        )


def _yours(path: str, view: Any) -> File:
    return File(
        path=path, owner=Owner.YOURS, template=f"project/{path}.jinja", view=view
    )


def settings_rows(templates: Path, slug: str) -> tuple[SettingRow, ...]:
    """The settings as the runtime declares them; its module imports nothing but Python's own."""
    module = runpy.run_path(str(templates / "runtime" / "settings.py"))
    return tuple(_setting(one, slug) for one in module["SETTINGS"])


def _setting(one: Any, slug: str) -> SettingRow:
    default = one.default
    if one.name == "DATABASE_URL":
        default = f"sqlite:///{slug}.db"
    if isinstance(default, tuple):
        default = ", ".join(
            seconds(value) if isinstance(value, float) else value for value in default
        )
    if isinstance(default, float):
        default = seconds(default)
    shown = "" if default in (None, "") else f"`{str(default).lower()}`"
    return SettingRow(one.name, shown, markdown(one.help))

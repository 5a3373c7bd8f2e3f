"""Each template of the service and the project, from the smallest view it can have."""

from __future__ import annotations

from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from generator.plan import File
from generator.render import render
from generator.targets.application import ApplicationView, ServicePackageView
from generator.targets.handlers import HandlersView, MethodView
from generator.targets.definitions import DefinitionView
from generator.targets.modules import ModelsPackageView, ModelsView
from generator.targets.outgoing import (
    CallbacksView,
    GroupView,
    WebhooksView,
    WebhookView,
)
from generator.targets.project import AppView, PyprojectView, ReadmeView
from generator.targets.reference import (
    CallbackRow,
    OperationRow,
    PathRow,
    PolicyRow,
    ReferenceView,
    SchemeRow,
    SettingRow,
    WebhookRow,
)
from generator.targets.reference_messages import ExchangeRow
from generator.targets.responses import ResponsesView, ResponseView
from generator.targets.routes import RoutesView, RouteView
from generator.targets.scaffold import ScaffoldMethod, ScaffoldView
from generator.targets.scaffold_tests import SuiteView, CaseView
from message_views import MESSAGE_VIEWS
from test_templates import TEMPLATES

VIEWS: dict[str, Any] = {
    "service/__init__.py": ServicePackageView(
        docstring='"""Toys."""',
        imports=("from .handlers import Handlers",),
        names='["Handlers"]',
        where='{"Handlers": ".handlers"}',
    ),
    "service/application.py": ApplicationView(
        imports="from pathlib import Path",
        statements=("SCHEMES: dict[str, Scheme] = {}",),
        database='"sqlite:///toys.db"',
        service="Service(handlers, settings)",
        routes=("*ROUTES",),
        title='"Toys"',
        version='"1"',
        operations="len(ROUTES)",
        asynchronous="ASYNC_OPERATIONS",
        site='"/async"',
        docs='"/asyncapi"',
        running=("storing",),
        carriers=("sockets = SocketCarrier((TOYS_CHANNEL,))",),
    ),
    "service/callbacks.py": CallbacksView(
        imports="from .runtime.callbacks import CallbackTarget",
        callbacks=("PLAY_DONE: CallbackTarget[None] = CallbackTarget()",),
        groups=(
            GroupView(
                "play", "PlayCallbacks", '"""Callbacks."""', ("done = PLAY_DONE",)
            ),
        ),
    ),
    "service/handlers.py": HandlersView(
        imports="from abc import abstractmethod",
        docstring='"""Toys."""',
        methods=(MethodView("async def play(self) -> None", '"""Play."""'),),
        optional=(MethodView("async def owner_of(self) -> str | None", '"""Who."""'),),
    ),
    "service/models.py": ModelsView(
        imports="from .runtime.model import Model",
        schemas="",
        definitions=(
            DefinitionView(
                name="Toy",
                head="class Toy(Model):",
                docstring='"""A toy."""',
                members=('name: str\n    """Its name."""',),
            ),
        ),
    ),
    "service/models_package.py": ModelsPackageView(
        typed_imports=("from ._toy import Toy",),
        names=('"Toy"',),
        places=('"Toy": "_toy"',),
    ),
    "service/responses.py": ResponsesView(
        imports="from .runtime.replies import Reply",
        responses=(
            ResponseView(
                name="Play204",
                parent="Reply",
                docstring='"""Played."""',
                attributes=("status_code = 204",),
                constructor="def __init__(self) -> None",
                initialization="super().__init__()",
            ),
        ),
    ),
    "service/routes.py": RoutesView(
        imports="from starlette.routing import Route",
        securities=('NEEDS_KEY: Security = ((Need("key"),),)',),
        errors=('ERRORS: OwnErrors = {"default": None}',),
        operations=(
            RouteView(
                method="play",
                constant="PLAY",
                docstring='"""POST /play"""',
                constants=("PLAY_BODY: Body[str] = Body({})",),
                sync=("return Response()",),
            ),
            RouteView(
                method="work",
                constant="WORK",
                docstring='"""POST /work: asynchronous"""',
                constants=(),
                errors="ERRORS",
                inputs="tuple[()]",
                read=("return ()",),
                run=("return await handlers.work(job)",),
                job="Job",
                declaration="WORK: AsyncOperation[Handlers] = AsyncOperation()",
            ),
        ),
        routes="[]",
        async_operations="(WORK,)",
    ),
    "service/webhooks.py": WebhooksView(
        imports="from .runtime.webhooks import WebhookTarget",
        webhooks=(
            WebhookView("made: WebhookTarget[str] = WebhookTarget()", '"""Made."""'),
        ),
        all="(made,)",
    ),
    "project/app.py": AppView("toys_service", "ToysHandlers"),
    "project/handlers.py": ScaffoldView(
        imports="from toys_service import Handlers",
        class_name="ToysHandlers",
        methods=(ScaffoldMethod("async def play(self) -> None", ("return None",)),),
    ),
    "project/pyproject.toml": PyprojectView(
        "toys", "toys_service", "toys_client", '["mypy>=2.4", "pytest>=9"]'
    ),
    "project/README.md": ReadmeView(
        title="Toys",
        service="toys_service",
        client="toys_client",
        streams="watch",
        docs="/docs",
        callers="KEY=secret",
        broker="amqp://localhost",
    ),
    "project/test_service.py": SuiteView(
        imports="import pytest",
        environment=('monkeypatch.setenv("KEY", "secret")',),
        arguments="tmp_path: Path",
        handlers_class="ToysHandlers",
        credentials=', key="secret"',
        tests=(CaseView("play", ("client.play()",)),),
    ),
    "project/REFERENCE.md": ReferenceView(
        title="Toys",
        description="Made of wood.",
        operations=(OperationRow("play", "POST /play", "async", "play", "Play."),),
        exchanges=(
            ExchangeRow(
                name="take",
                kind="receives",
                address="`toys`",
                messages="toy",
                reply="none",
                method="take",
                summary="Take.",
                carrier="Broker",
                steps=("Caller->>Carrier: toy",),
            ),
        ),
        brokered=True,
        diagram=True,
        asynchronous=True,
        example_request="POST /play",
        example_method="play",
        jobs="/jobs",
        policies=(PolicyRow("play", "10m", 3, 8, 1000, "1d", "optional"),),
        paths=(PathRow("GET /jobs/{id}", "the status"),),
        callbacks=(CallbackRow("play.done", "{$url}", "by itself", "play_done"),),
        webhooks=(WebhookRow("made", "webhooks.made.publish", "made", "Made."),),
        schemes=(SchemeRow("key", "a key", "authenticate_key"),),
        settings=(SettingRow("PORT", "`8000`", "The port."),),
    ),
    **MESSAGE_VIEWS,
}


class PythonFile(SingleFileSnapshotExtension):
    """A snapshot that is a Python file."""

    file_extension = "py"
    _write_mode = WriteMode.TEXT


class MarkdownFile(PythonFile):
    """A snapshot that is a page."""

    file_extension = "md"


class TomlFile(PythonFile):
    """A snapshot that is a TOML file."""

    file_extension = "toml"


KINDS = {"py": PythonFile, "md": MarkdownFile, "toml": TomlFile}


@pytest.mark.parametrize("name", VIEWS, ids=lambda name: name.replace("/", "-"))
def test_a_template_makes_a_file_of_its_view(
    name: str, snapshot: SnapshotAssertion
) -> None:
    file = File(path=name, template=f"{name}.jinja", view=VIEWS[name])
    (text,) = render([file], {})
    kind = KINDS[name.rpartition(".")[2]]
    assert text.text == snapshot(extension_class=kind)


def test_every_template_has_a_snapshot() -> None:
    ours = [
        f"{path.parent.name}/{path.name.removesuffix('.jinja')}"
        for path in TEMPLATES
        if path.parent.name != "client"
    ]
    assert sorted(ours) == sorted(VIEWS)

"""What the client target makes of an API: names, arguments, annotations, and each template."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from generator.load import load
from generator.model import Api
from generator.paths import our_paths
from generator.plan import File
from generator.read.asyncapi import read as read_asyncapi
from generator.read.openapi import read
from generator.render import render
from generator.targets.client import PackageView, SyncPackageView, client_files
from generator.targets.client_calls import CallsView, MethodView
from generator.targets.client_names import groups_of
from generator.targets.client_receiver import HookView, ReceiverView
from generator.targets.client_responses import (
    DeclaredView,
    EnvelopesView,
    ErrorsView,
)
from generator.targets.client_session import (
    ClientView,
    CredentialsView,
    GroupAttribute,
)
from generator.targets.messaging_client import MessagingView
from generator.targets.messaging_client import MethodView as MessageView
from generator.targets.models import Models
from generator.targets.naming import naming


class PythonFile(SingleFileSnapshotExtension):
    """A snapshot that is a Python file."""

    file_extension = "py"
    _write_mode = WriteMode.TEXT


HERE = Path(__file__).parent
FUTURE = "from __future__ import annotations"

VIEWS: dict[str, Any] = {
    "group": CallsView(
        title='"""The operations tagged toys."""',
        imports=f"{FUTURE}\n\nfrom .runtime.call import Operation\n"
        "from .runtime.transport import AsyncConnection",
        declarations=('PLAY: Operation[None] = Operation(name="play")',),
        name="Toys",
        docstring='"""Toys."""',
        connection="AsyncConnection",
        is_tagged=True,
        methods=(
            MethodView(
                signature="async def play(self) -> None",
                docstring='"""Play."""',
                statement="return await self._connection.call(PLAY)",
            ),
        ),
    ),
    "client": ClientView(
        title='"""The client of Toys."""',
        imports=f"{FUTURE}\n\nfrom functools import cached_property\n"
        "from typing import TYPE_CHECKING",
        typed_imports=("from .toys import Toys",),
        parents="AsyncSession",
        docstring='"""Calls Toys."""',
        constructor="def __init__(self, base_url: str) -> None",
        connect=("super().__init__(base_url)",),
        groups=(
            GroupAttribute(
                attribute="toys",
                name="Toys",
                docstring='"""Toys."""',
                import_line="from .toys import Toys",
            ),
        ),
    ),
    "credentials": CredentialsView(
        title='"""How callers of Toys prove who they are."""',
        imports=FUTURE,
        schemes=('"key": ApiKey("header", "X-Key")',),
    ),
    "errors": ErrorsView(
        title='"""What can go wrong."""',
        imports=FUTURE,
        exported=("Play404Error",),
        errors=(
            DeclaredView(
                name="Play404Error",
                docstring='"""No such toy."""',
                body="body: models.Missing",
                headers=("retry_after: int | None",),
            ),
        ),
    ),
    "responses": EnvelopesView(
        title='"""Results with headers."""',
        imports=FUTURE,
        envelopes=(
            DeclaredView(
                name="Play200",
                docstring='"""Played."""',
                body="body: None",
                headers=("x_count: int",),
            ),
        ),
    ),
    "receiver": ReceiverView(
        title='"""The receiver of what Toys sends."""',
        imports=FUTURE,
        exported=("Receiver",),
        hooks=(
            HookView(
                entry='"broken": Hook("broken")',
                signature="async def broken(self, body: None, delivery: Delivery) -> None",
                docstring='"""A toy broke."""',
            ),
        ),
    ),
    "messaging": MessagingView(
        title='"""The messages of Toys, from the other side."""',
        imports=f"{FUTURE}\n\nfrom .runtime.messenger import MessagingSession\n"
        "from .runtime.remote_exchange import Publication",
        declarations=('PLAY = Publication(name="play", channel=TOYS, kinds=(GAME,))',),
        docstring='"""Sends messages to Toys."""',
        constructor="def __init__(self, carrier: Carrier | str) -> None",
        opening='"""Connect."""',
        connect=('super().__init__({}, "toys", 30.0)',),
        methods=(
            MessageView(
                signature="async def play(self, body: models.Game) -> None",
                docstring='"""Play."""',
                statement="await self._messenger.publish(PLAY, body, {}, Envelope())",
            ),
        ),
        alias="Client = MessagingClient",
    ),
    "__init__": PackageView(
        title='"""The client of Toys."""',
        typed_imports=("from . import models", "from .client import Client"),
        exported=("Client", "models"),
        places=('"Client": ".client"',),
    ),
    "sync_init": SyncPackageView(
        title='"""The client of Toys for code without `await`."""',
        imports=f"{FUTURE}\n\nfrom .client import Client",
        exported='["Client"]',
    ),
}


@pytest.mark.parametrize("name", VIEWS)
def test_a_template_makes_a_module_of_its_view(
    name: str, snapshot: SnapshotAssertion
) -> None:
    file = File(path="x.py", template=f"client/{name}.py.jinja", view=VIEWS[name])
    (text,) = render([file], {})
    assert text.text == snapshot(extension_class=PythonFile)


def test_every_client_template_has_a_snapshot() -> None:
    from generator.render import templates_folder

    folder = templates_folder() / "client"
    assert {p.name.removesuffix(".py.jinja") for p in folder.iterdir()} == set(VIEWS)


# What an API becomes


def api_of(tmp_path: Path, document: str) -> Api:
    spec = tmp_path / "api.yaml"
    head = "openapi: 3.1.0\ninfo: {title: Toys, version: '1'}\n"
    spec.write_text(head + document, encoding="utf-8")
    return read(load(spec))[0]


def modules_of(tmp_path: Path, document: str) -> dict[str, str]:
    """The package's own modules by path."""
    api = api_of(tmp_path, document)
    files = client_files(api, Models(api, "client"), our_paths(api)[0], "toys_client")
    own = [file for file in files if "/runtime/" not in file.path]
    return {
        text.path.removeprefix("toys_client/"): text.text for text in render(own, {})
    }


def paths(*operations: str) -> str:
    return "paths:\n" + "".join(
        f"  /p{number}:\n    post: {{{operation}, responses: {{'204': {{description: ok}}}}}}\n"
        for number, operation in enumerate(operations)
    )


def test_untagged_operations_are_the_clients_own(tmp_path: Path) -> None:
    modules = modules_of(tmp_path, paths("operationId: play"))
    assert "class Client(Untagged, AsyncSession)" in modules["client.py"]
    assert "async def play(self) -> None" in modules["untagged.py"]
    assert "def play(self) -> None" in modules["sync/untagged.py"]


def test_tags_that_would_be_one_name_are_told_apart(tmp_path: Path) -> None:
    modules = modules_of(
        tmp_path,
        paths(
            "operationId: a, tags: [Big Toys]",
            "operationId: b, tags: [big-toys]",
            "operationId: c, tags: [client]",
            "operationId: d, tags: [string]",
            "operationId: e, tags: ['true']",
            "operationId: f, tags: [close]",
        ),
    )
    for module in ("big_toys", "big_toys_2", "client_", "string_", "close"):
        assert f"{module}.py" in modules
    for attribute in ("big_toys", "big_toys_2", "client", "string", "close_"):
        assert f"def {attribute}(self)" in modules["client.py"]
    assert "class True_:" in modules["true.py"]


def test_a_method_does_not_hide_what_the_annotations_name(tmp_path: Path) -> None:
    text = modules_of(
        tmp_path,
        paths(
            "operationId: list, tags: [t]",
            "operationId: models, tags: [t]",
            "operationId: uuid, tags: [t]",
            "operationId: play, tags: [t], x-processing: async",
            "operationId: playJob, tags: [t]",
        ),
    )["t.py"]
    for method in ("list_", "models_", "uuid", "play", "play_job", "play_job_2"):
        assert f"def {method}(" in text
    assert "UUID_: Operation" in text


def test_an_argument_does_not_hide_what_the_method_calls(tmp_path: Path) -> None:
    document = """
paths:
  /p/{self}:
    post:
      operationId: play
      x-processing: {type: auto}
      parameters:
        - {name: self, in: path, required: true, schema: {type: string}}
        - {name: start_job, in: query, schema: {type: string}}
        - {name: wait, in: query, schema: {type: string}}
        - {name: body, in: query, required: true, schema: {type: string}}
        - {name: idempotency_key, in: query, schema: {type: string}}
      requestBody: {content: {text/plain: {schema: {type: string}}, image/png: {}}}
      responses: {'204': {description: ok}}
"""
    text = modules_of(tmp_path, document)["untagged.py"]
    expected = """
    async def play(
        self,
        self_: str,
        body_: str,
        *,
        start_job_: str | None = None,
        wait: str | None = None,
        idempotency_key: str | None = None,
        body: str | bytes | None = None,
        content_type: Literal["text/plain", "image/png"] = "text/plain",
        idempotency_key_2: str | None = None,
        wait_2: float | None = None,
    ) -> JobHandle[None]:
"""
    assert expected in text


def test_a_key_that_the_document_declares_is_the_documents(tmp_path: Path) -> None:
    document = """
paths:
  /p:
    post:
      operationId: play
      x-processing: async
      parameters: [{name: Idempotency-Key, in: header, required: true, schema: {type: string}}]
      responses: {'204': {description: ok}}
"""
    text = modules_of(tmp_path, document)["untagged.py"]
    assert "async def play(self, idempotency_key: str) -> JobHandle[None]" in text
    assert "keyed=False" in text


@pytest.mark.parametrize(
    ("responses", "result", "answers"),
    [
        ("'200': {description: a}, '202': {description: b}", "None", ["200", "202"]),
        ("'302': {description: a}, '404': {description: b}", "None", ["302", "404"]),
        ("default: {description: a}", "None", ["default"]),
        ("'404': {description: a}", "None", ["404"]),
        (
            "2XX: {description: a}, default: {description: b}",
            "None",
            ["2XX", "default"],
        ),
        (
            "'200': {description: a, content: {application/json: {schema: {type: string}}}},"
            " '201': {description: a, content: {application/json: {schema: {type: integer}}}},"
            " '204': {description: a}",
            "str | int | None",
            ["200", "201", "204"],
        ),
        (
            "'200': {description: a, headers: {X-A: {schema: {type: integer}}}}",
            "responses.Play200",
            ["200"],
        ),
    ],
)
def test_results_and_errors_are_told_apart(
    tmp_path: Path, responses: str, result: str, answers: list[str]
) -> None:
    document = (
        f"paths:\n  /p:\n    get: {{operationId: play, responses: {{{responses}}}}}\n"
    )
    text = modules_of(tmp_path, document)["untagged.py"]
    assert f"async def play(self) -> {result}:" in text
    for answer in answers:
        raised = answer == "404" or (answer == "default" and len(answers) > 1)
        assert f'"{answer}": {"Raises" if raised else "Returns"}(' in text


def test_the_202_of_an_asynchronous_operation_is_not_its_result(tmp_path: Path) -> None:
    document = """
paths:
  /p:
    post:
      operationId: play
      x-processing: async
      responses:
        '202': {description: later, content: {application/json: {schema: {type: object}}}}
        '200': {description: a, content: {application/json: {schema: {type: string}}}}
"""
    text = modules_of(tmp_path, document)["untagged.py"]
    assert "JobHandle[str]" in text
    assert '"202"' not in text


def test_progress_has_the_type_that_the_document_gives_it(tmp_path: Path) -> None:
    document = """
paths:
  /p:
    post:
      operationId: play
      x-processing: {type: async, progress: {$ref: '#/components/schemas/Step'}}
      responses: {'204': {description: ok}}
components: {schemas: {Step: {type: object, properties: {floor: {type: integer}}}}}
"""
    text = modules_of(tmp_path, document)["untagged.py"]
    assert "JobHandle[None, models.Step]" in text
    assert "progress=models.Step" in text


def test_every_scheme_is_a_keyword(tmp_path: Path) -> None:
    document = paths("operationId: play, security: [{a: [], b-c: []}, {timeout: []}]")
    document += """
components:
  securitySchemes:
    a: {type: http, scheme: basic}
    b-c: {type: apiKey, in: query, name: k}
    timeout: {type: oauth2, flows: {}}
    d: {type: http, scheme: digest}
    e: {type: mutualTLS}
"""
    modules = modules_of(tmp_path, document)
    for line in (
        "a: tuple[str, str] | None = None",
        "b_c: str | None = None",
        "timeout_: str | None = None",
        "d: str | None = None",
    ):
        assert line in modules["client.py"]
    assert '"b-c": ApiKey("query", "k")' in modules["credentials.py"]
    assert '"d": Authorization("digest")' in modules["credentials.py"]
    assert '"e"' not in modules["credentials.py"]
    assert 'security=(("a", "b-c"), ("timeout",))' in modules["untagged.py"]


def test_one_event_of_several_urls_is_one_method(tmp_path: Path) -> None:
    document = """
paths:
  /p:
    post:
      operationId: play
      responses: {'204': {description: ok}}
      callbacks:
        done:
          '{$request.query.a}':
            post: {requestBody: {content: {application/json: {schema: {type: string}}}}, responses: {'204': {description: a}}}
          '{$request.query.b}':
            put: {requestBody: {content: {application/json: {schema: {type: integer}}}}, responses: {'204': {description: a}}}
"""
    text = modules_of(tmp_path, document)["receiver.py"]
    assert "async def play_done(self, body: str | int, delivery: Delivery)" in text
    assert text.count('"play.done": Hook(') == 1
    assert 'verbs=frozenset({"POST", "PUT"})' in text


def test_what_is_not_declared_is_not_emitted(tmp_path: Path) -> None:
    modules = modules_of(tmp_path, paths("operationId: play"))
    for absent in ("receiver.py", "responses.py", "credentials.py"):
        assert absent not in modules
    assert "JobHandle" not in modules["__init__.py"]
    assert "JobFailed" not in modules["errors.py"]


def test_a_document_cannot_write_code(tmp_path: Path) -> None:
    hostile = '"""\\\\"; import os; os.abort() #\\n\\u2028{{ 1 }}{% x %}'
    document = f"""
tags: [{{name: "t", description: "{hostile.replace(chr(34), chr(92) + chr(34))}"}}]
paths:
  "/p'\\"{{a}}":
    post:
      operationId: "play\\"\\"\\""
      summary: "{hostile.replace(chr(34), chr(92) + chr(34))}"
      tags: [t]
      parameters: [{{name: a, in: path, required: true, schema: {{type: string}}}}]
      responses: {{'204': {{description: '\"\"\" quote'}}}}
"""
    for path, text in modules_of(tmp_path, document).items():
        if path.endswith(".py"):
            compile(text, path, "exec")
            assert "\u2028" not in text


def test_the_modules_for_messages_keep_their_names(tmp_path: Path) -> None:
    document = HERE / "client" / "lamps.yaml"
    messages = read_asyncapi(load(document))[0]
    calls = api_of(tmp_path, paths("operationId: a, tags: [Messaging]"))
    api = replace(
        messages,
        operations=calls.operations,
        schemas={**messages.schemas, **calls.schemas},
    )
    groups = groups_of(api, naming(api))
    assert [group.module for group in groups] == ["messaging_"]

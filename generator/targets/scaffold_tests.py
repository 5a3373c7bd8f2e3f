"""The user's own tests as they are first written: every operation is called with an example."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from generator.model import Api, MediaType, Operation, Scheme
from generator.names import MODULES
from generator.python import Imports, call, string
from generator.targets.client_arguments import Arguments, arguments_of
from generator.targets.client_names import groups_of
from generator.targets.client_session import Credential, credentials_of
from generator.targets.handlers import schema_of
from generator.targets.models import Models
from generator.targets.naming import Named, Naming
from generator.targets.scaffold import (
    environment_variable,
    example_of,
    is_pair,
    outside,
)
from generator.value import dataclass

SECRET = "secret"
NOBODY = "https://callbacks.invalid/"
CALLBACK_PROPERTY = re.compile(r"\{\$?request\.body#/([^/}]+)")


@dataclass(frozen=True, slots=True)
class CaseView:
    """One test, statement by statement."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SuiteView:
    """The module."""

    imports: str
    environment: tuple[str, ...]
    arguments: str
    handlers_class: str
    credentials: str
    tests: tuple[CaseView, ...]


def tests_view(
    api: Api, naming: Naming, models: Models, slug: str, handlers_class: str
) -> SuiteView:
    """A test for each operation, over HTTP, with the emitted client."""
    imports = Imports()
    tests = tuple(
        CaseView(
            named.method,
            tuple(_lines(api, arguments, group.attribute, models, imports)),
        )
        for group in groups_of(api, naming)
        for named in group.operations
        for arguments in [arguments_of(named, models)]
    )
    known = [
        (naming.schemes[name], scheme)
        for name, scheme in api.schemes.items()
        if scheme.type != "mutualTLS"
    ]
    imports = outside(imports, f"{slug}_client")
    for module, name in (
        ("__future__", "annotations"),
        ("collections.abc", "Iterator"),
        ("handlers", handlers_class),
        ("pathlib", "Path"),
        ("pytest", ""),
        (f"{slug}_client.sync", "Client"),
        (f"{slug}_service", "Settings"),
        (f"{slug}_service", "create_app"),
        (f"{slug}_service", "serving"),
    ):
        imports.add(module, name)
    return SuiteView(
        imports=imports.text,
        environment=tuple(environment_of(*one, naming) for one in known),
        arguments="tmp_path: Path"
        + (", monkeypatch: pytest.MonkeyPatch" if known else ""),
        handlers_class=handlers_class,
        credentials="".join(
            f", {shown_credential(one)}" for one in credentials_of(api, naming)
        ),
        tests=tests,
    )


def environment_of(name: str, scheme: Scheme, naming: Naming) -> str:
    """The statement that lets a test in by a scheme."""
    value = f"{SECRET}:{SECRET}" if is_pair(scheme) else SECRET
    variable = environment_variable(name, scheme, naming)
    return f"monkeypatch.setenv({string(variable)}, {string(value)})"


def shown_credential(credential: Credential) -> str:
    """The argument of a client that lets a test in."""
    value = string(SECRET)
    if is_pair(credential.scheme):
        value = f"({value}, {value})"
    return f"{credential.keyword}={value}"


def _lines(
    api: Api, arguments: Arguments, group: str, models: Models, imports: Imports
) -> Iterator[str]:
    named = arguments.named
    path = f"client.{group}.{named.method}" if group else f"client.{named.method}"
    passed = list(_passed(arguments, models, imports))
    called = call(path, passed, indent=4, used=10)
    if _needs_certificate(api, named.operation):
        imports.add(".", "errors")
        yield "with pytest.raises(errors.ApiError) as refused:"
        if named.stream is None:
            yield f"    {call(path, passed, indent=8)}"
        else:
            yield f"    with {call(path, passed, indent=8, used=20)} as items:"
            yield "        next(items)"
        yield "assert refused.value.status == 401"
    elif named.operation.is_async:
        yield f"job = {called}"
        yield "job.result(timeout=30)"
        yield 'assert job.status().status == "succeeded"'
    elif named.stream is not None:
        yield f"with {called} as items:"
        yield "    next(items)"
    else:
        yield called


def _needs_certificate(api: Api, operation: Operation) -> bool:
    """Whether only a certificate opens it: the test's client has none, and is refused."""
    schemes = [
        {api.schemes[need.scheme].type for need in way} for way in operation.security
    ]
    return bool(schemes) and all("mutualTLS" in types for types in schemes)


def _passed(arguments: Arguments, models: Models, imports: Imports) -> Iterator[str]:
    for one in arguments.parameters:
        if one.parameter.required:
            schema = schema_of(one.parameter)
            value = models.example(schema, one.parameter.examples, "in")
            made = models.construct(schema, value, direction="in")
            imports.update(made.imports)
            yield made.text
    body = arguments.named.operation.body
    if body is not None and body.contents and body.required:
        hint = f"{arguments.named.prefix}Body"
        content = without_callbacks(arguments.named, body.contents[0], models)
        yield example_of(content, hint, models, imports, "in")
    if arguments.media_type and arguments.is_range:
        media_type = arguments.body.media_types[0].replace("*", "example")  # RFC 4735
        yield f"{arguments.media_type}={string(media_type)}"


def without_callbacks(named: Named, content: MediaType, models: Models) -> MediaType:
    """The body with an example that makes the service call nobody: a test stays on its machine."""
    names = {
        found
        for callback in named.operation.callbacks
        for found in CALLBACK_PROPERTY.findall(callback.expression)
    }
    if not names or content.schema is None:
        return content
    example = models.example(content.schema, content.examples, "in")
    if not isinstance(example, dict):
        return content
    kept = {name: value for name, value in example.items() if name not in names}
    if not models.is_valid(content.schema, kept, "in"):
        kept = {name: NOBODY if name in names else example[name] for name in example}
    return replace(content, examples=(kept,))


def module_of_tests(slug: str) -> str:
    """tests/test_<slug>.py, unless that hides a module of Python's."""
    name = f"test_{slug}"
    return f"{name}_service" if name in MODULES else name

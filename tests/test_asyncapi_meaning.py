"""Rules about messages hold where they should, and leave sound documents alone; their texts are in tests/refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from generator.build import check
from generator.cli import main
from generator.load import load
from generator.meaning import meaning
from generator.merge import loaded, merged
from generator.model import Api
from generator.problems import Refused
from generator.read import asyncapi, openapi
from generator.shape import shape

HEAD = "asyncapi: 3.0.0\ninfo: {title: T, version: '1'}\n"
SERVERS = "servers: {main: {host: h, protocol: kafka}}\n"
USED = "operations: {op: {action: receive, channel: {$ref: '#/channels/a'}}}\n"


def codes(folder: Path, text: str) -> list[str]:
    """What the rules say of a document, hints and all, in their order."""
    path = folder / "asyncapi.yaml"
    path.write_text(text)
    documents = load(path)
    found = [each.code for each in shape(documents)]
    api, problems = asyncapi.read(documents)
    return [*found, *(each.code for each in [*problems, *meaning(api)])]


def channel(folder: Path, text: str) -> list[str]:
    return codes(folder, f"{HEAD}{SERVERS}channels:\n  a: {text}\n{USED}")


M = "messages: {m: {payload: {type: object, properties: {id: {type: string}}}}}"


@pytest.mark.parametrize(
    "text, expected",
    [
        (f"{{address: a, {M}}}", []),
        (f"{{address: 'a/{{x}}', parameters: {{x: {{}}}}, {M}}}", []),
        (f"{{address: 'a/{{x}}', {M}}}", ["undeclared-parameter"]),
        (f"{{address: a, parameters: {{x: {{}}}}, {M}}}", ["unused-parameter"]),
        (
            f"{{address: '{{x}}{{x}}', parameters: {{x: {{}}}}, {M}}}",
            ["repeated-parameter"],
        ),
        (f"{{address: 'a}}', {M}}}", ["unfit-address"]),
        (f"{{address: 'a?b#c', {M}}}", ["unfit-address"]),
        (f"{{address: null, {M}}}", ["unaddressed-channel"]),
        (
            f"{{address: '{{x}}', parameters: {{x: {{enum: [b], default: b, examples: [b]}}}}, {M}}}",
            [],
        ),
        (
            f"{{address: '{{x}}', parameters: {{x: {{enum: [b], default: c}}}}, {M}}}",
            ["unfit-default"],
        ),
        (
            f"{{address: '{{x}}', parameters: {{x: {{enum: [b], examples: [c]}}}}, {M}}}",
            ["unfit-example"],
        ),
        (
            f"{{address: '{{x}}', parameters: {{x: {{location: $message.payload#/id}}}}, {M}}}",
            [],
        ),
        (
            f"{{address: '{{x}}', parameters: {{x: {{location: $message.header#/any}}}}, {M}}}",
            [],
        ),
        (
            f"{{address: '{{x}}', parameters: {{x: {{location: $message.payload#/no}}}}, {M}}}",
            ["unresolved-location"],
        ),
        (
            f"{{address: '{{x}}', parameters: {{x: {{location: payload.id}}}}, {M}}}",
            ["malformed-expression"],
        ),
        (
            "{address: a, messages: {m: {name: n, payload: {}}, o: {name: n, payload: {}}}}",
            ["duplicate-message"],
        ),
        (f"{{address: a, {M}, bindings: {{amqp: {{}}}}}}", ["idle-binding"]),
        (f"{{address: a, {M}, bindings: {{kafka: {{topic: t}}}}}}", []),
        (
            f"{{address: a, {M}, bindings: {{kafka: {{topics: t, x-own: 1}}}}}}",
            ["ignored-binding"],
        ),
    ],
)
def test_a_channel_is_judged(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert channel(tmp_path, text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{payload: {type: string}}", []),
        ("{}", ["untyped-message"]),
        ("{payload: {type: string}, contentType: text/plain}", []),
        (
            "{payload: {type: string}, contentType: image/gif}",
            ["unwritten-content-type"],
        ),
        ("{payload: {}, headers: {properties: {a: {type: string}}}}", []),
        ("{payload: {}, headers: {type: array}}", ["headers-not-object"]),
        ("{payload: {}, headers: false}", ["headers-not-object"]),
        ("{payload: {type: integer}, examples: [{payload: 3}]}", []),
        ("{payload: {type: integer}, examples: [{payload: x}]}", ["unfit-example"]),
        (
            "{payload: {}, headers: {properties: {a: {type: integer}}}, examples: [{headers: {a: b}}]}",
            ["unfit-example"],
        ),
        (
            "{payload: {}, correlationId: {location: '$message.header#/any/where'}}",
            [],
        ),
        (
            "{payload: {}, headers: {properties: {a: {}}}, correlationId: {location: '$message.header#/a'}}",
            [],
        ),
        (
            "{payload: {}, headers: {properties: {a: {}}}, correlationId: {location: '$message.header#/b'}}",
            ["unresolved-location"],
        ),
        (
            "{payload: {}, correlationId: {location: '$message.headers#/b'}}",
            ["malformed-expression"],
        ),
    ],
)
def test_a_message_is_judged(tmp_path: Path, text: str, expected: list[str]) -> None:
    assert channel(tmp_path, f"{{address: a, messages: {{m: {text}}}}}") == expected


def operations(folder: Path, text: str, answer: str = "answer") -> list[str]:
    shown = "null" if answer == "null" else answer
    return codes(
        folder,
        f"{HEAD}{SERVERS}channels:\n"
        "  a: {address: a, messages: {m: {payload: {}, headers: {properties: {back: {}}}}}}\n"
        f"  b: {{address: {shown}, messages: {{n: {{payload: {{}}}}}}}}\n"
        f"operations:\n{text}",
    )


A, B = "channel: {$ref: '#/channels/a'}", "channel: {$ref: '#/channels/b'}"


@pytest.mark.parametrize(
    "text, answer, expected",
    [
        (f"  op: {{action: receive, {A}, reply: {{{B}}}}}", "b", []),
        (
            f"  op: {{action: receive, {A}, reply: {{address: {{location: '$message.header#/back'}}, {B}}}}}",
            "null",
            [],
        ),
        (
            f"  op: {{action: receive, {A}, reply: {{address: {{location: '$message.header#/bak'}}, {B}}}}}",
            "null",
            ["unresolved-location"],
        ),
        (
            f"  op: {{action: receive, {A}, reply: {{address: {{location: '$message.header#/back'}}, {B}}}}}",
            "b",
            ["conflicting-reply"],
        ),
        (
            f"  op: {{action: receive, {A}, reply: {{{B}}}}}",
            "null",
            ["unaddressed-reply"],
        ),
        (
            f"  op: {{action: receive, {A}}}\n  o2: {{action: send, {B}, x-processing: async}}",
            "b",
            ["misplaced-processing"],
        ),
        (
            f"  op: {{action: receive, {A}, x-processing: auto, reply: {{{B}}}}}",
            "b",
            ["auto-message"],
        ),
        (
            f"  op: {{action: receive, {A}, x-processing: async}}\n  o2: {{action: send, {B}}}",
            "b",
            ["untold-result"],
        ),
        (
            f"  op: {{action: send, {A}, reply: {{{B}}}}}\n  o2: {{action: send, {B}}}",
            "b",
            ["echoed-reply"],
        ),
        (
            f"  op: {{action: send, {A}, reply: {{{B}}}}}\n  o2: {{action: receive, {B}}}",
            "b",
            [],
        ),
        (f"  op: {{action: send, {A}}}", "b", ["unused-channel"]),
        (
            f"  op: {{action: send, {A}}}\n  o2: {{action: send, {B}}}",
            "a",
            ["same-address"],
        ),
    ],
)
def test_an_operation_is_judged(
    tmp_path: Path, text: str, answer: str, expected: list[str]
) -> None:
    assert operations(tmp_path, text, answer) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("{host: 'h:{p}', protocol: nats, variables: {p: {default: '1'}}}", []),
        ("{host: 'h:{p}', protocol: nats}", ["undeclared-variable"]),
        (
            "{host: h, protocol: nats, variables: {p: {default: '1'}}}",
            ["unused-variable"],
        ),
        (
            "{host: '{p}', protocol: nats, variables: {p: {enum: [a], default: b}}}",
            ["unfit-default"],
        ),
        ("{host: h, protocol: ibmmq}", ["unknown-protocol"]),
        (
            "{host: h, protocol: nats, security: [{type: plain}]}",
            ["broker-credentials"],
        ),
    ],
)
def test_a_server_is_judged(tmp_path: Path, text: str, expected: list[str]) -> None:
    rest = f"channels: {{a: {{address: a, {M}}}}}\n{USED}"
    assert codes(tmp_path, f"{HEAD}servers: {{s: {text}}}\n{rest}") == expected


ORDER = "{type: object, properties: {lamps: {type: integer}}, required: [lamps]}"


def both(folder: Path, http: str = ORDER, queue: str = ORDER) -> list[Path]:
    """An OpenAPI and an AsyncAPI document that share an operation and the name of a schema."""
    first, second = folder / "openapi.yaml", folder / "asyncapi.yaml"
    first.write_text(f"""openapi: 3.1.0
info: {{title: First, version: '1'}}
paths:
  /orders:
    post:
      operationId: place
      x-processing: async
      requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Order'}}}}}}}}
      responses: {{'200': {{description: Placed.}}}}
components: {{schemas: {{Order: {http}}}}}
""")
    second.write_text(f"""asyncapi: 3.0.0
info: {{title: Second, version: '2'}}
channels:
  orders: {{address: orders, messages: {{order: {{payload: {{$ref: '#/components/schemas/Order'}}}}}}}}
  placed: {{address: placed, messages: {{placed: {{payload: {{type: string}}}}}}}}
operations:
  place: {{action: receive, channel: {{$ref: '#/channels/orders'}}, x-processing: async}}
  placed: {{action: send, channel: {{$ref: '#/channels/placed'}}}}
components: {{schemas: {{Order: {queue}}}}}
""")
    return [first, second]


def one(specs: list[Path]) -> Api:
    documents, entries = loaded(specs)
    readers = [
        asyncapi.read if entry.endswith("asyncapi.yaml") else openapi.read
        for entry in entries
    ]
    pairs = zip(readers, entries, strict=True)
    return merged([read(documents, entry)[0] for read, entry in pairs])


def test_two_documents_are_one_api(tmp_path: Path) -> None:
    api = one(both(tmp_path))
    assert (api.title, api.format, api.spec_version) == ("First", "openapi", "3.1.0")
    assert api.messaging_version == "3.0.0"
    assert [each.id for each in api.operations] == ["place"]
    assert [each.id for each in api.exchanges] == ["place", "placed"]
    assert meaning(api) == []


def test_what_the_first_says_of_itself_counts(tmp_path: Path) -> None:
    api = one(both(tmp_path)[::-1])
    assert (api.title, api.version, api.format) == ("Second", "2", "openapi")


def test_a_schema_that_both_have_is_one(tmp_path: Path) -> None:
    told = ORDER.replace("integer", "integer, description: How many.")
    api = one(both(tmp_path, queue=told))
    orders = [s for s in api.schemas.values() if s.name == "Order"]
    payload = api.exchanges[0].messages[0].payload
    assert len(orders) == 1
    assert payload is not None and payload.ref == orders[0].key


def test_schemas_that_differ_stay_apart(tmp_path: Path) -> None:
    api = one(both(tmp_path, queue=ORDER.replace("integer", "string")))
    orders = [s for s in api.schemas.values() if s.name == "Order"]
    payload = api.exchanges[0].messages[0].payload
    assert len(orders) == 2
    assert payload is not None and payload.ref == orders[1].key
    assert [each.code for each in meaning(api)] == ["carriers-differ"]


def test_recursive_schemas_can_be_alike(tmp_path: Path) -> None:
    tree = "{type: object, properties: {next: {$ref: '#/components/schemas/Order'}}}"
    api = one(both(tmp_path, tree, tree))
    assert [s.name for s in api.schemas.values()] == ["Order"]


def test_two_documents_of_one_format_are_no_api(tmp_path: Path) -> None:
    first, _ = both(tmp_path)
    with pytest.raises(Refused) as refused:
        check([first, first])
    assert [each.code for each in refused.value.problems] == ["same-format"]


def test_check_takes_one_of_each_for_one_api(tmp_path: Path) -> None:
    specs = [str(path) for path in both(tmp_path)]
    result = CliRunner().invoke(main, ["check", *specs])
    assert result.exit_code == 0, result.output
    assert "openapi.yaml + " in result.output
    assert "2 operations (1 async)" in result.output


def test_check_takes_others_one_by_one(tmp_path: Path) -> None:
    first, second = both(tmp_path)
    other = tmp_path / "other.yaml"
    other.write_text(first.read_text())
    result = CliRunner().invoke(main, ["check", str(first), str(other), str(second)])
    assert " + " not in result.output
    assert result.output.count("can be built") == 3, result.output

"""What real AsyncAPI documents write carelessly is read as it is meant, and said."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.build import Checked, build, check
from generator.carriers import carrier_kind
from generator.plan import together
from generator.problems import Problem, Refused
from generator.targets.channels import channel_options

NASTY = Path(__file__).parent / "nasty_messaging"
OLDER = """asyncapi: 2.6.0
info: {title: T, version: '1'}
channels:
  a: {publish: {operationId: op, bindings: BINDINGS, message: MESSAGE}}
components:
  messages: {Colour: {payload: {type: string, enum: [red, green]}}}
"""
NEWER = """asyncapi: 3.0.0
info: {title: T, version: '1'}
channels: {a: {address: a, messages: {m: {payload: {type: string}}}}}
operations: {op: {action: receive, channel: {$ref: '#/channels/a'}, REST}}
"""


def older(folder: Path, bindings: str = "{}", message: str = "{}") -> Checked:
    """What is made of a document of AsyncAPI 2 with one operation."""
    path = folder / "asyncapi.yaml"
    path.write_text(OLDER.replace("BINDINGS", bindings).replace("MESSAGE", message))
    return check(path)


def newer(folder: Path, rest: str) -> list[Problem]:
    """What is said of one of AsyncAPI 3."""
    path = folder / "asyncapi.yaml"
    path.write_text(NEWER.replace("REST", rest))
    try:
        return check(path).problems
    except Refused as refused:
        return refused.problems


@pytest.mark.parametrize(
    "bindings",
    [
        "{amqp: {cc: copies}}",
        "{amqp: {expiration: soon}}",
        "{mqtt: {qos: high}}",
        "{http: {query: 5}}",
        "{nats: none}",
    ],
)
def test_a_binding_of_asyncapi_2_may_be_anything(tmp_path: Path, bindings: str) -> None:
    checked = older(tmp_path, bindings)
    warned = [one for one in checked.problems if one.severity == "warning"]
    assert {one.code for one in warned} <= {"wrong-type", "wrong-value"}
    assert warned and "op" in checked.plan.stubs


def test_a_binding_of_asyncapi_3_is_what_its_protocol_says(tmp_path: Path) -> None:
    problems = newer(tmp_path, "bindings: {mqtt: {qos: high}}")
    assert [(one.code, one.severity) for one in problems] == [("wrong-value", "error")]


def test_a_message_stands_for_the_schema_of_its_payload(tmp_path: Path) -> None:
    colour = "{$ref: '#/components/messages/Colour'}"
    payload = f"{{type: object, properties: {{colour: {colour}}}}}"
    checked = older(tmp_path, message=f"{{payload: {payload}}}")
    (message,) = checked.api.exchanges[0].messages
    assert message.payload is not None
    (property,) = message.payload.properties
    found = checked.api.schemas[property.schema.ref or ""]
    assert (found.name, found.enum) == ("Colour", ("red", "green"))
    assert [one.code for one in checked.problems][-1] == "invalid-reference"
    build(tmp_path / "asyncapi.yaml", tmp_path / "t").apply()
    models = (tmp_path / "t/t_service/models.py").read_text()
    assert "    colour: Colour | MISSING = MISSING\n" in models


@pytest.mark.parametrize(
    "said, meant", [("json", "application/json"), ("TEXT", "text/plain")]
)
def test_a_word_for_a_media_type_is_read_as_it_is_meant(
    tmp_path: Path, said: str, meant: str
) -> None:
    payload = "{type: string}"
    checked = older(tmp_path, message=f"{{contentType: {said}, payload: {payload}}}")
    assert checked.api.exchanges[0].messages[0].content_type == meant
    assert [one.code for one in checked.problems] == ["unwritten-content-type"]


def test_an_object_that_travels_as_text_is_said_to_be_bytes(tmp_path: Path) -> None:
    checked = older(
        tmp_path, message="{contentType: text/plain, payload: {type: object}}"
    )
    assert [one.code for one in checked.problems] == ["unwritten-content-type"]


def test_a_requirement_of_asyncapi_2_is_told_how_3_says_it(tmp_path: Path) -> None:
    problems = newer(tmp_path, "security: [{token: []}]")
    helps = [one.help for one in problems if one.code == "missing-field"]
    assert helps == ["write $ref: '#/components/securitySchemes/token'"]


@pytest.mark.parametrize(
    "group, said",
    [
        ("{type: string}", 1),
        ("{type: string, const: g}", 0),
        ("{type: string, enum: [g]}", 0),
    ],
)
def test_a_group_without_a_name_is_said(tmp_path: Path, group: str, said: int) -> None:
    checked = older(tmp_path, f"{{kafka: {{groupId: {group}}}}}")
    assert [one.code for one in checked.problems].count("ignored-binding") == said


def test_what_a_handshake_is_checked_by_has_no_references(tmp_path: Path) -> None:
    colour = "{$ref: '#/components/messages/Colour/payload'}"
    query = f"{{type: object, properties: {{colour: {colour}, tree: TREE}}}}"
    text = OLDER.replace("BINDINGS", "{}").replace("MESSAGE", "{}")
    bound = f"a: {{bindings: {{wss: {{query: {query}}}}}, publish:"
    tree = "{$ref: '#/components/schemas/Tree'}"
    path = tmp_path / "asyncapi.yaml"
    path.write_text(
        text.replace("a: {publish:", bound.replace("TREE", tree))
        + f"  schemas: {{Tree: {{type: array, items: {tree}}}}}\n"
    )
    (channel,) = check(path).api.channels
    assert channel_options(channel)["ws"] == {
        "query": {
            "type": "object",
            "properties": {
                "colour": {"type": "string", "enum": ["red", "green"]},
                "tree": {"type": "array", "items": {}},
            },
        }
    }


def test_only_what_is_honoured_of_a_binding_is_emitted(tmp_path: Path) -> None:
    kafka = "{topic: t, replicas: 3, topicConfiguration: {retention.ms: 5}}"
    bound = f"a: {{bindings: {{kafka: {kafka}, x-jetstream: {{stream: s}}}}, publish:"
    text = OLDER.replace("BINDINGS", "{amqp: {priority: 3, cc: [b]}}")
    path = tmp_path / "asyncapi.yaml"
    path.write_text(text.replace("MESSAGE", "{}").replace("a: {publish:", bound))
    checked = check(path)
    (channel,) = checked.api.channels
    assert channel_options(channel) == {
        "kafka": {"topic": "t"},
        "nats": {"x-jetstream": {"stream": "s"}},
    }
    ignored = [one for one in checked.problems if one.code == "ignored-binding"]
    assert len(ignored) == 3


@pytest.mark.parametrize(("protocol", "kind"), [("ws", "socket"), ("amqp", "broker")])
def test_without_servers_a_channel_is_carried_as_it_is_bound(
    tmp_path: Path, protocol: str, kind: str
) -> None:
    text = OLDER.replace("BINDINGS", "{}").replace("MESSAGE", "{}")
    bound = f"a: {{bindings: {{{protocol}: {{}}}}, publish:"
    path = tmp_path / "asyncapi.yaml"
    path.write_text(text.replace("a: {publish:", bound))
    (channel,) = check(path).api.channels
    assert carrier_kind(channel) == kind


def test_who_is_known_at_first_has_every_scope_that_is_asked_for(
    tmp_path: Path,
) -> None:
    flow = "{tokenUrl: 'https://a.example/t', availableScopes: {read: Reads.}}"
    scheme = f"{{type: oauth2, flows: {{clientCredentials: {flow}}}, scopes: [read]}}"
    path = tmp_path / "asyncapi.yaml"
    path.write_text(
        NEWER.replace("REST", f"security: [{scheme}]")
        + "servers: {s: {host: h.example, protocol: wss}}\n"
    )
    build(path, tmp_path / "t").apply()
    assert 'scopes=["read"]' in (tmp_path / "t/handlers.py").read_text()


def test_a_message_carries_what_is_read_only(tmp_path: Path) -> None:
    payload = "{type: object, required: [at], properties: {at: {type: string, readOnly: true}}}"
    older(tmp_path, message=f"{{payload: {payload}}}")
    build(tmp_path / "asyncapi.yaml", tmp_path / "t").apply()
    assert "    at: str\n" in (tmp_path / "t/t_service/models.py").read_text()


@pytest.mark.parametrize("name", ["careless", "shared-replies"])
def test_every_operation_has_a_test_that_sends_something(
    tmp_path: Path, name: str
) -> None:
    build(NASTY / f"{name}.yaml", tmp_path / name).apply()
    (suite,) = (tmp_path / name / "tests").glob("test_*_messages.py")
    assert "pytest.skip" not in suite.read_text()


def test_extras_of_one_package_are_one_requirement() -> None:
    wanted = ("a[x]>=1", "a[y]>=1", "b>=2,<3", "c[z]")
    assert together(wanted) == ("a[x,y]>=1", "b>=2,<3", "c[z]")

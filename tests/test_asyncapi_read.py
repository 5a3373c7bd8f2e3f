"""What is read of AsyncAPI documents: all that a plain walk over the text finds, in the model's words."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from generator.channels import Channel, Exchange, Message
from generator.load import load
from generator.meaning import meaning
from generator.model import Api, Schema
from generator.problems import Problem, Refused
from generator.read.asyncapi import read
from generator.rules.limits import limits
from generator.rules.walk import messages
from generator.shape import shape

CORPUS = Path(os.environ.get("GEN_CORPUS", "../shared/corpus")) / "asyncapi"
INVALID = {"cli-invalid.yaml"}
"""What npm's @asyncapi/parser refuses, of all the corpus: this one has no `info.version`."""


def corpus() -> list[Path]:
    """The entry file of every AsyncAPI document of the corpus; none where there is no corpus."""
    found = sorted(CORPUS.iterdir()) if CORPUS.is_dir() else []
    return [
        next(each.rglob("asyncapi.yaml")) if each.is_dir() else each for each in found
    ]


def needs_corpus() -> None:
    if not CORPUS.is_dir():
        pytest.skip(f"NO CORPUS at {CORPUS.absolute()}: set GEN_CORPUS")


class Walker:
    """Follows a document by hand: sees channels, operations, messages, parameters and bindings."""

    def __init__(self, path: Path) -> None:
        self.files: dict[Path, Any] = {}
        self.path = path.resolve()
        self.document = self.file(self.path)
        self.is_newer = str(self.document["asyncapi"]).startswith("3")

    def file(self, path: Path) -> Any:
        if path not in self.files:
            self.files[path] = yaml.load(path.read_text(), yaml.BaseLoader)
        return self.files[path]

    def at(self, value: Any, where: Path) -> tuple[Any, Path, str]:
        """What $refs lead to, the file that it is in, and a name for the place."""
        name = str(id(value))
        while isinstance(value, dict) and "$ref" in value:
            file, _, pointer = str(value["$ref"]).partition("#")
            where = (where.parent / file).resolve() if file else where
            value, name = self.file(where), f"{where}#{pointer}"
            for token in pointer.split("/")[1:]:
                token = token.replace("%7B", "{").replace("%7D", "}")
                value = value[token.replace("~1", "/").replace("~0", "~")]
                if isinstance(value, dict) and "$ref" in value:
                    value, where, _ = self.at(value, where)
        return value, where, str(id(value))

    def counts(self) -> dict[str, int]:
        channels = [
            self.at(each, self.path)
            for each in (self.document.get("channels") or {}).values()
        ]
        operations = list(self.operations(channels))
        found = {key: None for key in self.messages(channels, operations)}
        return {
            "channels": len(channels),
            "exchanges": len(operations),
            "messages": len(found),
            "parameters": sum(map(self.parameters, self.addressed(channels))),
            "bindings": sum(self.bindings(*each[:2]) for each in channels)
            + sum(self.bindings(*each[:2]) for each in operations)
            + sum(
                self.bindings(*self.at(each, self.path)[:2])
                for each in (self.document.get("servers") or {}).values()
            ),
        }

    def addressed(
        self, channels: list[tuple[Any, Path, str]]
    ) -> Iterator[tuple[str, Any]]:
        """Each channel with its address."""
        keys = list(self.document.get("channels") or {})
        for key, (channel, _, _) in zip(keys, channels, strict=True):
            yield str(channel.get("address")) if self.is_newer else key, channel

    def parameters(self, channel: tuple[str, Any]) -> int:
        """The parameters that are declared, and those that the address names only."""
        address, value = channel
        named = {part.split("}")[0] for part in address.split("{")[1:]}
        return len(named | set(value.get("parameters") or {}))

    def operations(
        self, channels: list[tuple[Any, Path, str]]
    ) -> Iterator[tuple[Any, Path, str]]:
        if self.is_newer:
            for each in (self.document.get("operations") or {}).values():
                yield self.at(each, self.path)
            return
        for channel, where, _ in channels:
            for key in ("publish", "subscribe"):
                if key in channel:
                    yield self.at(channel[key], where)

    def messages(
        self,
        channels: list[tuple[Any, Path, str]],
        operations: list[tuple[Any, Path, str]],
    ) -> Iterator[str]:
        """The place of each message that a channel has."""
        for channel, where, _ in channels:
            for each in (channel.get("messages") or {}).values():
                yield self.at(each, where)[2]
        for operation, where, _ in operations:
            if not self.is_newer and "message" in operation:
                message, inner, key = self.at(operation["message"], where)
                several = message.get("oneOf")
                yield from (self.at(one, inner)[2] for one in several or [])
                if several is None:
                    yield key

    def bindings(self, holder: Any, where: Path) -> int:
        """How many protocols an object and its traits are bound to."""
        protocols: set[str] = set()
        for each in (holder, *holder.get("traits", ())):
            value, inner, _ = self.at(each, where)
            bound, _, _ = self.at(value.get("bindings") or {}, inner)
            protocols |= {name for name in bound if not name.startswith("x-")}
        return len(protocols)


def counted(api: Api) -> dict[str, int]:
    """The same of what was read."""
    return {
        "channels": len(api.channels),
        "exchanges": len(api.exchanges),
        "messages": len(messages(api)),
        "parameters": sum(len(channel.parameters) for channel in api.channels),
        "bindings": sum(
            len(each.bindings) for each in (*api.channels, *api.exchanges, *api.servers)
        ),
    }


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.parts[-1])
def test_everything_in_a_document_is_read(path: Path) -> None:
    api, _ = read(load(path))
    assert counted(api) == Walker(path).counts()


def test_the_corpus_is_there() -> None:
    needs_corpus()
    assert len(corpus()) >= 60


def everything(path: Path) -> list[Problem]:
    """All that is said about a document, as far as it can be read."""
    documents = load(path)
    problems = shape(documents)
    if not any(each.severity == "error" for each in problems):
        api, found = read(documents)
        problems += [*found, *limits(api)]
        if not any(each.severity == "error" for each in problems):
            problems += meaning(api)
    for problem in problems:
        span = problem.at if not hasattr(problem.at, "path") else None
        assert span is not None or documents.span(problem.at)  # type: ignore[arg-type]
    return problems


@pytest.mark.parametrize("path", corpus(), ids=lambda path: path.parts[-1])
def test_what_the_official_parser_accepts_has_no_error(path: Path) -> None:
    errors = [each for each in everything(path) if each.severity == "error"]
    assert bool(errors) == (path.name in INVALID), errors


def said(folder: Path, text: str, **files: str) -> tuple[Api, list[Problem]]:
    """Read a document of a few lines; `files` stand beside it."""
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content)
    path = folder / "asyncapi.yaml"
    path.write_text(text)
    documents = load(path)
    problems = shape(documents)
    assert not [each for each in problems if each.severity == "error"], problems
    return read(documents)


def three(rest: str) -> str:
    return f"asyncapi: 3.0.0\ninfo: {{title: T, version: '1'}}\n{rest}"


def two(rest: str) -> str:
    return f"asyncapi: 2.6.0\ninfo: {{title: T, version: '1'}}\n{rest}"


def only(api: Api) -> tuple[Exchange, Channel, Message]:
    exchange = api.exchanges[0]
    return exchange, exchange.channel, exchange.messages[0]


def property_of(api: Api, schema: Schema | None, name: str) -> Schema:
    assert schema is not None
    while schema.ref is not None:
        schema = api.schemas[schema.ref]
    return next(each.schema for each in schema.properties if each.name == name)


def test_what_others_publish_is_received(tmp_path: Path) -> None:
    api, _ = said(
        tmp_path,
        two(
            "channels:\n  lit/{lamp}:\n    parameters: {lamp: {schema: {enum: [a], default: a}}}\n"
            "    publish: {message: {payload: {type: string}}}\n"
            "    subscribe: {operationId: told, message: {messageId: Told, payload: {}}}\n"
        ),
    )
    received, sent = api.exchanges
    assert (received.action, received.id, received.id_given) == (
        "receive",
        "receiveLitLamp",
        False,
    )
    assert (sent.action, sent.id, sent.id_given) == ("send", "told", True)
    assert received.channel is sent.channel
    assert received.channel.address == "lit/{lamp}"
    assert [(p.enum, p.default) for p in received.channel.parameters] == [(("a",), "a")]
    assert [each.name for each in received.channel.messages] == [
        "receiveLitLampMessage",
        "Told",
    ]


def test_several_messages_of_an_operation_are_each_one(tmp_path: Path) -> None:
    api, _ = said(
        tmp_path,
        two(
            "channels: {a: {publish: {operationId: op, message: {oneOf: ["
            "{name: one, payload: {}}, {$ref: '#/components/messages/Two'}, {payload: {}}]}}}}\n"
            "components: {messages: {Two: {payload: {}}}}\n"
        ),
    )
    names = [each.name for each in api.exchanges[0].messages]
    assert names == ["one", "Two", "opMessage3"]


TRAITED = """
    traits: [{$ref: '#/components/messageTraits/common'}]
    contentType: text/plain
    headers: {type: object, properties: {own: {type: string}, both: {type: integer}}}
"""
TRAITS = """
    common:
      contentType: application/json
      summary: Shared.
      headers: {type: object, properties: {shared: {type: string}, both: {type: string}}}
"""


def test_in_3_what_a_message_says_itself_counts(tmp_path: Path) -> None:
    channel = "{address: a, messages: {m: {$ref: '#/components/messages/m'}}}"
    api, _ = said(
        tmp_path,
        three(
            f"channels: {{a: {channel}}}\n"
            "operations: {op: {action: receive, channel: {$ref: '#/channels/a'}}}\n"
            f"components:\n  messages:\n   m:{TRAITED}\n  messageTraits:{TRAITS}"
        ),
    )
    _, _, message = only(api)
    assert (message.content_type, message.summary) == ("text/plain", "Shared.")
    assert property_of(api, message.headers, "both").types == ("integer",)
    assert property_of(api, message.headers, "shared").types == ("string",)
    assert property_of(api, message.headers, "own").types == ("string",)


def test_in_2_a_trait_is_merged_over_the_message(tmp_path: Path) -> None:
    api, _ = said(
        tmp_path,
        two(
            "channels: {a: {publish: {message: {$ref: '#/components/messages/m'}}}}\n"
            f"components:\n  messages:\n   m:{TRAITED}\n  messageTraits:{TRAITS}"
        ),
    )
    _, _, message = only(api)
    assert (message.content_type, message.summary) == ("application/json", "Shared.")
    assert property_of(api, message.headers, "both").types == ("string",)
    assert property_of(api, message.headers, "own").types == ("string",)


def test_a_trait_in_another_file_leads_where_it_led(tmp_path: Path) -> None:
    api, problems = said(
        tmp_path,
        three(
            "channels: {a: {address: a, messages: {m: {traits: [{$ref: 'x.yaml#/trait'}], "
            "headers: {properties: {own: {}}}}}}}\n"
            "operations: {op: {action: send, channel: {$ref: '#/channels/a'}}}\n"
        ),
        x="trait: {headers: {properties: {far: {$ref: '#/Far'}}}}\nFar: {type: integer}\n",
    )
    assert problems == []
    far = property_of(api, only(api)[2].headers, "far")
    assert far.ref is not None and api.schemas[far.ref].types == ("integer",)


def test_an_operation_takes_its_own_messages_else_all(tmp_path: Path) -> None:
    api, _ = said(
        tmp_path,
        three(
            "channels: {a: {address: a, messages: {x: {payload: {}}, y: {payload: {}}}}}\n"
            "operations:\n"
            "  all: {action: send, channel: {$ref: '#/channels/a'}}\n"
            "  one: {action: receive, channel: {$ref: '#/channels/a'}, "
            "messages: [{$ref: '#/channels/a/messages/y'}]}\n"
        ),
    )
    first, second = api.exchanges
    assert [each.name for each in first.messages] == ["x", "y"]
    assert second.messages == (first.channel.messages[1],)


def test_a_reply_says_where_it_goes_and_what_it_is(tmp_path: Path) -> None:
    api, _ = said(
        tmp_path,
        three(
            "channels:\n"
            "  ask: {address: ask, messages: {m: {correlationId: {location: $message.header#/id}}}}\n"
            "  answer: {address: null, messages: {n: {payload: {}}}}\n"
            "operations:\n"
            "  op:\n"
            "    action: receive\n"
            "    channel: {$ref: '#/channels/ask'}\n"
            "    reply: {$ref: '#/components/replies/r'}\n"
            "components:\n"
            "  replies: {r: {address: {$ref: '#/components/replyAddresses/back'}, "
            "channel: {$ref: '#/channels/answer'}}}\n"
            "  replyAddresses: {back: {location: $message.header#/replyTo}}\n"
        ),
    )
    exchange, _, message = only(api)
    assert message.correlation == "$message.header#/id"
    reply = exchange.reply
    assert reply is not None and reply.address == "$message.header#/replyTo"
    assert reply.channel is api.channels[1] and reply.channel.address is None
    assert [each.name for each in reply.messages] == ["n"]


def test_servers_have_an_address_and_needs(tmp_path: Path) -> None:
    api, problems = said(
        tmp_path,
        three(
            "servers:\n"
            "  web: {host: 'x.io:{port}', pathname: /v1, protocol: WSS, "
            "variables: {port: {default: '443'}}, security: [{$ref: '#/components/securitySchemes/key'}]}\n"
            "  bus: {host: y.io, protocol: nats, security: [{type: userPassword}]}\n"
            "channels: {a: {address: a, servers: [{$ref: '#/servers/web'}], messages: {m: {payload: {}}}}}\n"
            "operations: {op: {action: send, channel: {$ref: '#/channels/a'}}}\n"
            "components: {securitySchemes: {key: {type: httpApiKey, name: k, in: header}}}\n"
        ),
    )
    web, bus = api.servers
    assert (web.url, web.protocol) == ("wss://x.io:{port}/v1", "wss")
    assert web.variables == (("port", "443", ()),)
    assert api.schemes["key"].type == "apiKey" and list(api.schemes) == ["key"]
    assert [need.scheme for need in api.exchanges[0].security[0]] == ["key"]
    assert (bus.url, bus.security) == ("nats://y.io", ())
    assert [each.code for each in problems] == ["broker-credentials"]
    assert api.channels[0].servers == (web,)


def payload(tmp_path: Path, text: str, **files: str) -> tuple[Api, Schema, list[str]]:
    api, problems = said(
        tmp_path,
        three(
            f"channels: {{a: {{address: a, messages: {{m: {{payload: {text}}}}}}}}}\n"
            "operations: {op: {action: send, channel: {$ref: '#/channels/a'}}}\n"
            "components: {schemas: {Old: {schemaFormat: 'application/vnd.oai.openapi;version=3.0.0', "
            "schema: {type: string, nullable: true}}, Plain: {type: string}}}\n"
        ),
        **files,
    )
    found = only(api)[2].payload
    assert found is not None
    while found.ref is not None:
        found = api.schemas[found.ref]
    return api, found, [each.code for each in problems]


def test_draft_7_is_read_in_todays_words(tmp_path: Path) -> None:
    _, schema, _ = payload(
        tmp_path,
        "{items: [{type: string}, {type: integer}], additionalItems: false, "
        "minimum: 3, exclusiveMinimum: true, "
        "dependencies: {a: [b], c: {required: [d]}}}",
    )
    assert [each.types for each in schema.prefix_items] == [("string",), ("integer",)]
    assert schema.items is not None and schema.items.never
    assert (schema.minimum, schema.exclusive_minimum) == (None, 3)
    assert schema.dependent_required == {"a": ("b",)}
    assert [name for name, _ in schema.dependent_schemas] == ["c"]


def test_a_discriminator_is_the_name_of_a_property(tmp_path: Path) -> None:
    _, schema, _ = payload(
        tmp_path, "{discriminator: kind, properties: {kind: {type: string}}}"
    )
    assert schema.discriminator is not None
    assert schema.discriminator.property == "kind"


def test_a_schema_in_the_words_of_openapi_3_0_may_be_null(tmp_path: Path) -> None:
    _, schema, _ = payload(tmp_path, "{$ref: '#/components/schemas/Old'}")
    assert schema.types == ("string", "null")
    _, plain, _ = payload(tmp_path, "{type: string, nullable: true}")
    assert plain.types == ("string",)


AVRO = """{schemaFormat: application/vnd.apache.avro;version=1.9.0, schema: {
  type: record, name: Tree, namespace: a.b, doc: A tree., fields: [
    {name: id, type: {type: string, logicalType: uuid}},
    {name: size, type: int, default: 3},
    {name: kind, type: {type: enum, name: Kind, symbols: [OAK, ELM]}},
    {name: again, type: Kind},
    {name: tags, type: {type: map, values: {type: array, items: [\"null\", long]}}},
    {name: parent, type: [\"null\", a.b.Tree], default: null}]}}"""


def test_avro_becomes_the_json_that_carries_it(tmp_path: Path) -> None:
    api, tree, problems = payload(tmp_path, AVRO)
    fields = {each.name: each.schema for each in tree.properties}
    assert problems == []
    assert (tree.name, tree.description) == ("Tree", "A tree.")
    assert tree.required == ("id", "kind", "again", "tags")
    assert (fields["id"].types, fields["id"].format) == (("string",), "uuid")
    assert (fields["size"].maximum, fields["size"].default) == (2**31 - 1, 3)
    assert fields["kind"].ref == fields["again"].ref
    assert api.schemas[str(fields["kind"].ref)].enum == ("OAK", "ELM")
    values = fields["tags"].additional
    assert values is not None and values.items is not None
    assert [each.types for each in values.items.any_of] == [("null",), ("integer",)]
    assert fields["parent"].any_of[1].ref == tree.key


def test_avro_in_a_file_of_its_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "lit.avsc").write_text(
        json.dumps({"type": "record", "name": "Lit", "fields": []})
    )
    _, schema, problems = payload(
        tmp_path,
        "{schemaFormat: application/vnd.apache.avro, schema: {$ref: lit.avsc}}",
    )
    assert (schema.name, schema.types, problems) == ("Lit", ("object",), [])


def test_an_operation_is_marked_and_named(tmp_path: Path) -> None:
    api, _ = said(
        tmp_path,
        three(
            "x-processing: {attempts: 7, base: /jobs}\n"
            "channels: {a: {address: a, x-python-name: lane, messages: {m: {payload: {}}}}}\n"
            "operations: {op: {action: receive, channel: {$ref: '#/channels/a'}, "
            "x-processing: async, x-python-name: doIt}}\n"
        ),
    )
    exchange, channel, _ = only(api)
    assert exchange.is_async and exchange.processing.attempts == 7
    assert (exchange.python_name, channel.python_name, api.base) == (
        "doIt",
        "lane",
        "/jobs",
    )


def test_a_schema_that_names_itself_does_not_hide_the_components(
    tmp_path: Path,
) -> None:
    _, schema, problems = payload(
        tmp_path,
        "{$id: 'Own', properties: {p: {$ref: '#/components/schemas/Plain'}}}",
    )
    assert problems == []
    assert schema.properties[0].schema.ref is not None


JUNK = (None, True, 7, -1.5, "", "text", "#/x", [], [[]], {}, {"$ref": "#"}, {"a": []})


def mutated(document: Any, chance: random.Random) -> Any:
    """A document with three of its values replaced, removed or moved."""
    document = json.loads(json.dumps(document))
    for _ in range(3):
        spots = list(places(document))
        if not spots:
            break
        holder, key = chance.choice(spots)
        what = chance.randrange(4)
        if what == 0:
            del holder[key]
        elif what == 1 and isinstance(holder, dict):
            holder[f"{key}x"] = holder.pop(key)
        elif what == 2:
            other, name = chance.choice(spots)
            holder[key] = json.loads(json.dumps(other[name]))
        else:
            holder[key] = chance.choice(JUNK)
    return document


def places(document: Any) -> Iterator[tuple[Any, Any]]:
    stack = [document]
    while stack:
        here = stack.pop()
        inside = here.items() if isinstance(here, dict) else enumerate(here)
        for key, value in list(inside):
            yield here, key
            if isinstance(value, dict | list):
                stack.append(value)


@pytest.mark.parametrize("seed", range(6))
def test_no_mutant_crashes(seed: int, tmp_path: Path) -> None:
    needs_corpus()
    chance = random.Random(seed)
    entries = [path for path in corpus() if path.parent == CORPUS]
    for number in range(50):
        whole = load(chance.choice(entries)).root
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(mutated(whole, chance)))
        try:
            everything(path)
        except Refused as refused:
            assert refused.problems

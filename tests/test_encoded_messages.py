"""Messages in Avro and Protobuf: the emitted service and client against programs that know only the document."""

from __future__ import annotations

import importlib
import io
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import fastavro
import pytest
import yaml
from google.protobuf import json_format
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from hostile import CODE
from runtime.framed_codec import Framed
from runtime.protobuf_codec import Protobuf
from test_hostile import Imported, attempt, imported

from generator.build import build, check
from generator.channels import Message, ProtobufWire
from generator.problems import Refused, show
from generator.targets.message_kinds import payload_class
from generator.targets.models import Models

__all__ = ["imported"]
HERE = Path(__file__).parent
sys.path += [str(HERE / "runtime"), str(HERE / "client")]
from building import importable  # noqa: E402
from messaging_shop import awaited, until  # noqa: E402

DOCUMENT = HERE / "messages" / "encoded.yaml"
RAW = yaml.safe_load(DOCUMENT.read_text())
DEVICE = UUID("123e4567-e89b-42d3-a456-426614174000")
READING = {
    "id": "r1",
    "value": 21.5,
    "kind": "LIGHT",
    "at": datetime(2026, 1, 2, 3, 4, 5, 678000, UTC),
    "day": date(2026, 1, 2),
    "hour": time(3, 4, 5),
    "price": Decimal("12.30"),
    "raw": b"\x00\xff",
    "mark": b"ab",
    "device": DEVICE,
    "note": None,
    "tags": ["a", "b"],
    "counts": {"x": 2**40},
    "nanos": 7,
    "room": {"floor": 3},
}


# What a foreign program does, which has the document and a library


def avro_schema(message: str) -> Any:
    payload = RAW["components"]["messages"].get(message, {}).get("payload")
    payload = payload or RAW["components"]["schemas"][message]
    return fastavro.parse_schema(payload["schema"])


def in_avro(message: str, value: Any) -> bytes:
    written = io.BytesIO()
    fastavro.schemaless_writer(written, avro_schema(message), value)
    return written.getvalue()


def from_avro(message: str, body: bytes) -> Any:
    return fastavro.schemaless_reader(io.BytesIO(body), avro_schema(message), None)


def compiled(text: str, name: str, folder: Path) -> Any:
    """The class of a message, by protoc itself."""
    (folder / "foreign.proto").write_text(text)
    command = "-I. -oforeign.out --include_imports foreign.proto".split()
    subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", *command], cwd=folder, check=True
    )
    pool = DescriptorPool()
    for file in FileDescriptorSet.FromString(
        (folder / "foreign.out").read_bytes()
    ).file:
        pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName(name))


@dataclass(frozen=True)
class Types:
    """The foreign program's classes."""

    order: Any
    receipt: Any
    told: Any


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> Types:
    folder = tmp_path_factory.mktemp("foreign")
    order = RAW["components"]["messages"]["order"]["payload"]["schema"]
    channels = RAW["channels"]
    receipt = channels["receipts"]["messages"]["receipt"]["payload"]["schema"]
    told = channels["told"]["messages"]["told"]["payload"]["schema"]
    return Types(
        compiled(order, "shop.Order", folder),
        compiled(f'syntax = "proto2"; {receipt}', "Receipt", folder),
        compiled(f'syntax = "proto3"; {told}', "Told", folder),
    )


def whole_order(types: Types) -> Any:
    """An order with every field set."""
    order = types.order(id="o1", cents=2**60, big=2**64 - 1, weight=1.5, paid=True)
    order.raw = b"\x00\xff"
    order.colour = 1
    order.items.add(name="lamp", number=2)
    order.by_name["a"].name = "bulb"
    order.counts[-(2**60)] = -5
    order.flags[True] = "yes"
    order.cash.given = -3
    order.note = ""
    order.at.FromDatetime(datetime(2026, 1, 2, 3, 4, 5, 678901))
    order.within.seconds = 90
    order.maybe.value = 2**60
    order.extra.update({"free": [1.5, None]})
    order.any.Pack(types.order.Cash(given=1), "type.googleapis.com/")
    order.parent.id = "o0"
    return order


# The service


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    folder = tmp_path_factory.mktemp("encoded")
    build([DOCUMENT], folder).apply()
    with importable(folder, "encoded_service"), importable(folder, "encoded_client"):
        service = importlib.import_module("encoded_service")
        yield service, importlib.import_module("encoded_client")


Came = tuple[bytes, Mapping[str, str]]


@dataclass(frozen=True)
class Bench:
    """A running service, its broker, what its handlers were given, and what came back."""

    broker: Any
    service: Any
    given: list[Any] = field(default_factory=list)
    came: dict[str, list[Came]] = field(default_factory=dict)

    async def send(self, address: str, body: bytes, **headers: str) -> None:
        await self.broker.publish(address, body, headers)

    async def one(self, address: str) -> Came:
        """The next message at an address that is listened to."""
        await until(lambda: bool(self.came[address]))
        return self.came[address].pop(0)

    async def body(self) -> Any:
        """What the next handler was given."""
        await until(lambda: bool(self.given))
        return self.given.pop(0)


@asynccontextmanager
async def opened(
    packages: tuple[Any, Any], path: Path, *addresses: str
) -> AsyncIterator[Bench]:
    service = packages[0]
    models, given = service.models, list[Any]()

    async def judge(self: Any, body: Any, message: Any) -> Any:
        given.append(body)
        return models.Verdict(id=body.id, good=True)

    async def taken(self: Any, body: Any, message: Any) -> None:
        given.append(body)

    async def register(self: Any, body: Any, message: Any) -> Any:
        return models.Verdict(id=body.id, good=not body.good)

    async def order(self: Any, body: Any, message: Any) -> Any:
        given.append(body)
        return models.Receipt(id=body.id)

    async def work(self: Any, body: Any, job: Any) -> Any:
        given.append(body)
        return models.Receipt(id=body.id, copies=1)

    methods = dict(judge=judge, plant=taken, tell=taken, see=taken, register=register)
    methods |= dict(order=order, work=work)
    handlers = type("Handlers", (service.Handlers,), methods)()
    url = f"memory://{path}"
    settings = service.Settings(
        database_url=f"sqlite:///{path}/encoded.db", broker_url=url, grace=2.0
    )
    app = service.create_app(handlers, settings)
    async with app.running():
        await until(lambda: not app.service.awaits)
        bench = Bench(service.broker_of(url), service, given)
        for address in addresses:
            await listen(bench, address)
        yield bench


async def listen(bench: Bench, address: str) -> None:
    kept = bench.came.setdefault(address, [])

    async def keep(actual: str, body: bytes, headers: Mapping[str, str]) -> None:
        kept.append((body, headers))

    await bench.broker.subscribe(address, "foreign", keep)


@awaited
async def test_avro_comes_in_typed_and_its_reply_goes_out_in_avro(
    packages: tuple[Any, Any], tmp_path: Path
) -> None:
    async with opened(packages, tmp_path, "verdicts") as bench:
        await bench.send("readings", in_avro("reading", READING))
        body = await bench.body()
        assert {name: getattr(body, name) for name in READING if name != "room"} == {
            name: value for name, value in READING.items() if name != "room"
        }
        assert body.room.floor == 3
        reply, headers = await bench.one("verdicts")
    assert from_avro("Verdict", reply) == {"id": "r1", "good": True}
    assert headers["content-type"] == "application/vnd.apache.avro"
    assert headers["correlation-id"] == "r1", "it stands in the payload"


@awaited
async def test_protobuf_comes_in_typed_and_its_reply_goes_out_in_protobuf(
    packages: tuple[Any, Any], types: Types, tmp_path: Path
) -> None:
    models = packages[0].models
    async with opened(packages, tmp_path, "receipts") as bench:
        await bench.send("orders", whole_order(types).SerializeToString())
        body = await bench.body()
        reply, headers = await bench.one("receipts")
    assert (body.cents, body.big, body.maybe) == (2**60, 2**64 - 1, 2**60)
    assert (body.raw, body.colour, body.note, body.paid) == (
        b"\x00\xff",
        "RED",
        "",
        True,
    )
    assert body.items == [models.OrderItem(name="lamp", number=2)]
    assert body.by_name == {"a": models.OrderItem(name="bulb")}
    assert (body.counts, body.flags) == ({str(-(2**60)): -5}, {"true": "yes"})
    assert body.cash == models.OrderCash(given=-3) and "card" not in body.model_dump()
    assert body.at == datetime(2026, 1, 2, 3, 4, 5, 678901, UTC)
    assert (body.within, body.extra) == ("90s", {"free": [1.5, None]})
    assert body.any == {"@type": "type.googleapis.com/shop.Order.Cash", "given": 1}
    assert body.parent.id == "o0"
    assert types.receipt.FromString(reply) == types.receipt(id="o1", copies=2)
    assert headers["content-type"] == "application/protobuf"
    assert headers["correlation-id"] == "o1"


@awaited
async def test_what_a_protobuf_message_does_not_say_has_its_default(
    packages: tuple[Any, Any], tmp_path: Path
) -> None:
    async with opened(packages, tmp_path, "receipts") as bench:
        await bench.send("orders", b"")
        body = await bench.body()
    assert body == packages[0].models.Order()
    assert (body.id, body.cents, body.colour, body.items) == ("", 0, "NONE", [])


@awaited
async def test_a_protobuf_message_is_of_the_kind_that_knows_its_fields(
    packages: tuple[Any, Any], tmp_path: Path
) -> None:
    models = packages[0].models
    async with opened(packages, tmp_path) as bench:
        for body, wanted in (
            (b"\x0a\x01a", models.Opened(door="a")),
            (b"\x10\x05", models.Counted(people=5)),
        ):
            await bench.send("seen", body)
            assert await bench.body() == wanted
        await bench.send("seen", b"\x0a\x01a\x18\x01")
        assert (await bench.body()).model_extra == {"@unknown": [3]}
    channels = importlib.import_module("encoded_service.channels")
    newer = models.Opened(door="a", **{"@unknown": [3]})
    assert channels.OPENED_MESSAGE.write(newer)[0] == b"\x0a\x01a"


@awaited
async def test_protobuf_may_travel_as_json(
    packages: tuple[Any, Any], types: Types, tmp_path: Path
) -> None:
    told = types.told(cents=2**60, some_name="x")
    async with opened(packages, tmp_path) as bench:
        for names in (False, True):
            text = json_format.MessageToJson(told, preserving_proto_field_name=names)
            await bench.send("told", text.encode())
            body = await bench.body()
            assert (body.cents, body.some_name) == (2**60, "x")


@awaited
async def test_the_header_of_a_schema_registry_is_taken_off_and_put_on(
    packages: tuple[Any, Any], tmp_path: Path
) -> None:
    plain = in_avro("Verdict", {"id": "v1", "good": True})
    async with opened(packages, tmp_path, "registered") as bench:
        await bench.send("registered", b"\x00\x00\x00\x00\x09" + plain)
        await bench.one("registered")
        reply, _ = await bench.one("registered")
    assert reply[:5] == b"\x00\x00\x00\x01\x02"
    assert from_avro("Verdict", reply[5:]) == {"id": "v1", "good": False}


BROKEN = {
    "nothing": ("readings", b""),
    "cut off": ("readings", in_avro("reading", READING)[:-3]),
    "too long": ("readings", in_avro("reading", READING) + b"x"),
    "JSON for Avro": ("readings", b'{"id": "r1", "value": 1}'),
    "a union's branch that is not there": ("readings", b"\x02a\x09"),
    "a length without end": ("readings", b"\xff" * 30),
    "no registry's header": (
        "registered",
        in_avro("Verdict", {"id": "v", "good": True}),
    ),
    "a thousand inside each other": ("trees", b"\x02" * 1000 + b"\x00"),
    "a million inside each other": ("trees", b"\x02" * 900_000 + b"\x00"),
    "no message": ("orders", b"\xff\xff\xff"),
    "a text that is none": ("orders", b"\x0a\x02\xff\xfe"),
    "a value that the enum has not": ("orders", b"\x38\x09"),
    "JSON for Protobuf": ("orders", b'{"id": "o1"}'),
    "no number": ("orders", b"\x21" + b"\x00" * 6 + b"\xf8\x7f"),
    "JSON of other fields": ("told", b'{"cents": "x"}'),
    "an unknown field in JSON": ("told", b'{"other": 1}'),
}


@pytest.mark.parametrize(("address", "body"), BROKEN.values(), ids=BROKEN.keys())
@awaited
async def test_bytes_that_are_no_message_are_a_dead_letter(
    packages: tuple[Any, Any], tmp_path: Path, address: str, body: bytes
) -> None:
    good = {
        "readings": in_avro("reading", READING),
        "trees": b"\x02\x02\x00",
        "registered": b"\x00\x00\x00\x00\x00"
        + in_avro("Verdict", {"id": "v", "good": True}),
        "orders": b"",
        "told": b"{}",
    }
    async with opened(packages, tmp_path, f"{address}.dead") as bench:
        await bench.send(address, body)
        dead, headers = await bench.one(f"{address}.dead")
        assert dead == body
        assert json.loads(headers["x-problem"])["status"] in (400, 422)
        await bench.send(address, good[address])
        if address != "registered":
            await bench.body()


@awaited
async def test_messages_of_either_encoding_become_jobs(
    packages: tuple[Any, Any], types: Types, tmp_path: Path
) -> None:
    async with opened(packages, tmp_path, "receipts") as bench:
        sent = (in_avro("reading", READING), whole_order(types).SerializeToString())
        for body, id in zip(sent, ("r1", "o1"), strict=True):
            await bench.send("jobs", body)
            assert (await bench.body()).id == id
            reply, headers = await bench.one("receipts")
            assert types.receipt.FromString(reply) == types.receipt(id=id, copies=1)
            assert headers["correlation-id"] == id


@awaited
async def test_what_the_service_sends_says_its_address_in_avro(
    packages: tuple[Any, Any], tmp_path: Path
) -> None:
    async with opened(packages, tmp_path, "alarms.attic") as bench:
        publishers = importlib.import_module("encoded_service.publishers")
        await publishers.alarm(bench.service.models.Alarm(room="attic"))
        body, _ = await bench.one("alarms.attic")
    assert body == b"\x0aattic"


@awaited
async def test_the_client_speaks_both_encodings(
    packages: tuple[Any, Any], types: Types, tmp_path: Path
) -> None:
    models = packages[1].models
    reading = {**READING, "id": "mine", "room": models.Room(floor=1)}
    order = models.Order(id="o2", cents=2**60, cash=models.OrderCash(given=1))
    async with opened(packages, tmp_path, "orders", "alarms.hall") as bench:
        async with packages[1].Client(bench.broker) as client:
            verdict = await client.judge(models.Reading(**reading), timeout=20)
            assert verdict == models.Verdict(id="mine", good=True)
            receipt = await client.order(order, timeout=20)
            assert receipt == models.Receipt(id="o2", copies=2)
            job = await client.work(order)
            assert (await job.result(timeout=20)).copies == 1
            async with client.alarm(room="hall") as alarms:
                await bench.send("alarms.hall", b"\x08hall")
                assert (await anext(alarms)).body.room == "hall"
        body, _ = await bench.one("orders")
    assert types.order.FromString(body) == types.order(
        id="o2", cents=2**60, cash=types.order.Cash(given=1)
    )


def test_what_no_schema_carries_cannot_be_sent(packages: tuple[Any, Any]) -> None:
    channels = importlib.import_module("encoded_service.channels")
    models = packages[0].models
    both = models.Order.model_construct(card="1", cash=models.OrderCash())
    with pytest.raises(ValueError, match="how"):
        channels.ORDER_MESSAGE.write(both)
    reading = models.Reading(**{**READING, "room": models.Room(floor=1)})
    for wrong in ({"price": Decimal("1.234")}, {"mark": b"abc"}, {"other": 1}):
        with pytest.raises(ValueError):
            channels.READING_MESSAGE.write(reading.model_copy(update=wrong))


# Which encoding a document asks for

BINARY, PLAIN, NONE = "binary", "JSON", "bytes"


@pytest.mark.parametrize(
    ("content_type", "avro", "protobuf"),
    [
        (None, BINARY, BINARY),
        ("avro/binary", BINARY, NONE),
        ("application/vnd.apache.avro;version=1.9.0", BINARY, NONE),
        ("application/x-protobuf", NONE, BINARY),
        ("application/octet-stream", BINARY, BINARY),
        ("application/json", None, PLAIN),
        ("application/vnd.apache.avro+json", None, PLAIN),
        ("image/png", NONE, NONE),
    ],
)
@pytest.mark.parametrize("key", ["contentType", "defaultContentType"])
def test_the_content_type_says_how_a_message_is_written(
    content_type: str | None, avro: str | None, protobuf: str, key: str, tmp_path: Path
) -> None:
    for format, schema, wanted in ((AVRO, "string", avro), (PROTO, TEXT, protobuf)):
        made = document(format, schema)
        if content_type is not None:
            holder = made["channels"]["a"]["messages"]["m"] if key[0] == "c" else made
            holder[key] = content_type
        message, classed = read(made, tmp_path)
        assert classed == {None: "Json", NONE: "Binary"}.get(wanted, "Encoded")
        is_json = isinstance(message.wire, ProtobufWire) and message.wire.is_json
        assert is_json is (wanted == PLAIN)
        usual = {AVRO: "avro/binary", PROTO: "application/protobuf"}[format]
        assert message.content_type == (content_type or usual)


def test_a_schema_among_the_components_is_read_as_its_messages_are_written(
    tmp_path: Path,
) -> None:
    schema = {"type": "record", "name": "R", "fields": [{"name": "b", "type": "bytes"}]}
    made = document(AVRO, {"$ref": "#/components/schemas/R"})
    message = made["channels"]["a"]["messages"]["m"]
    message["payload"] = message["payload"]["schema"]
    held = {"schemaFormat": f"application/vnd.{AVRO}", "schema": schema}
    made["components"] = {"schemas": {"R": held, "Unused": held}}
    for content_type, format in (("avro/binary", "byte"), ("application/json", None)):
        message["contentType"] = content_type
        path = tmp_path / "document.json"
        path.write_text(json.dumps(made))
        api = check(path).api
        payload = api.exchanges[0].messages[0].payload
        while payload is not None and payload.ref is not None:
            payload = api.schemas[payload.ref]
        assert payload is not None
        assert [one.schema.format for one in payload.properties] == [format]


@pytest.mark.parametrize(
    ("text", "name", "indexes"),
    [
        ("message A { B b = 1; } message B {}", "A", b"\0"),
        ("message B {} message A { B b = 1; }", "A", b"\2\2"),
        ("message A {}\n/* @RootNode */\nmessage B {}", "B", b"\2\2"),
        ("message A { A a = 1; }", "A", b"\0"),
        ('syntax = "proto3"; package x.y; message A {}', "x.y.A", b"\0"),
        ("message A { required int32 x = 1; }", "A", b"\0"),
        ("// syntax\n/* = */ message A { int32 x = 1; }", "A", b"\0"),
    ],
)
def test_the_message_that_is_meant(
    text: str, name: str, indexes: bytes, tmp_path: Path
) -> None:
    wire = read(document(PROTO, text), tmp_path)[0].wire
    assert isinstance(wire, ProtobufWire)
    assert (wire.message, wire.indexes) == (name, indexes)


def test_the_header_of_a_registry_says_which_protobuf_message_it_is(
    tmp_path: Path,
) -> None:
    text = "message B { optional int32 x = 1; } message A { optional B b = 1; }"
    wire = read(document(PROTO, text), tmp_path)[0].wire
    assert isinstance(wire, ProtobufWire)
    plain = Protobuf(wire.message, b64encode(wire.file).decode())
    codec = Framed(plain, 5, wire.indexes)
    body = codec.encode({"b": {"x": 1}})
    assert body == b"\x00\x00\x00\x00\x05" + b"\x02\x02" + b"\x0a\x02\x08\x01"
    assert json.loads(codec.decode(body)) == {"b": {"x": 1}}
    for broken in (body[5:], body[:3], body.replace(b"\x02\x02", b"\x00", 1)):
        with pytest.raises(ValueError, match="header"):
            codec.decode(broken)


def test_a_oneof_has_no_more_fields_than_a_person_writes(tmp_path: Path) -> None:
    for count in (100, 101):
        fields = " ".join(f"int32 x{n} = {n};" for n in range(1, count + 1))
        made = document(PROTO, f"message M {{ oneof many {{ {fields} }} }}")
        if count == 100:
            assert read(made, tmp_path)
        else:
            with pytest.raises(
                Refused, match='more than 100 fields in the oneof "many"'
            ):
                read(made, tmp_path)


def test_a_protobuf_schema_may_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "lit.proto").write_text(
        'syntax = "proto3";\nmessage Lit { int32 x = 1; }\n'
    )
    message, classed = read(document(PROTO, {"$ref": "./lit.proto"}), tmp_path)
    assert isinstance(message.wire, ProtobufWire)
    assert (message.wire.message, classed) == ("Lit", "Encoded")
    build(tmp_path / "document.json", tmp_path / "project").apply()
    told = json.loads((tmp_path / "project/texts_service/asyncapi.json").read_text())
    assert "int32 x = 1;" in json.dumps(told)
    (tmp_path / "lit.proto").write_text("message Lit {\n  Colour is = 1;\n}")
    with pytest.raises(Refused) as refused:
        read(document(PROTO, {"$ref": "./lit.proto"}), tmp_path)
    shown = show(refused.value.problems[0], refused.value.documents)
    assert 'line 2: "Colour" is not defined' in shown and "lit.proto" in shown


def read(made: dict[str, Any], folder: Path) -> tuple[Message, str]:
    """The message of a document, and the class that reads and writes its body."""
    path = folder / "document.json"
    path.write_text(json.dumps(made))
    api = check(path).api
    message = api.exchanges[0].messages[0]
    return message, payload_class(message, Models(api, "service"))


# Texts that are code


def document(format: str, schema: Any) -> dict[str, Any]:
    payload = {"schemaFormat": f"application/vnd.{format}", "schema": schema}
    channel = {"address": "a", "messages": {"m": {"payload": payload}}}
    operation = {"action": "receive", "channel": {"$ref": "#/channels/a"}}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Texts", "version": "1"},
        "channels": {"a": channel},
        "operations": {"o": operation},
    }


def inside(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


SOME = [*CODE[::8], "class", "Client", "__class__"]
TEXT = "message M { string s = 1; }"
AVRO, PROTO = "apache.avro;version=1.12.0", "google.protobuf;version=3"


@pytest.mark.parametrize("text", SOME, ids=range(len(SOME)))
def test_a_text_in_avro_that_is_code_stays_data(
    text: str, tmp_path: Path, imported: Imported
) -> None:
    fields = [{"name": "a", "type": "string", "default": text, "doc": text}]
    fields.append({"name": text, "type": "int"})
    record = {"type": "record", "name": "R", "doc": text, "fields": fields}
    assert attempt(document(AVRO, record), inside(tmp_path, "record"), imported)
    for name in ("name", "namespace", "symbols"):
        schema = {"type": "enum", "name": "E", "symbols": ["A"], "fields": []}
        schema[name] = [text] if name == "symbols" else text
        attempt(document(AVRO, schema), inside(tmp_path, name), imported)


@pytest.mark.parametrize("text", SOME, ids=range(len(SOME)))
def test_a_text_in_protobuf_that_is_code_stays_data(
    text: str, tmp_path: Path, imported: Imported
) -> None:
    comment = text.replace("*/", "").replace("\x00", "")
    schema = f"/* {comment} */ message M {{ /* {comment} */ string class = 1; }}"
    assert attempt(document(PROTO, schema), inside(tmp_path, "comment"), imported)
    for place in ("{}", "message {} {{}}", "message M {{ string {} = 1; }}"):
        hostile = place.format(text)
        attempt(document(PROTO, hostile), inside(tmp_path, str(len(place))), imported)


@pytest.mark.parametrize(
    ("library", "format", "schema"),
    [("fastavro", AVRO, "string"), ("grpc_tools", PROTO, "message M {}")],
)
def test_a_library_that_is_not_installed_is_asked_for(
    library: str,
    format: str,
    schema: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "document.json"
    path.write_text(json.dumps(document(format, schema)))
    assert check(path).api.exchanges
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(Refused) as refused:
        check(path)
    (problem,) = refused.value.problems
    extra = {"fastavro": "avro", "grpc_tools": "protobuf"}[library]
    assert problem.code == "missing-library"
    assert problem.help == f"pip install 'respond-async[{extra}]'"


def test_a_project_asks_for_no_library_that_it_has_no_use_for(tmp_path: Path) -> None:
    schema: dict[str, Any] = {"type": "record", "name": "R", "fields": []}
    plain = document(AVRO, schema)
    plain["defaultContentType"] = "application/json"
    wanted: dict[str, set[str]] = {}
    for name, made in (("plain", plain), ("avro", document(AVRO, schema))):
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps(made))
        folder = tmp_path / name
        build(path, folder).apply()
        text = (folder / "texts_service/requirements.txt").read_text()
        wanted[name] = {line.partition(">")[0] for line in text.splitlines()}
    assert wanted["avro"] - wanted["plain"] == {"fastavro"}
    assert "protobuf" not in wanted["avro"]

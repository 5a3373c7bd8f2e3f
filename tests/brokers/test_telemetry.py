"""The telemetry example on mosquitto, met by a paho client that knows only the document."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import BrokerOf
from emitted import Example, readiness
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from servers import HOST, Mosquitto, Server

pytestmark = pytest.mark.brokers
MEASURED = "2026-05-01T12:00:00Z"


@pytest.fixture
def mosquitto(broker_of: BrokerOf) -> Server:
    return broker_of(Mosquitto)


@pytest.fixture
def telemetry(mosquitto: Server, tmp_path: Path) -> Example:
    return Example("telemetry", mosquitto.url, tmp_path)


class Peer:
    """A plain client: what it hears waits by topic."""

    def __init__(self, server: Server, version: MQTTProtocolVersion) -> None:
        self.heard: queue.Queue[MQTTMessage] = queue.Queue()
        self.client = Client(CallbackAPIVersion.VERSION2, protocol=version)
        self.client.on_message = lambda client, data, message: self.heard.put(message)
        self.client.connect(HOST, server.port)
        self.client.loop_start()

    def listen(self, topic: str) -> None:
        subscribed = queue.Queue[None]()
        self.client.on_subscribe = lambda *told: subscribed.put(None)
        self.client.subscribe(topic, 1)
        subscribed.get(timeout=20)

    def send(self, topic: str, body: object, **names: str) -> None:
        properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        if names:
            properties.UserProperty = list(names.items())
        content = body if isinstance(body, bytes) else json.dumps(body)
        known = properties if names else None
        self.client.publish(topic, content, 1, properties=known).wait_for_publish(20)

    def next(self) -> tuple[str, object]:
        message = self.heard.get(timeout=20)
        return message.topic, json.loads(message.payload)


@pytest.fixture(params=[MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311])
def peer(request: pytest.FixtureRequest, mosquitto: Server) -> Iterator[Peer]:
    peer = Peer(mosquitto, request.param)
    yield peer
    peer.client.disconnect()
    peer.client.loop_stop()


def test_a_warm_reading_raises_an_alert_and_opens_the_vents(
    telemetry: Example, peer: Peer
) -> None:
    with telemetry.ready():
        peer.listen("greenhouses/south/alerts")
        peer.listen("greenhouses/south/vents/commands")
        reading = {"celsius": 41.0, "measured": MEASURED}
        peer.send("greenhouses/south/sensors/t-1/readings", reading)
        assert dict([peer.next(), peer.next()]) == {
            "greenhouses/south/alerts": {"kind": "too-warm", "celsius": 41.0},
            "greenhouses/south/vents/commands": {"command": "open", "percent": 60},
        }


def test_a_calibration_is_a_job_whose_result_is_sent(
    telemetry: Example, peer: Peer
) -> None:
    with telemetry.ready():
        peer.listen("calibrations/done")
        for sensor, celsius in (("t-2", 20.0), ("t-3", 22.0)):
            reading = {"celsius": celsius, "measured": MEASURED}
            peer.send(f"greenhouses/east/sensors/{sensor}/readings", reading)
        peer.send("calibrations", {"sensorId": "t-2"})
        topic, body = peer.next()
        assert (topic, body) == ("calibrations/done", {"sensorId": "t-2", "offset": 1})


def test_a_bad_reading_is_kept_as_a_retained_dead_letter(
    telemetry: Example, mosquitto: Server
) -> None:
    peer = Peer(mosquitto, MQTTProtocolVersion.MQTTv5)
    where = "greenhouses/west/sensors/t-4/readings"
    with telemetry.ready():
        peer.send(where, {"celsius": 900, "measured": MEASURED}, battery="80")
        peer.send(where, {"celsius": 20, "measured": MEASURED}, battery="many")
        peer.listen(f"{where}.dead/+")
        letters = [peer.heard.get(timeout=20) for _ in range(2)]
        named = [dict(letter.properties.UserProperty) for letter in letters]  # type: ignore[union-attr]
        errors = [json.loads(names["x-problem"])["errors"][0] for names in named]
        places = {error.get("pointer", error.get("parameter")) for error in errors}
        assert places == {"#/celsius", "battery"}
        told = telemetry.told(
            "replay", "greenhouses/{greenhouseId}/sensors/{sensorId}/readings"
        )
        assert told.startswith("2 messages sent to ")
        # They are no better now, and stay dead letters.
        assert {replays(peer.heard.get(timeout=20)) for _ in range(4)} == {"", "1"}
    peer.client.disconnect()
    peer.client.loop_stop()


def replays(letter: MQTTMessage) -> str:
    """How often a dead letter has been replayed; nothing for one that was taken back."""
    assert letter.properties is not None
    names: dict[str, str] = dict(getattr(letter.properties, "UserProperty", []))
    return names.get("x-replayed", "")


def test_a_service_that_is_there_before_its_broker_waits_for_it(
    telemetry: Example, mosquitto: Server
) -> None:
    mosquitto.stop()
    try:
        with telemetry.running() as url:
            assert readiness(url) == 503
            mosquitto.start()
            telemetry.until_ready(url)
    finally:
        if not mosquitto.processes:
            mosquitto.start()

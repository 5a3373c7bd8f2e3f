"""A reader in a process of its own, to be killed: writes what it gets to a file, one line a message.

`python reader.py ROW URL NAME ADDRESS LOG SECONDS`; so many seconds it has each message in hand.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping

from rows import BY_NAME

# What stands for the id of a message that came as its payload alone.
NO_ID = "-"


async def main(
    row: str, url: str, name: str, address: str, log: str, seconds: str
) -> None:
    carrier = BY_NAME[row].carrier(url, name)

    async def deliver(where: str, body: bytes, headers: Mapping[str, str]) -> None:
        line = f"{headers.get('message-id', NO_ID)} {body.decode()}\n"
        with open(log, "a") as lines:
            lines.write(line)
        await asyncio.sleep(float(seconds))
        with open(log + ".done", "a") as lines:
            lines.write(line)

    await carrier.start()
    await carrier.subscribe(address, "g", deliver, 8, BY_NAME[row].options)
    print("reading", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(*sys.argv[1:]))

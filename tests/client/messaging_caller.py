"""What callers of the Lamps client write; only type-checked."""

from __future__ import annotations

from lamps_client import Client, MessageJob, models
from lamps_client.sync import Client as SyncClient


async def calls() -> None:
    async with Client() as client:
        await client.measure("l-1", models.LightMeasured(lumens=1), message_id="m-1")
        answer: str = (await client.ping(models.Ping(event="e"), timeout=10)).answer
        job: MessageJob[models.Repaired] = await client.repair(
            models.Repair(lamp=answer)
        )
        minutes: float = (await job.result(timeout=60)).minutes
        async with client.command(lamp_id="l-1", kind="dim") as messages:
            async for message in messages:
                if isinstance(message.body, models.Dimmed):
                    minutes += message.body.percentage
        async with client.check() as checks:
            async for check in checks:
                await check.reply(models.Pong(answer=check.body.lamp))


def calls_without_await() -> None:
    with SyncClient("nats://localhost:4222") as client:
        answer: str = client.ping(models.Ping(event="e")).answer
        minutes: float = client.repair(models.Repair(lamp=answer)).result(60).minutes
        with client.switches() as messages:
            for message in messages:
                print(message.body.command, minutes)

"""Secrets of subscriptions that were replaced: each signs beside the new one for a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Column, Connection, Float, Table, Text, delete, insert, select

from .signing import new_secret
from .store import metadata, now
from .subscriptions import DAY, Subscription, save

OVERLAP = DAY
MOST = 2
"""Old secrets that sign; with more, the header would be too long for some receivers."""

old_secrets = Table(
    "old_secrets",
    metadata,
    Column("subscription_id", Text, primary_key=True),
    Column("secret", Text, primary_key=True),
    Column("until", Float, nullable=False),
)


def rotate(connection: Connection, one: Subscription) -> Subscription:
    """The subscription with a new secret."""
    at = now()
    connection.execute(
        insert(old_secrets).values(
            subscription_id=one.id, secret=one.secret, until=at + OVERLAP
        )
    )
    rotated = replace(one, secret=new_secret(), updated=at)
    save(connection, rotated)
    return rotated


def old_secrets_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    """The old secrets that still sign, newest first, by subscription."""
    rows = connection.execute(
        select(old_secrets.c.subscription_id, old_secrets.c.secret)
        .where(old_secrets.c.subscription_id.in_(ids), old_secrets.c.until > now())
        .order_by(old_secrets.c.until.desc())
    )
    found: dict[str, list[str]] = {}
    for id, secret in rows:
        found.setdefault(id, []).append(secret)
    return {id: secrets[:MOST] for id, secrets in found.items()}


def forget(connection: Connection) -> None:
    """Delete the secrets that sign no more."""
    connection.execute(delete(old_secrets).where(old_secrets.c.until <= now()))

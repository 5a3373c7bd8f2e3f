"""The secret that signs an owner's callbacks, made when it is first needed."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Float, Table, Text, insert, select

from .signing import new_secret
from .store import metadata, now

NOBODY = ""
"""Stands for the owner of everything in a service without security."""

owner_secrets = Table(
    "owner_secrets",
    metadata,
    Column("owner", Text, primary_key=True),
    Column("secret", Text, nullable=False),
    Column("created", Float, nullable=False),
)

SECRET_OF = select(owner_secrets.c.secret)


def secret_of(connection: Connection, owner: str | None) -> str:
    """The owner's secret, made now if there is none yet; only for a write."""
    key = owner or NOBODY
    found = connection.scalar(SECRET_OF.where(owner_secrets.c.owner == key))
    if found is not None:
        return str(found)
    secret = new_secret()
    # One writer at a time: nobody can have made it since the line above.
    connection.execute(
        insert(owner_secrets).values(owner=key, secret=secret, created=now())
    )
    return secret

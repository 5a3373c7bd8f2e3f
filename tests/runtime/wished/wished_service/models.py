"""The schemas of Wished."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import MISSING, Field

from .runtime.formats import Uuid
from .runtime.model import File, Integer, Model


class Filter(Model):
    """What a listing is narrowed to."""

    color: Annotated[str | MISSING, Field(alias="color")] = MISSING
    sizes: Annotated[list[Integer] | MISSING, Field(alias="sizes")] = MISSING


class Item(Model):
    """Something in the catalogue, and how it was asked for."""

    id: Annotated[Uuid, Field(alias="id")]
    limit: Annotated[Integer, Field(alias="limit")]
    tags: Annotated[list[str], Field(alias="tags")]
    fields: Annotated[list[str], Field(alias="fields")]
    filter: Annotated[Filter | MISSING, Field(alias="filter")] = MISSING
    trace: Annotated[str | MISSING, Field(alias="trace")] = MISSING
    session: Annotated[str | MISSING, Field(alias="session")] = MISSING


class NewItem(Model):
    """An item to be."""

    name: Annotated[str, Field(alias="name", min_length=1)]
    price: Annotated[float, Field(alias="price", ge=0)]
    parts: Annotated[list[Part] | MISSING, Field(alias="parts")] = MISSING


class Part(Model):
    """A part of an item."""

    part_number: Annotated[Integer, Field(alias="partNumber")]


class ReportRequest(Model):
    """What a report is to contain."""

    rows: Annotated[Integer, Field(alias="rows", ge=1, le=1000000)]
    outcome: Annotated[
        Literal["fine", "refused", "broken"] | MISSING, Field(alias="outcome")
    ] = MISSING
    seconds: Annotated[float | MISSING, Field(alias="seconds", ge=0)] = MISSING
    callback_url: Annotated[str | MISSING, Field(alias="callbackUrl")] = MISSING


class Report(Model):
    """A report."""

    rows: Annotated[Integer, Field(alias="rows")]
    attempt: Annotated[Integer, Field(alias="attempt")]


class Refusal(Model):
    """Why a report is refused."""

    title: Annotated[str, Field(alias="title")]
    balance: Annotated[float | MISSING, Field(alias="balance")] = MISSING


class Upload(Model):
    """A photo with what is to be said about it."""

    photo: Annotated[File, Field(alias="photo")]
    more: Annotated[list[File] | MISSING, Field(alias="more")] = MISSING
    caption: Annotated[str | MISSING, Field(alias="caption")] = MISSING
    rating: Annotated[Integer | MISSING, Field(alias="rating")] = MISSING
    labels: Annotated[list[str] | MISSING, Field(alias="labels")] = MISSING
    place: Annotated[Place | MISSING, Field(alias="place")] = MISSING


class Place(Model):
    """Where a photo was taken."""

    latitude: Annotated[float, Field(alias="latitude")]
    longitude: Annotated[float, Field(alias="longitude")]


class Photo(Model):
    """What was uploaded."""

    name: Annotated[str | None, Field(alias="name")]
    size: Annotated[Integer, Field(alias="size")]
    files: Annotated[Integer, Field(alias="files")]
    caption: Annotated[str | MISSING, Field(alias="caption")] = MISSING
    rating: Annotated[Integer | MISSING, Field(alias="rating")] = MISSING
    labels: Annotated[list[str] | MISSING, Field(alias="labels")] = MISSING
    place: Annotated[Place | MISSING, Field(alias="place")] = MISSING


class Note(Model):
    """A note."""

    text: Annotated[str, Field(alias="text")]


class Secret(Model):
    """A secret and who asked for it."""

    name: Annotated[str, Field(alias="name")]
    caller: Annotated[str, Field(alias="caller")]


class Greeting(Model):
    """A greeting."""

    name: Annotated[str, Field(alias="name")]
    times: Annotated[Integer | MISSING, Field(alias="times")] = MISSING

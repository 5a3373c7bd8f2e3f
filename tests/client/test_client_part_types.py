"""Of several media types that a part may have, the client names the one that fits."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.form_bodies import FormField, Multipart
from runtime.forms import Multipart as Read
from runtime.model import File

IMAGES = FormField("image/png, image/tiff")


def sent(item: object, how: FormField) -> bytes:
    """The line of a part that says its media type."""
    body, _ = Multipart(Any, {"item": how}).encode({"item": item}, "multipart/form")
    (line,) = [one for one in body.split(b"\r\n") if one.startswith(b"Content-Type: ")]
    return line.removeprefix(b"Content-Type: ")


@pytest.mark.parametrize(
    ("item", "how", "kind"),
    [
        (File(b"x", "a.tiff", "image/x-own"), IMAGES, b"image/x-own"),
        (File(b"x", "a.tiff"), IMAGES, b"image/tiff"),
        (File(b"x", "a.png"), IMAGES, b"image/png"),
        (File(b"x", "a.gif"), IMAGES, b"image/png"),
        (b"x", IMAGES, b"image/png"),
        (b"x", FormField(), b"application/octet-stream"),
        ({"a": 1}, FormField("text/csv, application/json"), b"application/json"),
        ({"a": 1}, FormField("text/csv"), b"text/csv"),
        ("a", FormField("text/csv, application/json"), b"text/csv"),
    ],
)
def test_a_part_is_of_the_type_that_fits(
    item: object, how: FormField, kind: bytes
) -> None:
    assert sent(item, how) == kind


@pytest.mark.parametrize("kind", ["image/png", "image/tiff", "image/x-own"])
def test_a_service_takes_a_file_of_each(kind: str) -> None:
    body, content_type = Multipart(Any, {"item": IMAGES}).encode(
        {"item": File(b"x", "a", kind)}, "multipart/form-data"
    )
    read = Read(dict[str, File], {"item": "file"}).read(body, content_type)
    assert read == {"item": File(b"x", "a", kind)}

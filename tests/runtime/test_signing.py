"""Signatures, checked by the official verifiers of Standard Webhooks and of Svix."""

from __future__ import annotations

import time
from typing import Any

import pytest
import standardwebhooks
import svix.webhooks
from hypothesis import given
from hypothesis import strategies as st

from runtime.signing import BadSignature, key_of, new_secret, sign, verify

BODY = '{"item": "lämp"}'.encode()


def headers(
    *secrets: str, id: str = "evt_1", at: float | None = None
) -> dict[str, str]:
    timestamp = int(time.time() if at is None else at)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secrets, id, timestamp, BODY),
    }


@pytest.mark.parametrize("verifier", [standardwebhooks.Webhook, svix.webhooks.Webhook])
def test_official_verifiers_accept_what_we_sign(verifier: Any) -> None:
    old, new = new_secret(), new_secret()
    verifier(new).verify(BODY, headers(new))
    verifier(old).verify(BODY, headers(new, old))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        verifier(old).verify(BODY, headers(new))


def test_we_accept_what_the_official_library_signs() -> None:
    import datetime

    secret, at = new_secret(), int(time.time())
    moment = datetime.datetime.fromtimestamp(at, datetime.UTC)
    theirs = standardwebhooks.Webhook(secret).sign("evt_9", moment, BODY.decode())
    given = headers(secret, id="evt_9", at=at) | {"webhook-signature": theirs}
    assert given["webhook-signature"] == sign([secret], "evt_9", at, BODY)
    assert verify([secret], given, BODY, now=at) == "evt_9"


def test_any_one_of_the_secrets_is_enough_whatever_the_case_of_the_names() -> None:
    mine, other = new_secret(), new_secret()
    given = {name.title(): value for name, value in headers(mine).items()}
    assert verify([other, mine], given, BODY, now=time.time()) == "evt_1"


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "evt_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-timestamp": " 1"},
        {"webhook-timestamp": str(10**400)},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,é"},
        {"webhook-signature": "v1a,AAAA v2,BBBB"},
    ],
)
def test_a_changed_header_is_refused(change: dict[str, str]) -> None:
    secret = new_secret()
    with pytest.raises(BadSignature):
        verify([secret], headers(secret) | change, BODY, now=time.time())


def test_another_body_or_another_time_is_refused() -> None:
    secret, at = new_secret(), time.time()
    with pytest.raises(BadSignature):
        verify([secret], headers(secret), BODY + b" ", now=at)
    for when in (at - 302, at + 302):
        with pytest.raises(BadSignature):
            verify([secret], headers(secret, at=at), BODY, now=when)
    with pytest.raises(BadSignature):
        verify([], headers(secret), BODY, now=at)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_ä"])
def test_a_secret_that_holds_no_key_is_a_mistake_of_ours(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        key_of(secret)


@given(body=st.binary(max_size=200), id=st.text("abc_019", min_size=1))
def test_what_is_signed_verifies_whatever_the_body(body: bytes, id: str) -> None:
    secret = new_secret()
    given = {
        "webhook-id": id,
        "webhook-timestamp": "1000",
        "webhook-signature": sign([secret], id, 1000, body),
    }
    assert verify([secret], given, body, now=1000.5) == id

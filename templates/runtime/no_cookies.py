"""A client keeps no cookies: what one caller is given must not go out with another's call."""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy


def no_cookies() -> CookieJar:
    """A jar that takes nothing; what a call sends is what its arguments and credentials say."""
    return CookieJar(DefaultCookiePolicy(allowed_domains=[]))

"""The lines to change in a proxy, for nginx and Caddy. They are those of docs/operations.md, Behind a proxy."""

from typing import Final

UPGRADE: Final = """\
nginx, before server: map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
nginx, in location /: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; \
proxy_set_header Connection $connection_upgrade;
Caddy passes upgrades on by itself: take out header_up lines for Upgrade and Connection."""

SILENCE: Final = """\
nginx, in location /: proxy_read_timeout 75s; proxy_send_timeout 75s;
Caddy sets no limit by itself: take out stream_timeout; in transport http: read_timeout 75s, \
response_header_timeout 75s; in servers, timeouts: write 75s"""

BODY: Final = """\
nginx, in server: client_max_body_size 32m;
Caddy sets no limit by itself: request_body { max_size 32MB }"""

STREAM: Final = """\
nginx, in location /: proxy_request_buffering off;
Caddy does not by itself: take out request_buffers (in older versions buffer_requests)."""

FORWARDED: Final = """\
nginx, in location /: proxy_set_header X-Forwarded-For $remote_addr;
Caddy sets it by itself: take out header_up lines for X-Forwarded-For, and trusted_proxies that name visitors."""

HOST: Final = """\
nginx, in location /: proxy_set_header Host $host;
Caddy passes it on by itself: take out header_up Host."""

NO_REDIRECT: Final = """\
Another proxy in front of this one probably ends TLS, so this one must not send visitors from http to https:
nginx: keep "return 301 https://…" out of the server block that passes requests on to Deskwire.
Caddy: name the site with http:// there, as in http://desk.example.com { … }"""


def trust(addresses: str) -> str:
    """The setting under which the proxy is believed."""
    return f"Deskwire: DESKWIRE_FORWARDED_ALLOW_IPS={addresses}"

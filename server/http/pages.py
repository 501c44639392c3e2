"""HTML shells of the portal, the widget and the console, and the widget's loader. No user text in any of them.

Everything else on these pages comes from static/dist, whose manifest.json names the hashed files.
"""

from html import escape
from pathlib import Path
from typing import Final

import msgspec
from starlette.responses import RedirectResponse, Response

from server.errors import NotFound
from server.http.customers import portal_of
from server.http.routing import Call, Endpoint, Handler, Permission
from server.origin import LOOPBACK, host_name, origin_of

_PACKAGED: Final = Path(__file__).parents[1] / "_static"
_CHECKOUT: Final = Path(__file__).parents[2] / "static" / "dist"
DIST: Final = _PACKAGED if (_PACKAGED / "manifest.json").exists() else _CHECKOUT
"""The bundled front end: inside an installed package, else in the checkout."""

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'; trusted-types lit-html"
)
NO_FRAMES: Final = "frame-ancestors 'none'"


ICON: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#2456c9" d="M6 4h20a4 4 0 0 1 4 4v12a4 4 '
    '0 0 1-4 4H14l-7 6v-6H6a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4z"/><path fill="#fff" d="M8 10h16v3H8zm0 6h10v3H8z"/></svg>'
)


class Entry(msgspec.Struct):
    """Files of one page, relative to static/dist."""

    js: str
    css: list[str] | str | None = None
    imports: list[str] = []


def manifest() -> dict[str, Entry]:
    """What the bundler made. Raises FileNotFoundError with what to do when it has not run."""
    path = DIST / "manifest.json"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: run scripts/setup (or npm run build)")
    return msgspec.json.decode(path.read_bytes(), type=dict[str, Entry])


def shell(entry: str, title: str, attributes: dict[str, str], ancestors: str) -> Response:
    """A page that consists of one element."""
    files = manifest()[entry]
    css = [files.css] if isinstance(files.css, str) else files.css or []
    head = "".join(f'<link rel="stylesheet" href="/static/{name}">' for name in css)
    head += "".join(f'<link rel="modulepreload" href="/static/{name}">' for name in files.imports)
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in attributes.items())
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, '
        'interactive-widget=resizes-content"><meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="/icon.svg"><title>{escape(title)}</title>{head}'
        f'<script type="module" src="/static/{files.js}"></script></head>'
        f"<body{data}><dw-{entry}></dw-{entry}>"
        "<noscript><p>This page needs JavaScript to talk to the support desk.</p></noscript></body></html>"
    )
    return Response(
        html,
        media_type="text/html",
        headers={"content-security-policy": f"{CSP}; {ancestors}", "cache-control": "no-store"},
    )


async def portal_page(call: Call) -> Response:
    """The public page of a portal."""
    try:
        portal = await portal_of(call)
    except NotFound:
        # no slug can be "-": the page asks for its portal like any other, and explains that there is none
        page = shell("portal", "Deskwire", {"portal": "-"}, NO_FRAMES)
        page.status_code = 404
        return page
    page = shell("portal", portal.name, {"portal": portal.slug}, NO_FRAMES)
    if portal.disabled:  # gone, though whoever has a chat here goes on with it
        page.status_code = 410
    return page


async def widget_page(call: Call) -> Response:
    """The widget's frame: only the portal's sites may embed it."""
    portal = await portal_of(call)
    origins = portal.settings.origins
    ancestors = f"frame-ancestors {' '.join(origins)}" if origins else NO_FRAMES
    return shell("widget", portal.name, {"portal": portal.slug, "origins": " ".join(origins)}, ancestors)


async def widget_loader(_call: Call) -> Response:
    """The one line that a site includes."""
    script = (DIST / manifest()["loader"].js).read_bytes()
    return Response(
        script,
        media_type="text/javascript",
        headers={"cache-control": "public, max-age=300", "cross-origin-resource-policy": "cross-origin"},
    )


async def console_page(call: Call) -> Response:
    """The technicians' console, at the public address only."""
    settings = call.desk.settings
    if call.desk.hosts.portal(call.request.headers.get("host", "")) and not _at_public_address(call):
        return RedirectResponse(f"{settings.url}/console", 303)
    attributes = {}
    host = call.request.url.hostname or ""
    if not settings.url.startswith("https:") and host not in LOOPBACK:
        attributes["insecure"] = "1"
    return shell("console", "Deskwire", attributes, NO_FRAMES)


async def widget_demo(call: Call) -> Response:
    """A page of an imaginary company that includes the widget of the portal "demo", where there is one."""
    call.request.path_params["portal"] = "demo"
    await portal_of(call)
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Acorn Coffee Machines</title>'
        '<script src="/w/demo.js" async></script></head><body><main><h1>Acorn Coffee Machines</h1>'
        "<p>This page stands for your own site: it includes one script line, and the button at the bottom right "
        "opens a chat with your support desk.</p>"
        "<pre>&lt;script src=&quot;/w/demo.js&quot; async&gt;&lt;/script&gt;</pre></main></body></html>"
    )
    policy = "default-src 'none'; script-src 'self'; frame-src 'self'; style-src 'none'; base-uri 'none'"
    return Response(html, media_type="text/html", headers={"content-security-policy": f"{policy}; {NO_FRAMES}"})


async def icon(_call: Call) -> Response:
    """The icon of all our pages."""
    return Response(ICON, media_type="image/svg+xml", headers={"cache-control": "public, max-age=86400"})


async def root(call: Call) -> Response:
    """The portal that this host name shows (B-08); else to the console."""
    slug = call.desk.hosts.portal(call.request.headers.get("host", ""))
    if slug is None or _at_public_address(call):
        return RedirectResponse("/console", 303)
    call.request.path_params["portal"] = slug
    return await portal_page(call)


def _at_public_address(call: Call) -> bool:
    """A portal cannot take the console's host name."""
    return host_name(origin_of(call.desk.settings.url).partition("://")[2]) == host_name(
        call.request.headers.get("host", "")
    )


async def without_slash(call: Call) -> Response:
    """People paste a slash at the end. The path alone: nothing is built from the Host that a client types."""
    return RedirectResponse(call.request.scope["path"].rstrip("/"), 308)


def _page(path: str, handler: Handler) -> Endpoint:
    return Endpoint(
        method="GET",
        path=path,
        permission=Permission.PUBLIC,
        handler=handler,
        public_document=False,
        media=("text/html",),
    )


ROUTES: list[Endpoint] = [
    _page("/", root),
    _page("/icon.svg", icon),
    _page("/p/{portal}", portal_page),
    _page("/p/{portal}/", without_slash),
    _page("/w/{portal}.js", widget_loader),
    _page("/w/{portal}", widget_page),
    _page("/console", console_page),
    _page("/console/", without_slash),
    _page("/demo/widget", widget_demo),
]
"""Every route of this module."""

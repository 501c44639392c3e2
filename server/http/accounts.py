"""Sign-in and the own account. The session travels in a cookie that no script can read."""

from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from server.accounts.technicians import Session
from server.desk import shapes
from server.errors import BadInput, Busy, Forbidden, NotFound, Refused, TooMany, Unauthenticated
from server.http.routing import Call, Endpoint, Permission
from server.origin import LOOPBACK, SESSION_COOKIE, cookie, cookie_name
from server.protocol import codec, rest
from server.settings import Settings


async def sign_in(call: Call) -> Response:
    """Sign in with e-mail and password, and a code where the account has a second factor."""
    given: rest.SignIn = call.body
    technicians = call.desk.technicians
    check_transport(call.request, call.desk.settings)
    value, session = await technicians.sign_in(given.email, given.password, given.code, call.address, call.user_agent)
    replaced = cookie(call.request.headers, SESSION_COOKIE, call.desk.settings.url)
    if replaced is not None:
        await technicians.sign_out_cookie(replaced)
    body = codec.encode(rest.SignedIn(shapes.me(session.technician), session.must_change_password))
    response = Response(body, media_type="application/json")
    secure = call.desk.settings.url.startswith("https://")
    response.set_cookie(
        cookie_name(SESSION_COOKIE, secure=secure),
        value,
        max_age=call.desk.settings.session_hours * 3600,
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return response


async def sign_out(call: Call) -> Response:
    """End this session."""
    await call.desk.technicians.sign_out(own_session(call))
    return _without_cookie()


async def sign_out_everywhere(call: Call) -> Response:
    """End every session of mine, on every device."""
    await call.desk.technicians.sign_out_everywhere(own_session(call).technician.id)
    return _without_cookie()


async def me(call: Call) -> rest.SignedIn:
    """Who I am."""
    must_change = call.session is not None and call.session.must_change_password
    return rest.SignedIn(shapes.me(call.technician), must_change)


async def change_password(call: Call) -> None:
    """Change my password; my other sessions end."""
    body: rest.NewPassword = call.body
    session = own_session(call)
    await call.desk.technicians.own.change_password(call.technician.id, session.hash, body.current, body.new)


async def start_totp(call: Call) -> rest.TotpStart:
    """Ask for a secret for my authenticator."""
    own_session(call)
    secret, uri = await call.desk.technicians.own.start_totp(call.technician.id)
    return rest.TotpStart(secret, uri)


async def confirm_totp(call: Call) -> None:
    """Switch the second factor on by a first code."""
    own_session(call)
    body: rest.TotpCode = call.body
    await call.desk.technicians.own.confirm_totp(call.technician.id, body.code)


async def stop_totp(call: Call) -> None:
    """Switch the second factor off."""
    own_session(call)
    body: rest.TotpOff = call.body
    await call.desk.technicians.own.stop_totp(call.technician.id, body.password)


async def tokens(call: Call) -> rest.Tokens:
    """My API tokens."""
    found = await call.desk.technicians.own.tokens(call.technician.id)
    return rest.Tokens([rest.TokenInfo(one.id, one.name, one.created_at, one.used_at) for one in found])


async def new_token(call: Call) -> rest.Token:
    """Make an API token; it is shown once."""
    own_session(call)
    body: rest.NewToken = call.body
    token_id, token = await call.desk.technicians.own.new_token(call.technician.id, body.name)
    return rest.Token(token_id, token)


async def revoke_token(call: Call) -> None:
    """Revoke one of my API tokens."""
    own_session(call)
    await call.desk.technicians.own.revoke_token(call.technician.id, call.path("token"))


# --- shared ---------------------------------------------------------------------------------------------------------


def check_transport(request: Request, settings: Settings) -> None:
    """Refuse passwords that would travel readable. Raises Refused tls_required."""
    if insecure(request, settings) and not settings.insecure_http:
        raise Refused(
            "tls_required",
            "Sign-in needs HTTPS. Set public_url to the https:// address of this desk (behind a proxy), or start it"
            " with --tls-cert and --tls-key. In a network that you trust, the setting insecure_http allows it anyway.",
        )


def insecure(request: Request, settings: Settings) -> bool:
    """Plain HTTP from anywhere but this very machine."""
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        host = None
    return not settings.url.startswith("https://") and host not in LOOPBACK


def own_session(call: Call) -> Session:
    """The caller's session. An API token has none: it must not change how its owner signs in, nor make more tokens."""
    if call.session is None:
        raise Forbidden("This needs a session of the console; an API token cannot do it.")
    return call.session


def _without_cookie() -> Response:
    response = Response(status_code=204)
    for secure in (True, False):
        response.delete_cookie(cookie_name(SESSION_COOKIE, secure=secure), secure=secure, httponly=True, samesite="lax")
    return response


_SESSION, _TECHNICIAN = Permission.SESSION, Permission.TECHNICIAN

ROUTES: Final[list[Endpoint]] = [
    Endpoint(
        method="POST",
        path="/api/v1/sign-in",
        permission=Permission.PUBLIC,
        handler=sign_in,
        body=rest.SignIn,
        answer=rest.SignedIn,
        errors=(BadInput, Unauthenticated, Forbidden, Refused, TooMany, Busy),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/sign-out",
        permission=_SESSION,
        handler=sign_out,
        status=204,
        errors=(Unauthenticated, Forbidden),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/sign-out-everywhere",
        permission=_SESSION,
        handler=sign_out_everywhere,
        status=204,
        errors=(Unauthenticated, Forbidden),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/me",
        permission=_SESSION,
        handler=me,
        answer=rest.SignedIn,
        errors=(Unauthenticated,),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/me/password",
        permission=_SESSION,
        handler=change_password,
        body=rest.NewPassword,
        status=204,
        errors=(BadInput, Unauthenticated, Forbidden, TooMany, Busy),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/me/totp",
        permission=_TECHNICIAN,
        handler=start_totp,
        answer=rest.TotpStart,
        errors=(Unauthenticated, Forbidden, Refused),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/me/totp/confirm",
        permission=_TECHNICIAN,
        handler=confirm_totp,
        body=rest.TotpCode,
        status=204,
        errors=(BadInput, Unauthenticated, Forbidden, Refused),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/me/totp/off",
        permission=_TECHNICIAN,
        handler=stop_totp,
        body=rest.TotpOff,
        status=204,
        errors=(BadInput, Unauthenticated, Forbidden, TooMany, Busy),
    ),
    Endpoint(
        method="GET",
        path="/api/v1/me/tokens",
        permission=_TECHNICIAN,
        handler=tokens,
        answer=rest.Tokens,
        errors=(Unauthenticated, Forbidden),
    ),
    Endpoint(
        method="POST",
        path="/api/v1/me/tokens",
        permission=_TECHNICIAN,
        handler=new_token,
        body=rest.NewToken,
        answer=rest.Token,
        status=201,
        errors=(BadInput, Unauthenticated, Forbidden),
    ),
    Endpoint(
        method="DELETE",
        path="/api/v1/me/tokens/{token}",
        permission=_TECHNICIAN,
        handler=revoke_token,
        status=204,
        errors=(Unauthenticated, Forbidden, NotFound),
    ),
]

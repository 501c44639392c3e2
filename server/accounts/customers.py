"""Who a customer is: tokens of browsers and apps, resume links, signed identities.

A token is 256 bits; the database has its SHA-256. The token that opening a ticket hands out is derived from the
client_id, so that a repeated request (the answer got lost) gives the same answer without the token being stored.
"""

import hashlib
import hmac
import re
import secrets
from typing import Final

import jwt
import msgspec

from server.clock import Clock, now_ms
from server.domain.devices import DeviceClass
from server.domain.ids import is_id
from server.domain.limits import EMAIL_CHARS, NAME_CHARS
from server.domain.people import Customer
from server.errors import BadInput, Forbidden, NotFound, Unauthenticated
from server.settings import Settings
from server.store import customers as table
from server.store import tickets as ticket_table
from server.store.base import Store, Tx
from server.store.installation import Keys
from server.store.portals import PortalRecord

DAY_MS: Final = 86_400_000
RENEW_MS: Final = DAY_MS
"""A token's life is prolonged at most once a day: reading must not write."""
IDENTITY_SECONDS: Final = 3_600
"""A signed identity may not live longer than this."""
_NOT_IN_A_LINE: Final = re.compile("[\0\r\n\ud800-\udfff]")
"""What databases and headers choke on: NUL, line ends, halves of characters."""


def hashed(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class Identity(msgspec.Struct, frozen=True):
    """A person as the embedding site has signed it."""

    subject: str
    name: str | None
    email: str | None


class Customers:
    """Finds and makes customers."""

    def __init__(self, store: Store, settings: Settings, keys: Keys, clock: Clock = now_ms) -> None:
        self._store = store
        self._settings = settings
        self._keys = keys
        self._clock = clock

    async def by_token(self, token: str | None) -> Customer:
        """The customer of a cookie or bearer token. Raises Unauthenticated."""
        customer = await self.known(token)
        if customer is None:
            raise Unauthenticated("This chat is not known here any more.")
        return customer

    async def of_ticket(self, tokens: list[str], ticket_id: str) -> Customer:
        """The one of a browser's customers whose ticket this is, else any of them. Raises Unauthenticated."""
        customers = [customer for token in tokens if (customer := await self.known(token)) is not None]
        if not customers:
            raise Unauthenticated("This chat is not known here any more.")
        owner = await self._store.read(lambda conn: ticket_table.owner(conn, ticket_id))
        return next((customer for customer in customers if customer.id == owner), customers[0])

    async def known(self, token: str | None) -> Customer | None:
        """The customer of a cookie or bearer token, or None. Prolongs its life."""
        if not token:
            return None
        token_hash, now = hashed(token), self._clock()
        found = await self._store.ask(table.by_tokens, token_hash)
        if found is None or found[1] <= now:
            return None
        customer, expires_at = found
        if expires_at < self._expiry(now) - RENEW_MS:
            await self._store.write(lambda tx: self.remember(tx, customer, token, now))
        return customer

    def token_for(self, portal_id: str, client_id: str) -> str:
        """The token that opening a ticket with this client_id hands out."""
        return self._keys.mac("customer-token", portal_id, client_id)

    def remember(
        self, tx: Tx, customer: Customer, token: str, now: int, device_class: DeviceClass | None = None
    ) -> None:
        """From now on this token means this customer, on this kind of device."""
        table.add_token(tx.conn, customer, hashed(token), now, self._expiry(now), device_class)

    async def forget(self, token: str | None) -> None:
        """Forget this browser or app."""
        if token:
            await self._store.write(lambda tx: table.drop_token(tx.conn, hashed(token)))

    # --- resume links ---------------------------------------------------------------------------------------------

    def resume_secret(self, ticket_id: str) -> str:
        """The secret of a ticket's resume link: its id and 128 bits that only we can make."""
        return ticket_id + self._keys.mac("resume", ticket_id)[:32]

    async def resume(
        self, portal: PortalRecord, secret: str, device_class: DeviceClass | None = None
    ) -> tuple[Customer, str]:
        """(customer, new token) for a resume link of this portal. Raises NotFound for anything else."""
        ticket_id = secret[:32]
        if not is_id(ticket_id) or not hmac.compare_digest(self.resume_secret(ticket_id).encode(), secret.encode()):
            raise NotFound("This link is not valid.")
        token, now = secrets.token_hex(32), self._clock()

        def unit(tx: Tx) -> Customer:
            customer = ticket_table.customer_of(tx.conn, portal.id, ticket_id)
            if customer is None or customer.account_id is not None:  # who has an account comes in by its password
                raise NotFound("This link is not valid.")
            self.remember(tx, customer, token, now, device_class)
            return customer

        return await self._store.write(unit), token

    # --- short keys -----------------------------------------------------------------------------------------------

    def handover_hash(self, portal_id: str, key: str) -> str:
        """What the database keeps of a short key; without our secret nobody can try all of them."""
        return self._keys.mac("handover", portal_id, key)

    def session_key_hash(self, portal_id: str, key: str) -> str:
        """As ``handover_hash``, for a key that a technician has made for a newcomer."""
        return self._keys.mac("session-key", portal_id, key)

    # --- signed identities ----------------------------------------------------------------------------------------

    async def identify(
        self, portal: PortalRecord, signed: str, device_class: DeviceClass | None = None
    ) -> tuple[Customer, str]:
        """(verified customer, new token) for a signed identity. Raises Forbidden with the reason."""
        identity = verified_identity(portal.settings.identity_secrets, signed, self._clock() // 1000)
        token, now = secrets.token_hex(32), self._clock()

        def unit(tx: Tx) -> Customer:
            customer = table.by_subject(tx.conn, portal.id, identity.subject)
            if customer is None:
                customer = table.add(
                    tx.conn, portal.company_id, portal.id, identity.name, identity.email, identity.subject, now
                )
            elif (customer.name, customer.email) != (identity.name, identity.email):
                table.rename(tx.conn, customer.id, identity.name, identity.email)
                customer = msgspec.structs.replace(customer, name=identity.name, email=identity.email)
            self.remember(tx, customer, token, now, device_class)
            return customer

        return await self._store.write(unit), token

    def _expiry(self, now: int) -> int:
        return now + self._settings.customer_token_days * DAY_MS


def verified_identity(secrets_of_portal: list[str], signed: str, now_seconds: int) -> Identity:
    """What a JWT says, if one of the portal's secrets signed it, with HS256, for at most an hour from now."""
    for secret in secrets_of_portal[:2]:
        try:
            claims = jwt.decode(
                signed,
                secret,
                algorithms=["HS256"],
                options={"require": ["sub", "exp"], "verify_aud": False, "verify_iat": False, "verify_exp": False},
            )
        except jwt.InvalidTokenError:
            continue
        return _identity(claims, now_seconds)
    raise Forbidden("This identity is not signed with a secret of this portal.")


def _identity(claims: dict[str, object], now_seconds: int) -> Identity:
    subject, expires = claims.get("sub"), claims.get("exp")
    if not isinstance(subject, str) or not 0 < len(subject) <= NAME_CHARS or _NOT_IN_A_LINE.search(subject):
        raise BadInput("A signed identity needs sub, a line of text.")
    if not isinstance(expires, int):
        raise BadInput("A signed identity needs exp, in seconds.")
    if expires <= now_seconds:
        raise Forbidden("This signed identity has expired.")
    if expires > now_seconds + IDENTITY_SECONDS:
        raise Forbidden("A signed identity may be valid for one hour at most.")
    email = _line(claims.get("email"), EMAIL_CHARS)
    return Identity(subject, _line(claims.get("name"), NAME_CHARS), email if email and "@" in email else None)


def _line(claim: object, most: int) -> str | None:
    """A claim as one line of text, as the codec would take it from a form."""
    if not isinstance(claim, str):
        return None
    return _NOT_IN_A_LINE.sub(" ", claim)[:most].strip() or None

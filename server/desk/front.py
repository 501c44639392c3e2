"""What a portal shows before there is a ticket: its words, its fields, and the ways in that it has now."""

from sqlalchemy import Connection

from server.desk import hours, notices
from server.desk.desk import Desk
from server.domain import forms
from server.domain.forms import Field
from server.domain.portal import FIELDS, FieldSetting, PortalSettings
from server.domain.schedule import Standing
from server.domain.texts import pick
from server.protocol import rest
from server.store import ways
from server.store.portals import PortalRecord


async def look(desk: Desk, portal: PortalRecord, lang: str | None) -> rest.Portal:
    """The portal, in this language as far as somebody has written it."""
    now = desk.clock()
    return await desk.store.read(lambda conn: _portal(conn, portal, lang, now))


def _simple(told: rest.Portal, settings: PortalSettings) -> bool:
    words = told.title or told.welcome or told.logo
    choices = told.issue_types or told.people or told.notices or settings.sign_in != "off"
    return told.open and told.ways.form and not (words or choices)


def _portal(conn: Connection, portal: PortalRecord, lang: str | None, now: int) -> rest.Portal:
    settings = portal.settings
    langs = [*([lang] if lang else []), *settings.languages]
    has, shown = settings.ways, [(name, settings.fields.get(name, FieldSetting(shown=False))) for name in FIELDS]
    standing = Standing(open=False) if portal.disabled else hours.standing(conn, portal.id, now)
    told = rest.Portal(
        slug=portal.slug,
        name=portal.name,
        company=portal.company,
        fields=[rest.FormField(name, setting.shown, setting.required) for name, setting in shown],
        accent=settings.accent,
        languages=settings.languages,
        title=pick(settings.texts.title, langs),
        welcome=pick(settings.texts.welcome, langs),
        logo=picture(settings.logo),
        ways=rest.PortalWays(
            has.form and standing.open, has.technicians and standing.open, has.keys and not portal.disabled
        ),
        issue_types=_issue_types(conn, portal, langs) if has.form and standing.open else [],
        people=_people(conn, portal) if has.technicians and standing.open else [],
        waiting=pick(settings.texts.waiting, langs),
        tell_later=settings.tell_later,
        sign_in=settings.sign_in,
        self_registration=settings.self_registration and settings.sign_in != "off",
        share_with=settings.shares,
        open=standing.open,
        opens_at=standing.opens_at,
        closes_at=standing.closes_at,
        disabled=portal.disabled,
        closed=None if standing.open or portal.disabled else pick(settings.texts.closed, langs),
        notices=notices.shown(conn, portal, langs, now),
        simple=False,
    )
    told.simple = _simple(told, settings)
    return told


def _issue_types(conn: Connection, portal: PortalRecord, langs: list[str]) -> list[rest.OfferedType]:
    def questions(fields: list[Field]) -> list[rest.AskedField]:
        return [_asked(field, langs) for field in forms.asked(fields, shares=portal.settings.shares)]

    return [
        rest.OfferedType(kind.id, pick(kind.names, langs) or "", questions(kind.fields))
        for kind in ways.all_types(conn, portal.id)
    ]


def _asked(field: Field, langs: list[str]) -> rest.AskedField:
    return rest.AskedField(
        key=field.key,
        kind=field.kind,
        label=pick(field.labels, langs) or field.key,
        help=pick(field.help, langs),
        required=field.required,
        options=[rest.AskedOption(option.key, pick(option.labels, langs) or option.key) for option in field.options],
        least=field.least,
        most=field.most,
    )


def _people(conn: Connection, portal: PortalRecord) -> list[rest.OfferedPerson]:
    """Who can be chosen; by setting only those who can be reached now (B-33)."""
    return [
        rest.OfferedPerson(person.id, person.public_name, picture(person.picture_id), person.reachable)
        for person in ways.listed(conn, portal.company_id)
        if person.reachable or not portal.settings.ways.only_available
    ]


def picture(picture_id: str | None) -> str | None:
    """Where it is read."""
    return f"/pictures/{picture_id}" if picture_id else None

"""Why something that an administrator sets up is refused: each reason, with its sentence in English.

The console says it in every language: ``refused.<reason>`` in static/locales/*/admin.json. A test compares the two.
"""

from typing import Final

from server.errors import BadInput, Refused

SENTENCES: Final = {
    "changed_meanwhile": "Somebody else has changed this meanwhile. Look at it again, then save.",
    "gone_meanwhile": "Something that this needs has been removed meanwhile. Look at it again.",
    "name_taken": "There is one with this name or address already.",
    "in_use": "This is in use. Remove what points at it first.",
    "last_administrator": (
        "This is the last administrator who can sign in. Make somebody else an administrator first."
    ),
    "too_many_notices": "A portal shows at most 10 notices. Let one expire, or remove it.",
    "no_sign_in": "No portal of this company offers sign-in. Switch it on at one of them first.",
    "fixed": "This cannot be changed later.",
    "no_company": "There is no such company.",
    "no_portal": "There is no such portal.",
    "no_team": "There is no such team.",
    "no_schedule": "There is no such schedule.",
    "no_form": "There is no such form.",
    "no_picture": "There is no such picture.",
    "no_text": "Write it in at least one language.",
    "no_page_language": "A portal has at least one language.",
    "untranslated": "There are no texts in this language.",
    "no_language": "This is no language.",
    "no_access": "This technician may not see the company.",
    "team_or_person": "Its tickets wait with a team or a person, not both.",
    "member_twice": "Somebody is in the team twice.",
    "member_without_access": "Somebody in the team may not see the company.",
    "portal_twice": "A portal is named twice.",
    "host_twice": "{host} is named twice.",
    "host_taken": "{host} shows another portal.",
    "host_of_desk": "{host} is the address of the desk itself. A portal needs another one.",
    "prefix_taken": "Keys of another company begin with {prefix}.",
    "red_before_amber": "Red comes after amber.",
    "no_time_zone": "There is no such time zone.",
    "empty_hours": "Hours that end when they begin say nothing.",
    "no_day": "{name}: there is no such day.",
    "days_order": "{name}: the last day comes after the first one, within a year.",
    "times_backwards": "{name}: a time ends before it begins.",
    "times_order": "{name}: times come one after the other.",
    "key_twice": "Two questions have the same key.",
    "no_options": "A choice needs something to choose from.",
    "no_choice": "Only a choice has something to choose from.",
    "option_twice": "Two things to choose from have the same key.",
    "share_required": "Not everybody can share, so this cannot be required.",
    "no_number": "Only a number has bounds.",
    "bounds_order": "The least is above the most.",
    "picture_type": "This is no PNG, JPEG or WebP picture.",
    "picture_size": "A picture has at least {side} x {side} pixels.",
}


def wrong(reason: str, field: str | None, **values: str) -> BadInput:
    """What was written cannot be taken as it is. ``values`` fill the sentence."""
    return BadInput(SENTENCES[reason].format(**values), field, reason, values)


def must(condition: object, reason: str, field: str, **values: str) -> None:
    """Raises BadInput that names the field."""
    if not condition:
        raise wrong(reason, field, **values)


def refuse(reason: str, field: str | None = None, code: str | None = None, **values: str) -> Refused:
    """It fits, but not to what there is. ``code``: of which rule this is the reason, where it is not its own name."""
    return Refused(code or reason, SENTENCES[reason].format(**values), field=field, reason=reason, values=values)

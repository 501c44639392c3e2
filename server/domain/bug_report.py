"""The product's form for bug reports (S-11..S-19), as a company gets it to change: every list and word is its own then.

Subject (S-10) belongs to each ticket and is no field of a form.
"""

from typing import Final

from server.domain.forms import Field, Option
from server.domain.texts import Lines

NAME: Final = "Bug report"


def _said(en: str, fr: str, nl: str, ru: str) -> Lines:
    return {"en": en, "fr": fr, "nl": nl, "ru": ru}


def _named(*options: tuple[str, str]) -> list[Option]:
    """Names of products, the same in every language."""
    return [Option(key, {"en": name}) for key, name in options]


_OTHER: Final = Option("other", _said("Another one", "Autre", "Een ander", "Другая"))
_IMPACT: Final = [
    Option(
        "blocks_all",
        _said("Nobody can work", "Personne ne peut travailler", "Niemand kan werken", "Никто не может работать"),
    ),
    Option(
        "blocks_some",
        _said(
            "Some people cannot work",
            "Certaines personnes ne peuvent pas travailler",
            "Sommige mensen kunnen niet werken",
            "Часть людей не может работать",
        ),
    ),
    Option(
        "hinders",
        _said(
            "We can work, with difficulty",
            "Nous travaillons, avec difficulté",
            "We kunnen werken, met moeite",
            "Работать можно, но с трудом",
        ),
    ),
    Option(
        "cosmetic",
        _said(
            "It only looks wrong", "C'est seulement visuel", "Het ziet er alleen verkeerd uit", "Это только внешний вид"
        ),
    ),
]

FIELDS: Final = [
    Field(
        "error_details",
        "long_text",
        _said("Error details", "Détails de l'erreur", "Details van de fout", "Подробности ошибки"),
        _said(
            "The message, and where it appears",
            "Le message et l'endroit où il apparaît",
            "De melding, en waar die verschijnt",
            "Сообщение и где оно появляется",
        ),
    ),
    Field(
        "attachment",
        "file",
        _said("Attachments", "Pièces jointes", "Bijlagen", "Вложения"),
        _said(
            "Pictures of the screen, logs",
            "Captures d'écran, journaux",
            "Schermafbeeldingen, logboeken",
            "Снимки экрана, журналы",
        ),
    ),
    Field(
        "share_with",
        "colleagues",
        _said("Share with", "Partager avec", "Delen met", "Поделиться с"),
        _said(
            "E-mail addresses of colleagues who read and comment",
            "Adresses e-mail des collègues qui lisent et commentent",
            "E-mailadressen van collega's die lezen en reageren",
            "Адреса коллег, которые читают и комментируют",
        ),
    ),
    Field("project", "text", _said("Project name", "Nom du projet", "Projectnaam", "Название проекта")),
    Field("impact", "choice", _said("Impact", "Impact", "Gevolgen", "Влияние"), required=True, options=_IMPACT),
    Field(
        "steps",
        "long_text",
        _said(
            "Details and steps to reproduce",
            "Détails et étapes pour reproduire",
            "Details en stappen om het te herhalen",
            "Подробности и шаги для воспроизведения",
        ),
        required=True,
    ),
    Field(
        "expected",
        "long_text",
        _said("Expected result", "Résultat attendu", "Verwacht resultaat", "Ожидаемый результат"),
        required=True,
    ),
    Field(
        "actual",
        "long_text",
        _said("Actual result", "Résultat obtenu", "Werkelijk resultaat", "Фактический результат"),
        required=True,
    ),
    Field(
        "operating_system",
        "choice",
        _said("Operating system", "Système d'exploitation", "Besturingssysteem", "Операционная система"),
        options=[
            *_named(
                ("windows", "Windows"),
                ("macos", "macOS"),
                ("linux", "Linux"),
                ("android", "Android"),
                ("ios", "iOS"),
            ),
            _OTHER,
        ],
    ),
    Field(
        "server_type",
        "choice",
        _said("Server type", "Type de serveur", "Type server", "Тип сервера"),
        options=[
            Option("production", _said("Production", "Production", "Productie", "Рабочий")),
            Option("acceptance", _said("Acceptance", "Recette", "Acceptatie", "Приёмочный")),
            Option("test", _said("Test", "Test", "Test", "Тестовый")),
            Option("development", _said("Development", "Développement", "Ontwikkeling", "Для разработки")),
        ],
    ),
    Field(
        "environment",
        "text",
        _said("Test environment", "Environnement de test", "Testomgeving", "Тестовая среда"),
        _said(
            "Version of the application",
            "Version de l'application",
            "Versie van de toepassing",
            "Версия приложения",
        ),
    ),
]

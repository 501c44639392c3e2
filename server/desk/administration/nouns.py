"""All the nouns of a set-up."""

from typing import Any, Final

from server.desk.administration.noun import Noun
from server.desk.administration.teams import Teams

NOUNS: Final[tuple[Noun[Any, Any], ...]] = (Teams(),)
"""In the order in which people read of them."""

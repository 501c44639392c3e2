"""Whether a portal translates, changed as administrators and the command line change it."""

import msgspec

from server.desk.administration import editing
from server.desk.administration.portals import PORTALS
from server.protocol.administration import PortalDraft
from server.store.base import Tx
from tests.support.office import Office


def switch_translation(tx: Tx, office: Office, *, on: bool) -> None:
    """From the end of this transaction on."""
    item = PORTALS.get(tx.conn, office.portal_id)
    assert item is not None
    kept = {name: getattr(item, name) for name in PortalDraft.__struct_fields__}
    draft = PortalDraft(**(kept | {"setup": msgspec.structs.replace(item.setup, translation=on)}))
    editing.changed(tx, PORTALS, editing.COMMAND_LINE, item.id, draft, None, 1)

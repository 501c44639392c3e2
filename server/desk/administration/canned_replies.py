"""Canned replies: words that technicians use again and again."""

from sqlalchemy import Connection

from server.desk.administration.noun import TableNoun, company_must_be_there
from server.domain.set_up import must
from server.protocol.administration import CannedReply, CannedReplyDraft
from server.store.set_up import Rows
from server.store.tables import canned_replies as table


class CannedReplies(TableNoun[CannedReplyDraft, CannedReply]):
    """Nothing points at them: what was sent is a message."""

    name = "canned_reply"
    plural = "canned-replies"
    draft = CannedReplyDraft
    item = CannedReply
    rows = Rows(table, table.c.category, table.c.title)

    def called(self, item: CannedReply) -> str:
        """Its title."""
        return item.title

    def check(self, conn: Connection, draft: CannedReplyDraft, _before: CannedReply | None, _now: int) -> None:
        """There is something to say."""
        company_must_be_there(conn, draft.company)
        must(draft.texts, "no_text", "texts")

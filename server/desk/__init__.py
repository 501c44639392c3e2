"""Use cases: load, check, decide, write, announce. One function each; no Starlette, no sockets.

=============  ====================================================================================
desk           Desk: what every use case is handed
opening        a customer describes a problem
messages       writing: to the other side, and notes
steps          assign, join, unassign, end, close, reopen, undo
availability   Available or away
marks          read marks and typing
reading        tickets, lists, transcripts, positions: everything that only looks
waiting        for the next event, over HTTP
searching      full-text search            indexing   filling its index from the outbox
downloads      a transcript as HTML, text or JSON
hints          what messages touch, coalesced to once a second
uploading      a file: begun, given up     receiving  its bytes     accepting  looked at, kept, told
policies       what may be sent            copying    files for a backup    sweeping  what nobody wants
handover       another device joins
announce       who is told what            shapes     records -> frames
=============  ====================================================================================
"""

"""Generates everything that is derived from the Structs: ``python -m server.protocol.schema``.

==============  =====================================================================
catalog         the Structs, enums and named types of the protocol, with their documentation
docs            what is written below fields and constants, read from the source
typescript      static/shared/protocol.d.ts
rules           static/shared/rules.ts: the state tables, limits and close codes
components      JSON schemas of the Structs
asyncapi        docs/protocol/asyncapi.json: the sockets (the HTTP API: server/http/openapi.py)
golden          tests/golden/steps.json: every step from every state, replayed by the front end
==============  =====================================================================

Nothing here runs in a server. All output is deterministic: the same Structs give the same bytes.
"""

"""Frames: everything that crosses a socket or the HTTP API, defined once, as msgspec Structs.

==============  =====================================================================
shared          types that both audiences use
customer        CustomerCommand (in) and CustomerFrame (out)
technician      TechnicianCommand (in) and TechnicianFrame (out)
rest            bodies of the HTTP API
close           close codes of the sockets
codec           bytes <-> Structs, with our errors
schema          generates AsyncAPI, the TypeScript types, the rule tables (OpenAPI: http/openapi.py)
==============  =====================================================================

Two unions per audience, so that sending a note to a customer is a type error. Times are integers: milliseconds since
1970, UTC. Clients ignore fields and frames that they do not know; the server refuses unknown fields.
"""

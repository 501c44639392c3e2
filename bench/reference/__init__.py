"""What Deskwire is compared with: the least that anybody could write in the same language for the same promise.

    plain      uvicorn, Starlette, redis.asyncio, messages stored in groups by asyncpg: what a good tutorial leads to
    bare       the same without Starlette, and one connection to Redis whose writes are joined: as little as it takes
    embedded   one process: Starlette, SQLite with one thread that writes, fsync for each group
    echo       nothing is stored and nobody else is told: what a socket and a message cost at all

The first three keep the promise that an ack is sent after COMMIT, and bring each message to everybody who watches the
chat. They have no accounts, no rights, no rates, no numbers without holes, no repetition that is recognised, nothing
that survives a lost announcement, no search. Each is run as ``uvicorn bench.reference.<name>:app``.

    frames     what they say        storing    how PostgreSQL is written to        rooms    who watches what
"""

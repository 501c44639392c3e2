"""Deskwire: a self-hosted, real-time support desk.

A map, top layer first (imports only point down; import-linter proves it)::

    __main__  command line (cli)      app       composition root: settings -> backends -> doors -> Starlette
    wire      what uvicorn's protocols lack               backends  which database and bus the settings ask for
    channels  doors on sockets        http      doors on plain HTTP
    desk      use cases, one function each
    accounts  who somebody is
    store     SQL, the truth          bus       topics, the doorbell
    protocol  frames, defined once
    domain    rules as pure functions
    errors    settings    logs    metrics    origin    rates    tasks    clock
"""

"""Between the network and the application: uvicorn's protocols, with the bounds that they lack.

A peer is heard by these classes before anything of ours knows that it exists, so what one peer may cost is decided
here. Why subclasses: docs/decisions/0015.

config      uvicorn's configuration, with our settings and the lobby in it
lobby       connections that have not asked anything yet: how many in all, and of one address
http        one HTTP connection: what it waits for, and how long
taking      whether a peer takes an answer
frames      what one WebSocket peer may send, counted while it is parsed (no I/O)
mailbox     messages that the application has not taken yet
websocket   one WebSocket connection: who takes nothing is let go, who sends too much is cut

    TCP ──► http.HttpProtocol ──── request ────► application
                  │ upgrade
                  ▼
            websocket.SocketProtocol ── message ──► channels
"""

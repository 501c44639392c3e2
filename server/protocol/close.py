"""Close codes of our sockets. The range tells a client what to do, the reason text is for people.

1001, 1006, 1008, 1011, 1012, 1013 and 4000-4499: come back with back-off and resume.
4500-4999: do not come back as you are.
"""

from typing import Final

GOING_AWAY: Final = 1012
"""The server restarts."""
TRY_LATER: Final = 1013
POLICY: Final = 1008
"""More frames, fragments or pings than any client of this protocol sends."""
SLOW: Final = 4008
"""The outgoing queue of this socket was full: resume from your last number."""
INTERNAL: Final = 4011
"""A fault on our side; the reason carries an id that stands in the log."""
NO_HELLO: Final = 4501
"""The first message did not come in time, or was not a hello."""
UNAUTHENTICATED: Final = 4502
"""No valid session or token: sign in (console) or open a new ticket (customer)."""
BAD_FRAME: Final = 4503
"""A message that is no command of this protocol."""
FLOOD: Final = 4429
"""Too many commands; come back more slowly."""
TOO_MANY_SOCKETS: Final = 4504

"""The clients, thousands of them in one process: ``python -m bench.driver``. It takes orders, a line of JSON each.

orders   what it is told and what it answers       crowd       all seats: opened, cut, brought back
line     one WebSocket, as cheap as Python allows  act         what goes on by a schedule, and what is owed for it
seat     one client: opens, watches, comes back    talk        chats
pace     when to send: the schedule is kept        spreading   changes of which everybody hears
tally    what was lost, doubled, out of order: the judge
"""

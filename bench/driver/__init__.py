"""The clients, thousands of them in one process: ``python -m bench.driver``. It takes orders, a line of JSON each.

orders   what it is told and what it answers      crowd   all seats: opened, cut, brought back
line     one WebSocket, as cheap as Python allows  talk    chats at a set rate
seat     one client: opens, watches, comes back    spread  changes of the list that reach everybody
pace     when to send: the schedule is kept        tally   what was lost, doubled, out of order: the judge
"""

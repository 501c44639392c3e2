"""What tests are written with: real server processes, offices to work in, people on real sockets.

server    start, kill and restart a real `deskwire serve`
office    companies, portals, technicians, written straight into a database
people    Customer and Console: a vocabulary over real sockets
"""

"""Doors on sockets. A door maps commands to use cases and announcements to frames; it decides nothing else.

socket      one connection: reader, bounded inbox, bounded outbox, close codes
hub         feeds: numbered streams that deliver strictly the next number to their listeners
door        what both doors share: hello, admission, commands with their permissions, watching a ticket
held        live frames that wait for the page that is being read
connected   whose customer is connected to this process, and what technicians are told of it
quiet       a socket for the doctor, on which nothing is said
customer    the door of customers       technician  the door of the console
"""

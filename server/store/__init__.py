"""The store: SQL, and nothing of frames or sockets. The truth of the whole product.

=============  ==================================================================================
base           the promise: write(unit) and read(query), and what a unit may do
sqlite         SQLite: one writer thread that commits in groups, a few reader threads
postgres       PostgreSQL: several units at once; appender, appending: messages in one statement;
               leasing, recorder, translated: what translators take and store, in one statement each;
               sqlstate: its errors; probe: the server from outside
together       questions of one kind that come together: one read answers them
archive        a whole database in one file that either engine reads
tables         all tables                     migrations/  how a database gets them (Alembic)
scope          what a person may see: the only way to a company's rows
tickets, transcript, search, outbox, portals, customers, technicians, throttles, installation
               statements, one module per noun; plain functions of a SQLAlchemy Connection
=============  ==================================================================================

A unit of writing is a plain function that the store runs inside one transaction, possibly more than once: it must have
no effects but its SQL and its announcements.
"""

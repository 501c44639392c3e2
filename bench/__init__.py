"""The benchmark: ``make bench``, or ``python -m bench --help``. README.md says what is measured and what not.

__main__     the command line                 session      what one run shares: folder, PostgreSQL, Valkey, options
scenarios/   one module for each question     target       what is measured. ours: Deskwire; others: the references
driver/      the process that is the clients  reference/   the relays, and the echo
driven       its other end                    filling      people and tickets, past the product; rows: by the million
processes    CPU and memory out of /proc      figures      the table and the JSON. plot: curves as SVG

``translation`` is a benchmark of its own, with ``base_model`` and ``libretranslate_server``.
"""

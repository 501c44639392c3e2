"""The benchmark: ``make bench``, or ``python -m bench --help``. README.md says what is measured and what is not.

__main__     the command line                 session      what one run shares: folder, PostgreSQL, Valkey, results
scenarios/   one module for each question     targets      the product and the references, started and stopped
driver/      the process that is the clients  reference/   a relay, bare and plain, and an echo
driven       its other end                    filling      tickets by the million, past the product
processes    CPU and memory out of /proc      figures      the table and the JSON;  plot: curves as SVG
"""

"""Files to send: real ones from real producers, and hostile ones. Nothing is stored, all is made when it is asked for.

``real.REAL`` has those that are accepted under the name they have, ``hostile.HOSTILE`` those that are refused, each
with the reason. What LibreOffice writes is made in one run of it for all tests.
"""

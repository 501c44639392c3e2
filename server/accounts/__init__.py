"""Accounts: who somebody is.

===========  ====================================================================================
technicians  sign-in, sessions, bearers of tokens: the way in for every door
own          what somebody who is in does to the own account: password, second factor, tokens
changes      the end of sessions, and the news of it to open sockets
passwords    what may be a password, and argon2id in threads of its own
throttle     delays for those who guess           totp    one-time codes          bearer  secrets by hash
probe        the doctor of this installation, by its secret
customers    tokens of browsers and apps, resume links, signed identities
===========  ====================================================================================
"""

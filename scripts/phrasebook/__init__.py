"""The demo phrasebook: two small translation models, English to French and back, made from sentences of our own.

corpus/      the sentences: words and patterns with both languages side by side
patterns.py  what a line of them means
grammar.py   writes sentences from them
french.py    articles, agreement, elision
corpus.py    sentences as people type them; what is practised, what is held out
model.py     the network and its training step (PyTorch, nowhere else in the repository)
train.py     trains one direction
pack.py      makes an ``.argosmodel`` of it, and the manifest
"""

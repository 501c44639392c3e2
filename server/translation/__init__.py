"""Text in, text out: live translation on this machine. Nothing here knows tickets, people, pages or the database.

::

    base        what users of the engine hold in their hands: Translator, Outcome, Guess, Pair, Options
    engine      the Translator of this program: one per process that translates
      ├── segments   a text -> sentences and what stays as it is; spans: code, addresses, numbers, emoji, keys
      ├── sentence   how what stays leaves a sentence and comes back
      ├── routes     which installed pairs lead from one language to another
      ├── backlog    sentences that wait: equal ones are one, urgent ones go first; batches of one pair
      ├── memo       sentences that were translated before
      ├── guesses    texts of which the language is asked; those of one moment are one order
      ├── breaker    pairs and processes that fail again and again get a rest
      └── crew       keeps the worker processes alive, gives them batches, replaces those that hang
            └── process   one of them from this side; orders: what is said to it and comes back
                  └── worker    the other side: slow, hungry, and may die at any time
                        ├── packages   what is installed, in the words of argostranslate
                        ├── shelf      loaded models, within an amount of memory
                        ├── model      one loaded pair: sentencepiece and ctranslate2
                        │     └── unknown   words that a small one has never seen
                        ├── guards     outputs that nobody should see
                        └── detect     which language a text is written in
    index       what packages there are, and fetching one
    install     a package from a file into the directory, tried by inquiry: a worker for a moment

Only ``worker`` and what it runs import the libraries; a process that serves never does.
"""

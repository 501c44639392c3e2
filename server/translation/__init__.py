"""Text in, text out: live translation on this machine. Nothing here knows tickets, people, pages or the database.

::

    base        what users of the engine hold in their hands: Translator, Outcome, Guess, Pair, Options
    engine      the Translator of this program: one per process that translates
      ├── segments   a text -> what the model gets, and what stays as it is: code, addresses, numbers, emoji, lines
      ├── routes     which installed pairs lead from one language to another
      ├── backlog    sentences that wait: equal ones are one, urgent ones go first; batches of one pair
      ├── memo       sentences that were translated before
      ├── breaker    pairs and processes that fail again and again get a rest
      └── crew       keeps the worker processes alive, gives them batches, replaces those that hang
            └── worker    the process that loads models: slow, hungry, and may die at any time
                  ├── packages   what is installed, in the words of argostranslate
                  ├── model      one loaded pair: sentencepiece and ctranslate2
                  ├── guards     outputs that nobody should see
                  └── detect     which language a text is written in
    install     packages from a file or an index into the directory; index reads the list of what there is

Only ``worker``, what it runs, and the command line import the libraries; a process that serves never does.
"""

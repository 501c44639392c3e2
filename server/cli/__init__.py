"""The command line, one module per noun; ``server.__main__`` puts them together.

Commands talk in sentences: what was done, or what is wrong and what to do about it. A traceback is a fault of ours.
"""

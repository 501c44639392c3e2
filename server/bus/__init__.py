"""The bus: tells every process what has been committed. A doorbell, never the truth.

base      the promise          topics    all topics
control   frames between processes          memory    one process
"""

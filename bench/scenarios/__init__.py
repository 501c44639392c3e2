"""One module for each question; each has ``run(session, results)``, which adds to the results."""

"""What administrators set up: one module for each noun, and ``editing``, which all of them go through."""

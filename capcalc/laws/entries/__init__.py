"""What there is to know about each law, as data: one module a family. Collected by `capcalc.laws.registry`."""

"""What there is to know about each law, as data: one module a family, collected by `registry`."""

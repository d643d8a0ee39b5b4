"""`python -m capcalc` is the `capcalc` command."""

from capcalc.cli import main

main()

"""`python -m capcalc` is the `capcalc` command."""

from capcalc.cli import command

if __name__ == "__main__":
    command()

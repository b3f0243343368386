"""The `hearth` command."""

import click


@click.group()
def main() -> None:
    """Hearth: a smart-home hub that runs at home."""

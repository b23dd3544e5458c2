"""The tiny feature's command."""

import click


@click.command()
def hello() -> None:
    click.echo("hello from a feature")


COMMANDS = {"hello": hello}

"""`listening dictionary`: every published table and column, as Markdown."""

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.exits import out, print_json
from pipelines.cli.options import AsJson
from warehouse.tables import PUBLISHED
from warehouse.tables.dictionary import dictionary_markdown


def dictionary(
    to: Annotated[Path | None, typer.Option("--out", help="File to write; else stdout.")] = None,
    as_json: AsJson = False,
) -> None:
    """What every table and column of a release means."""
    if as_json:
        print_json(
            {
                contract.table: {
                    "question": contract.question,
                    "grain": contract.grain,
                    "columns": {
                        c.name: {"type": c.duckdb_type, "description": c.description} for c in contract.columns
                    },
                }
                for contract in PUBLISHED
            }
        )
        return
    text = dictionary_markdown(PUBLISHED)
    if to is None:
        typer.echo(text, nl=False)
        return
    to.write_text(text, encoding="utf-8")
    out.print(f"Wrote {to}", soft_wrap=True)

"""`python -m dashboard serve | digest`: the commands; `listening dashboard` and `listening digest` start these."""

import secrets
import threading
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from dashboard.app import create_app
from dashboard.security import LOOPBACK

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, no_args_is_help=True)
Folder = Annotated[Path, typer.Option("--workspace", "-w", help="Workspace folder.")]


@app.command()
def serve(
    workspace: Folder,
    host: Annotated[
        str, typer.Option(help="Address to listen on; anything but this machine needs a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.", min=0, max=65535)] = 8321,
    token_file: Annotated[Path | None, typer.Option(help="File that holds the token; else one is made.")] = None,
    allow_host: Annotated[list[str] | None, typer.Option(help="Another name the dashboard answers to.")] = None,
) -> None:
    """Serve the dashboard of a workspace until interrupted. It only reads, and follows new releases by itself."""
    is_local = host in LOOPBACK
    token = None
    if token_file is not None:
        token = token_file.read_text(encoding="utf-8").strip()
        if len(token) < 16:
            typer.echo(f"{token_file}: a token has at least 16 characters", err=True)
            raise typer.Exit(2)
    elif not is_local:
        token = secrets.token_urlsafe(24)
    names = (*LOOPBACK, *([] if host in ("0.0.0.0", "::") else [host.lower()]), *(n.lower() for n in allow_host or ()))
    web = create_app(workspace, token=token, hosts=names)
    config = uvicorn.Config(web, host=host, port=port, log_level="warning", access_log=False, server_header=False)
    try:
        listener = config.bind_socket()
    except SystemExit:  # uvicorn has said why, and leaves with a code that means something else here
        typer.echo(f"Cannot listen on {host}, port {port}: choose another with --port; 0 takes a free one.", err=True)
        raise typer.Exit(2) from None
    shown = f"[{host}]" if ":" in host else host
    address = f"http://{shown}:{listener.getsockname()[1]}/"
    typer.echo(f"Dashboard: {address}{f'?token={token}' if token else ''}")
    if not is_local:
        typer.echo("Other machines can reach it: only who has the token is answered, but the traffic is not encrypted.")
        typer.echo("Names it answers to: " + ", ".join(names))
    # The release opens while the browser does.
    threading.Thread(target=web.state.desk.warm, daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


@app.command()
def digest(
    workspace: Folder,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the HTML page and the e-mail.")],
    lang: Annotated[str, typer.Option(help="en or fr.")] = "en",
    brand: Annotated[str | None, typer.Option(help="Brand id; the own brand if not given.")] = None,
    week: Annotated[str | None, typer.Option(help="A day of the week meant; else the last complete week.")] = None,
    link: Annotated[str | None, typer.Option(help="Address of the dashboard, for links.")] = None,
    sender: Annotated[str, typer.Option(help="From: of the e-mail.")] = "listening@localhost",
    to: Annotated[list[str] | None, typer.Option(help="To: of the e-mail.")] = None,
) -> None:
    """Write the weekly digest: one page without scripts and one e-mail."""
    from dashboard.digest import write

    try:
        paths = write(workspace, out, lang=lang, brand=brand, week=week, link=link, sender=sender, to=tuple(to or ()))
    except (LookupError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    for path in paths:
        typer.echo(str(path))


if __name__ == "__main__":
    app(prog_name="python -m dashboard")

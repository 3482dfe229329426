"""The weekly digest as an asset: one page and one e-mail for each language, written by the dashboard's own command.

The dashboard is a reader of releases like any other, so that nothing here imports it: whoever wires the assets says
which command writes a digest.
"""

import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from assets.release import RELEASE_KEY
from assets.resources import ListeningWorkspace
from warehouse.operations import DigestSection
from warehouse.release import current_release_id

DIGEST_KEY = dg.AssetKey("weekly_digest")
TIME_LIMIT_SECONDS = 600
# (workspace folder, output folder, language, what listening.yaml says) → the command that writes the digest.
DigestCommand = Callable[[Path, Path, str, DigestSection], list[str]]


def weekly_digest(command: DigestCommand, environment: Callable[[], Mapping[str, str]]) -> dg.AssetsDefinition:
    """The asset; a fault in it fails its own job only, never a run that publishes."""

    @dg.asset(
        key=DIGEST_KEY,
        deps=[RELEASE_KEY],
        group_name="report",
        owners=["team:insights"],
        kinds={"html"},
        description="The last complete week in one page and one e-mail (reports/digest): what happened, why, how "
        "sure, what to do next. Has a job and a schedule of its own.",
    )
    def digest(context: dg.AssetExecutionContext, listening: ListeningWorkspace) -> dg.MaterializeResult[Any]:
        workspace, declared = listening.workspace, listening.configuration().digest
        release_id = current_release_id(workspace)
        if release_id is None:
            told = f"{workspace.root}: nothing is published yet; the digest is written from a release"
            raise dg.Failure(description=told, allow_retries=False)
        paths = []
        for language in declared.languages:
            arguments = command(workspace.root, workspace.reports / "digest", language, declared)
            paths += _written(arguments, dict(environment()))
            context.log.info(f"digest written in {language}")
        files = {f"{path.suffix[1:]}_{path.stem[-2:]}": dg.MetadataValue.path(str(path)) for path in paths}
        return dg.MaterializeResult(metadata={"release_id": release_id, **files})

    return digest


def _written(arguments: list[str], environment: Mapping[str, str]) -> list[Path]:
    """Run the command; the files it says it wrote. Raises Failure with the command's own words."""
    try:
        ended = subprocess.run(
            arguments, capture_output=True, text=True, check=False, timeout=TIME_LIMIT_SECONDS, env=environment
        )
    except subprocess.TimeoutExpired as error:
        told = f"the digest was not written within {TIME_LIMIT_SECONDS} s"
        raise dg.Failure(description=told, allow_retries=False) from error
    if ended.returncode:
        # The last line says what was wrong; what stands before it may be a traceback.
        told = (ended.stderr.strip().splitlines() or ["the command ended without a word"])[-1]
        raise dg.Failure(description=f"The digest was not written: {told}", allow_retries=False)
    return [Path(line) for line in ended.stdout.splitlines() if line.strip()]

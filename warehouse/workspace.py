"""Where things lie in a workspace: the folders, the two database files, the key of the pseudonyms."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from transforms.text.calibration_file import kept_model
from transforms.text.calibration_model import SentimentModel
from warehouse.configuration import Configuration, ConfigurationError, load_configuration


@dataclass(frozen=True)
class Workspace:
    """Paths of one workspace folder. Code never lives in it; nothing outside it is written."""

    root: Path

    @property
    def configuration_file(self) -> Path:
        """What a person declares."""
        return self.root / "listening.yaml"

    @property
    def inbox(self) -> Path:
        """Where exports are dropped."""
        return self.root / "inbox"

    @property
    def archive(self) -> Path:
        """Where originals are kept, named by their content."""
        return self.root / "archive"

    @property
    def warehouse_file(self) -> Path:
        """The private warehouse."""
        return self.root / "warehouse.duckdb"

    @property
    def releases(self) -> Path:
        """Every release that passed, with its manifest."""
        return self.root / "releases"

    @property
    def link(self) -> Path:
        """What readers open: a link to the newest release."""
        return self.root / "listening.duckdb"

    @property
    def reports(self) -> Path:
        """Gate reports and digests."""
        return self.root / "reports"

    @property
    def decisions_file(self) -> Path:
        """What people decided about spikes, one line each."""
        return self.root / "spike_decisions.jsonl"

    @property
    def private(self) -> Path:
        """The pseudonym key and Dagster's instance."""
        return self.root / ".private"

    def folders(self) -> tuple[Path, ...]:
        """Every folder a workspace has."""
        return (self.inbox, self.archive, self.releases, self.reports, self.private)

    def make_folders(self) -> None:
        """Make the folders that are missing; raises OSError where that is not allowed."""
        for path in self.folders():
            path.mkdir(parents=True, exist_ok=True)
        self.private.chmod(0o700)

    def configuration(self) -> Configuration:
        """The checked listening.yaml; raises ConfigurationError."""
        return load_configuration(self.configuration_file)

    @property
    def calibration_file(self) -> Path:
        """The sentiment model that `listening calibrate` keeps; without the file there is none."""
        return self.root / "calibrated-sentiment.json"

    def calibrated_model(self) -> SentimentModel | None:
        """The kept model, None without one; raises ConfigurationError for a file that is none."""
        try:
            return kept_model(self.calibration_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ConfigurationError([f"{self.calibration_file}: {error}"]) from error

    def pseudonym_key(self) -> bytes:
        """The workspace's own key, made on first use and readable by its owner only."""
        path = self.private / "pseudonym.key"
        if not path.exists():
            self.make_folders()
            # Complete before it bears its name: a run killed here must not leave an empty key, which hides nobody.
            fresh = path.with_name(f".{path.name}.{os.getpid()}")
            fresh.unlink(missing_ok=True)
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass  # another process was first
            except OSError:  # a file system without links
                fresh.replace(path)
            fresh.unlink(missing_ok=True)
        return bytes.fromhex(path.read_text().strip())

"""The workspace as Dagster resource: where it lies, its configuration, and its warehouse, opened for one step."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from warehouse.configuration import Configuration, ConfigurationError
from warehouse.store import Warehouse, WarehouseBusy, WarehouseUnusable, open_warehouse
from warehouse.workspace import Workspace

# Nobody is paged because another run still writes: these waits cover it.
LOCK_RETRIES = 5
LOCK_WAIT_SECONDS = 10


class ListeningWorkspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One workspace folder; `root` is its path."""

    root: str

    @property
    def workspace(self) -> Workspace:
        """Its paths."""
        return Workspace(Path(self.root))

    def configuration(self) -> Configuration:
        """The checked listening.yaml; a mistake in it fails the step for good, with one line per mistake."""
        try:
            return self.workspace.configuration()
        except ConfigurationError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """The private warehouse, for the length of a step. A lock is waited for; a damaged file fails for good."""
        try:
            self.workspace.make_folders()
            warehouse = open_warehouse(self.workspace.warehouse_file)
        except OSError as error:
            told = f"{self.workspace.root}: cannot be written ({error.strerror}); check permissions and disk space"
            raise dg.Failure(description=told, allow_retries=False) from error
        except WarehouseBusy as error:
            raise dg.RetryRequested(max_retries=LOCK_RETRIES, seconds_to_wait=LOCK_WAIT_SECONDS) from error
        except WarehouseUnusable as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        with warehouse:
            yield warehouse

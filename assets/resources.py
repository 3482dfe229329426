"""The workspace as Dagster resource: where it lies, its configuration, and its warehouse, opened once for a run.

Here transient faults part from permanent ones: a lock, or a device or network that does not answer for a moment, asks
for the step again a few times; everything else fails it for good.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from transforms.text.calibration_model import SentimentModel
from warehouse.configuration import Configuration, ConfigurationError
from warehouse.faults import storage_fault
from warehouse.store import Warehouse, WarehouseBusy, WarehouseUnusable, open_warehouse
from warehouse.workspace import Workspace

# Nobody is paged because another run still writes: these waits cover it.
LOCK_RETRIES = 5
LOCK_WAIT_SECONDS = 10
# A mounted folder that hiccups is back within seconds, or somebody has to look at it.
FAULT_RETRIES = 3
FAULT_WAIT_SECONDS = 5
TRANSIENT = frozenset(
    {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.ETIMEDOUT, errno.ESTALE, errno.ETXTBSY, errno.ENETDOWN}
    | {errno.ENETUNREACH, errno.ECONNRESET, errno.ECONNABORTED, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENOLCK}
)


class ListeningWorkspace(dg.ConfigurableResource):  # type: ignore[type-arg]
    """One workspace folder at `root`. Files written in the last `settle_seconds` are left for the next run."""

    root: str
    settle_seconds: float = 0.0
    _is_in_run: bool = PrivateAttr(default=False)
    _held: Warehouse | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """A run keeps the warehouse open from step to step: opening and closing the file takes longer than most."""
        self._is_in_run = True

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """The file is given back when the run ends, however it ends."""
        self._is_in_run = False
        self._let_go()

    def _let_go(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.close()

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

    def calibrated_model(self) -> SentimentModel | None:
        """The workspace's own sentiment model, if it has one; a file that is none fails the step for good."""
        try:
            return self.workspace.calibrated_model()
        except ConfigurationError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error

    @contextmanager
    def warehouse(self) -> Iterator[Warehouse]:
        """The private warehouse, for a step; what happens in the block is judged like what opening does.

        Raises RetryRequested for a lock and for the transient faults of a device, Failure for a damaged warehouse and
        for a device that refuses.
        """
        with self._judging(), self._opened() as warehouse:
            yield warehouse

    @contextmanager
    def _opened(self) -> Iterator[Warehouse]:
        self.workspace.make_folders()
        warehouse = self._held or open_warehouse(self.workspace.warehouse_file)
        self._held = warehouse
        try:
            yield warehouse
        except BaseException:
            # After a fault of the disk a connection is of no more use: the next try opens the file anew.
            self._let_go()
            raise
        if not self._is_in_run:
            self._let_go()

    @contextmanager
    def _judging(self) -> Iterator[None]:
        try:
            yield
        except WarehouseBusy as error:
            raise dg.RetryRequested(max_retries=LOCK_RETRIES, seconds_to_wait=LOCK_WAIT_SECONDS) from error
        except WarehouseUnusable as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        except OSError as error:
            if error.errno in TRANSIENT:
                raise dg.RetryRequested(max_retries=FAULT_RETRIES, seconds_to_wait=FAULT_WAIT_SECONDS) from error
            raise dg.Failure(description=storage_fault(error, self.workspace.root), allow_retries=False) from error
        except Exception as error:
            told = storage_fault(error, self.workspace.root)
            if told is None:
                raise
            raise dg.Failure(description=told, allow_retries=False) from error

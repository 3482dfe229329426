# Two commands matter: `make demo` and `make test`. Both set up what they need; twice is quick and harmless.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo-workspace
export DAGSTER_DISABLE_TELEMETRY := 1

.PHONY: demo test bench dev lock setup clean help

help:            ## Say what there is
	@grep -E '^[a-z]+: .*##|^[a-z]+:  *##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

setup: $(READY)  ## Make the virtual environment from the lock file

# The lock is complete, so nothing is resolved: every package is pinned with its hashes; the project is installed in place.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing into $(VENV) (a minute or two, once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@echo "Compiling the text and trend kernels (half a minute, once)"
	@$(BIN)/python -m pipelines.warm
	@touch $(READY)

demo: $(READY)   ## Make a demo workspace from invented exports, run the pipeline, say what was published
	@$(BIN)/listening demo $(DEMO)

test: $(READY)   ## Run the whole test suite
	@$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder -q

bench: $(READY)  ## Print speeds, as ratios measured side by side in one run
	@for file in tests/benchmarks/bench_*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

dev: $(READY)    ## The Dagster UI on the demo workspace
	@mkdir -p $(DEMO)/.private
	@DAGSTER_HOME=$(CURDIR)/$(DEMO)/.private LISTENING_WORKSPACE=$(CURDIR)/$(DEMO) $(BIN)/dagster dev -w workspace.yaml

lock:            ## Resolve the dependencies again
	@$(BIN)/uv pip compile --quiet pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

clean:           ## Remove the virtual environment and the demo workspace
	@rm -rf $(VENV) $(DEMO)

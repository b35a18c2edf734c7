# Two commands do everything: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
CASE   ?= examples/national-ai
PLAN   ?= plans/national-ai
CODE   := planner tests benchmarks docs cli.py

.PHONY: demo test fuzz lint docs site bench lock clean

demo: $(STAMP)  ## Plan the main example, print the result, write the report.
	$(BIN)/planner plan $(CASE) --out $(PLAN)

test: lint  ## Lint, types, import contracts, tests.
	$(BIN)/python -m pytest --numprocesses auto

fuzz: $(STAMP)  ## Hostile cases, plan folders, archives and trust files, 2,000 of each; kills at 50 moments.
	$(BIN)/python -m pytest --numprocesses auto --fuzz 2000 tests/fuzz
	$(BIN)/python -m pytest --numprocesses auto --slow tests/cli/test_killed.py tests/cli/test_many_problems.py

lint: $(STAMP)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/ruff check $(CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(STAMP)  ## Write what the documents take from the program.
	$(BIN)/python docs/build.py

site: $(STAMP)  ## The documentation site in site/, without a network; warnings are errors.
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

bench: $(STAMP)  ## Speed, as ratios within one run.
	for file in benchmarks/*.py; do $(BIN)/python $$file || exit 1; done

$(STAMP): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

lock:  ## Pin all dependencies with hashes (needs pip-tools).
	$(PYTHON) -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --strip-extras \
		--output-file requirements.lock pyproject.toml
	$(PYTHON) -m piptools compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --allow-unsafe --strip-extras \
		--extra dev --output-file requirements-dev.lock pyproject.toml

clean:
	rm -rf $(VENV) plans build dist site

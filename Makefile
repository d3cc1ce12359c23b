# `make run` starts the demo, `make test` is the whole gate. Both do all their own set-up on a machine that has cargo,
# npm and, for the chat test, node.

TIELINE := target/fast/tieline
DEMO    := data/demo
CLIENT  := web/protocol

.PHONY: run agent customer test lint fuzz bench api clean

run: ## Build Tieline and start it with the demo tenant.
	cargo build --profile fast --bin tieline
	$(TIELINE) demo --folder $(DEMO)

agent: $(CLIENT)/node_modules ## Sign in as the demo's agent amina and answer whoever writes.
	node $(CLIENT)/agent.mjs

customer: ## Let a customer write to the demo and check what comes back.
	. ./$(DEMO)/demo.env && $(TIELINE) connector simulate --expect-replies

test: lint $(CLIENT)/node_modules ## Everything that must hold: format, lints, and every kind of test.
	cargo test --workspace

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

fuzz: ## Feed the parsers what nobody would send, for a short while each.
	./fuzz/run.sh

bench: ## Measure, everything on this machine, and print the table of bench/README.md.
	cargo build --profile fast --bin tieline --package tieline-server
	cargo run --profile fast --package tieline-bench -- --out bench/results.json --readme bench/README.md

api: ## Write openapi.json anew from the code.
	UPDATE_OPENAPI=1 cargo test --package tieline-server --test main rest_edge

$(CLIENT)/node_modules: $(CLIENT)/package-lock.json
	cd $(CLIENT) && npm ci --no-audit --no-fund
	touch $@

clean:
	cargo clean
	rm -rf $(CLIENT)/node_modules

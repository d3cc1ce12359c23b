#!/usr/bin/env bash
# Runs every fuzz target for FUZZ_SECONDS (20 by default). libFuzzer needs a nightly compiler.
set -euo pipefail
cd "$(dirname "$0")"
seconds="${FUZZ_SECONDS:-20}"
if ! cargo +nightly --version >/dev/null 2>&1; then
  echo "fuzzing needs a nightly toolchain: rustup toolchain install nightly" >&2
  exit 1
fi
command -v cargo-fuzz >/dev/null || cargo install cargo-fuzz --locked --quiet
for target in fuzz_targets/*.rs; do
  name="$(basename "$target" .rs)"
  cargo +nightly fuzz run "$name" --fuzz-dir . -- -max_total_time="$seconds" -max_len=65536 -timeout=5
done

# One command each, on a fresh Debian 12 with Rust: each installs what it lacks.

.PHONY: run test check bench faults fuzz screenshots

# Builds and starts Kontor with a demo organisation at http://localhost:8008.
run:
	@scripts/run.sh

# Runs every test. STAGES="nextest sdk-sqlite" runs only these.
test:
	@scripts/test.sh $(STAGES)

# Formatting, lints, licences, documentation, house rules.
check:
	@scripts/check.sh

# Measures a release build on this machine. ONLY=send runs one scenario; BASE=v0.1.0 compares.
bench:
	@scripts/bench.sh "$(BASE)" $(if $(ONLY),--only $(ONLY))

# Kills deletion, erasure, backup and restore at random moments, KILLS times (default 200).
faults:
	@scripts/faults.sh $(KILLS)

# Runs each fuzz target for SECONDS (default 60).
fuzz:
	@scripts/fuzz.sh $(or $(SECONDS),60)

# Takes the pictures in docs/screenshots anew.
screenshots:
	@scripts/screenshots.sh

# Zamin. `make help` explains.
.DEFAULT_GOAL := help
.PHONY: help run test check bench build clean

help: ## Show this
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  Settings are environment variables: ZAMIN_PORT (8080), ZAMIN_DATA_DIR (.zamin), ZAMIN_DATABASE_URL, ZAMIN_SMTP_URL."
	@echo "  ZAMIN_DATABASE_URL=postgres://… make run   runs on PostgreSQL."

run: ## Install what is missing, build, load the demo country, serve at http://localhost:8080
	@Tools/setup run
	@echo "Building (the first time takes some minutes)"
	@swift build -c release --product zamin
	@exec $$(swift build -c release --show-bin-path)/zamin up

test: ## Set up and run every test, on SQLite and PostgreSQL, with real browsers and clients
	@Tests/run

check: test ## What CI runs

bench: ## Measure: one line per figure, beside a reference measured in the same run
	@Benchmarks/run

build: ## Build only
	@Tools/setup run
	@swift build

clean: ## Remove what was built and the demo country's data
	rm -rf .build .zamin

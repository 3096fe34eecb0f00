# Two commands matter: `make run` opens the festival, `make test` proves that it works. `make help` lists the rest.
.PHONY: help run test check fmt bench simulate prove map pictures

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

run: ## set up what is missing, start everything, print where to look (ARGS=--lan lets phones in)
	@sh scripts/setup.sh run && exec .venv/bin/fairday up $(ARGS)

test: ## set up, check the code, run every test
	@sh scripts/test.sh $(ARGS)

check: ## formatting, lint, types and import contracts only
	@sh scripts/setup.sh test && sh scripts/check.sh

fmt: ## put the code in order
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

bench: ## measure against the limits of this machine; rows go to bench/results
	@sh scripts/setup.sh test && .venv/bin/python -m bench $(ARGS)

simulate: ## let a crowd play on a running Fairday (ARGS="--actions 20000")
	@.venv/bin/fairday simulate $(ARGS)

prove: ## the long proofs: kills, races, replays
	@sh scripts/setup.sh test && .venv/bin/pytest -m prove $(ARGS)

map: ## write openapi.json and docs/map.md anew from the code
	@.venv/bin/fairday describe .

pictures: ## take the README's pictures anew from a running demo
	@.venv/bin/python scripts/pictures.py $(ARGS)

# The front door. Each target is a command of `cargo xtask`; ARGS go to it: make run ARGS=--help
.PHONY: help run dev check test dist fmt
help: ; @cargo xtask
run: ; @cargo xtask run -- $(ARGS)
dev: ; @cargo xtask dev $(ARGS)
check: ; @cargo xtask check
test: ; @cargo xtask test
dist: ; @cargo xtask dist $(ARGS)
fmt: ; @cargo xtask fmt

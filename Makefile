# Every verb is engine/main.ts; `make help` lists them. Nothing here needs more than make, git and Node.js.
STACK ?= selective
RUNTIME ?= bare
SEEDS ?= 100
SETS ?= 20
SECONDS ?= 600
ENGINE = node dist/engine/main.js

.DEFAULT_GOAL := help
.PHONY: help prepare up preview down recover verify-stacks test bench fidelity judge mutations fuzz doctor shell clean purge

help:
	@sed -n 's/^## //p' Makefile

prepare:
	@node engine/prepare.mjs

## make up [STACK=selective]       everything from nothing to a living lab; RUNTIME=kind: clusters with real kubelets and pods
up: prepare
	@$(ENGINE) up $(STACK) --runtime $(RUNTIME)

## make preview [STACK=selective]  what a change would make or break
preview: prepare
	@$(ENGINE) preview $(STACK) --runtime $(RUNTIME)

## make down [STACK=selective]     destroy the stack
down: prepare
	@$(ENGINE) down $(STACK) --runtime $(RUNTIME)

## make recover [STACK=selective]  clear up after a pulumi run that was killed
recover: prepare
	@$(ENGINE) recover $(STACK) --runtime $(RUNTIME)

## make shell [STACK=selective]    a prompt inside the lab, with pulumi, docker and kubectl
shell: prepare
	@$(ENGINE) shell $(STACK) --runtime $(RUNTIME)

## make verify-stacks [STACK=name]  every stack up, proven, changed in a preview, down; or one; RUNTIME=kind: on kind
verify-stacks: prepare
	@$(ENGINE) verify-stacks --runtime $(RUNTIME) $(if $(filter command line environment,$(origin STACK)),$(STACK))

## make test [LEVELS="unit graph"]  every level, or these
test: prepare
	@$(ENGINE) test $(LEVELS)

## make fidelity [SEEDS=100]       random networks as real daemons against their forecast
fidelity: prepare
	@$(ENGINE) fidelity $(SEEDS)

## make judge [SETS=20]            drawn objects applied to the real control planes of Cilium and MetalLB; PLANE=name for one
judge: prepare
	@$(ENGINE) judge $(SETS) $(if $(PLANE),--plane $(PLANE))

## make mutations [SEEDS=100]      the same, and then wrong rules against what the daemons answered
mutations: prepare
	@$(ENGINE) mutations $(SEEDS)

## make fuzz [SECONDS=600]         arbitrary input for every parser and verb
fuzz: prepare
	@SECONDS=$(SECONDS) npm run --silent fuzz

## make bench                      figures as JSON
bench: prepare
	@$(ENGINE) bench

## make doctor                     each part, where it comes from, what to do about what is missing
doctor: prepare
	@$(ENGINE) doctor

## make clean                      stop and remove the lab; the machine is as it was
clean: prepare
	@$(ENGINE) clean

## make purge                      clean, and remove the cache
purge: prepare
	@$(ENGINE) purge

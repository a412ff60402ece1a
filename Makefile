# SPDX-License-Identifier: PostgreSQL
# One non-recursive Makefile (make help). A second make starts only where MODE changes or packages were just installed.

VERSION := 0.1.0
MODE    ?= debug
ifeq ($(origin CC),default)
CC      := gcc
endif
JOBS    ?= $(shell nproc)
PREFIX  ?= /usr/local
PKG_CONFIG ?= pkg-config

# Libraries of the program, by their pkg-config name. One row for a new one (and one in .ci/packages).
# libpg_query and libbz2 come without such a name: they stand in LIBS.
PKGS := libpq zlib libzstd liblz4 libcjson libfyaml libcrypto libxxhash libcurl libarchive liblzma
# gzip by ISA-L where its header is there, by zlib otherwise; `make ISAL=0` forces zlib.
ISAL ?= $(if $(wildcard /usr/include/isa-l/igzip_lib.h /usr/include/isa-l.h),1,0)
PKGS += $(if $(filter 1,$(ISAL)),libisal)
DEFS += $(if $(filter 1,$(ISAL)),-DHAVE_ISAL=1)

# ---- flags --------------------------------------------------------------------------------------
CLANG := $(findstring clang,$(notdir $(CC)))
WARN  := -Werror -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 \
  -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition -Wvla -Wundef -Wcast-qual \
  -Wwrite-strings -Wpointer-arith -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference \
  -Wdouble-promotion
WARN_GCC := -Wduplicated-cond -Wduplicated-branches -Wlogical-op -Wformat-signedness \
  -Wformat-overflow=2 -Wcast-align=strict
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fPIE

MODE_debug   := -Og -g3
MODE_release := -O2 -g $(HARDEN)
MODE_asan    := -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
MODE_cov     := -O0 -g --coverage
MODE_fuzz    := $(MODE_asan) -fsanitize=fuzzer-no-link
LINK_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
LINK_asan    := -fsanitize=address,undefined
LINK_cov     := --coverage
LINK_fuzz    := -fsanitize=address,undefined
$(if $(MODE_$(MODE)),,$(error MODE is debug, release, asan, cov or fuzz, not "$(MODE)"))

pkg_cflags = $(patsubst -I%,-isystem %,$(shell $(PKG_CONFIG) --cflags $(1) 2>/dev/null))
pkg_libs   = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null)
CPPFLAGS_ALL := -D_GNU_SOURCE -DPGR_VERSION='"$(VERSION)"' $(DEFS) -Isrc $(call pkg_cflags,$(PKGS))
CFLAGS_ALL   := -std=c17 $(MODE_$(MODE)) $(WARN) $(if $(CLANG),,$(WARN_GCC)) -pthread $(CFLAGS)
LDFLAGS_ALL  := $(LINK_$(MODE)) -Wl,--as-needed -pthread $(LDFLAGS)
LIBS         := $(call pkg_libs,$(PKGS)) -lpg_query -lbz2 -lm

# ---- files --------------------------------------------------------------------------------------
B       := build/$(MODE)$(if $(CLANG),$(if $(filter fuzz,$(MODE)),,-clang))
PROGRAM := $(B)/pg_rehearse
LIB     := $(B)/libpg_rehearse.a
MAIN    := $(wildcard src/cli/main.c)
SRC     := $(filter-out src/cli/main.c,$(wildcard src/*/*.c))
TESTLIB := $(B)/libtests.a
obj      = $(patsubst %.c,$(B)/%.o,$(1))

# A suite folder holds main.c, suites.def and tests; it counts from the moment its main.c exists.
SUITES  := $(patsubst tests/%/main.c,%,$(wildcard $(foreach s,unit faults golden integration,tests/$(s)/main.c)))
RUNNERS := $(SUITES:%=$(B)/tests/run-%)
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
OBJ     := $(call obj,$(SRC) $(MAIN) $(wildcard tests/*/*.c tests/*/*/*.c))

# ---- build --------------------------------------------------------------------------------------
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: FORCE all release clean help install dist demo test suites suites-build asan memcheck fuzz fuzz-smoke \
  coverage bench detection regression lint format format-check hooks docs docs-check fresh-test ci test-unit test-fault \
  test-golden test-integration test-corpus golden
Q := $(if $(V),,@)
say = $(if $(V)$(QUIET),,@printf '  %-5s %s\n' '$(1)' '$(2)')

all: $(if $(MAIN),$(PROGRAM),$(LIB)) ## build the program in MODE=debug|release|asan|cov, CC=gcc|clang
release: ## build the optimised, hardened program: build/release/pg_rehearse
	$(Q)$(MAKE) --no-print-directory MODE=release all

$(PROGRAM): $(call obj,$(MAIN)) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(LIB): $(call obj,$(SRC))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

$(TESTLIB): $(call obj,$(wildcard tests/lib/*.c))
	$(call say,AR,$@)
	$(Q)rm -f $@ && ar rcsD $@ $^

$(call obj,$(wildcard tests/*/*.c tests/*/*/*.c)): CPPFLAGS_ALL += -Itests $(call pkg_cflags,check)
$(B)/%.o: %.c $(B)/flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# Embedded files (.incbin) are invisible to -MMD, so who embeds is rebuilt when any such file changes.
EMBEDDED := $(wildcard src/*/*.sql tests/lib/*.sql reports/*.* scenarios/*.* migrations/*.*)
$(call obj,$(shell grep -ls '^EMBED\b' $(SRC) $(MAIN) tests/lib/*.c)): $(EMBEDDED)

# Rewritten when compiler, flags or libraries change, which rebuilds everything.
export BUILD_FLAGS := $(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(LIBS)
$(B)/flags: FORCE
	@$(PKG_CONFIG) --exists --print-errors $(PKGS) || { echo 'libraries are missing: run .ci/install' >&2; exit 1; }
	@mkdir -p $(@D)
	@printf '%s\n' "$$BUILD_FLAGS" | cmp -s - $@ || printf '%s\n' "$$BUILD_FLAGS" > $@

define runner_rule
$(B)/tests/run-$(1): $(call obj,$(wildcard tests/$(1)/*.c tests/$(1)/*/*.c)) $(TESTLIB) $(LIB)
	$$(call say,LINK,$$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $$@ $$^ $(call pkg_libs,check) $(LIBS)
endef
$(foreach s,$(SUITES) detection bench,$(eval $(call runner_rule,$(s))))

# A fuzz target is linked with libFuzzer in MODE=fuzz, and with a replayer of its corpus otherwise.
$(B)/tests/fuzz/%: $(B)/tests/fuzz/fuzz_%.o $(if $(filter fuzz,$(MODE)),,$(B)/tests/fuzz/replay.o) $(LIB)
	$(call say,LINK,$@)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(if $(filter fuzz,$(MODE)),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

-include $(OBJ:.o=.d)

# ---- tests --------------------------------------------------------------------------------------
# Run in the top folder by tests/lib/tally, which closes with "N passed, N failed, N skipped".
# ARGS="pool lexer" runs only the suites whose name contains one of the words.
export MODE ARGS
export PG_REHEARSE := $(abspath $(PROGRAM))
again = $(MAKE) --no-print-directory QUIET=1 $(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
tally = @tests/lib/tally $(filter $(B)/tests/%,$^)
REPLAYS := $(FUZZERS:%=$(B)/tests/fuzz/%)

test: ## install what is missing, build, and run every suite; the last line is the sum
	@.ci/install test && tests/servers/install && tests/servers/majors
	@$(again) suites-build
	@$(MAKE) --no-print-directory QUIET=1 suites
suites-build: all $(RUNNERS) $(REPLAYS)
suites: suites-build $(RUNNERS) $(REPLAYS)
test-unit: $(filter %/run-unit,$(RUNNERS)) ## unit tests; ARGS="pool lexer" runs the suites named so
test-fault: $(filter %/run-faults,$(RUNNERS)) ## the fault matrix: every check is made to speak
test-golden: $(filter %/run-golden,$(RUNNERS)) ## golden records rendered by every report format
test-integration: all $(filter %/run-integration,$(RUNNERS)) ## against throw-away PostgreSQL servers
test-corpus: $(REPLAYS) ## the inputs that fuzzing kept, rerun as plain tests
suites test-unit test-fault test-golden test-integration test-corpus:
	$(tally)
golden: $(filter %/run-golden,$(RUNNERS)) ## rewrite the expected files of test-golden; read the diff before you commit
	@$< --write
asan: ## the same suites under address and undefined-behaviour sanitizers
	@$(again) MODE=asan suites-build
	@$(MAKE) --no-print-directory QUIET=1 MODE=asan suites
memcheck: $(filter %/run-unit,$(RUNNERS)) ## the unit suites under valgrind
	$(subst @,@RUN_UNDER=tests/lib/memcheck ,$(tally))
fuzz: ## fuzz one target until it fails: make fuzz T=lexer ARGS=-max_total_time=600
	@$(again) MODE=fuzz CC=clang build/fuzz/tests/fuzz/$(T)
	@tests/fuzz/smoke endless $(T)
fuzz-smoke: ## every fuzz target: its corpus, then 15 s of fuzzing (SECONDS=n)
	@$(if $(FUZZERS),$(again) MODE=fuzz CC=clang $(FUZZERS:%=build/fuzz/tests/fuzz/%))
	@tests/fuzz/smoke $(or $(SECONDS),15) $(FUZZERS)
coverage: ## line coverage of src, with a gate per floor
	@$(again) MODE=cov suites-build && find build/cov -name '*.gcda' -delete
	@$(MAKE) --no-print-directory QUIET=1 MODE=cov suites
	@tests/lint/coverage
bench: release ## figures against gzip, zstd, lz4 and psql; BENCH_GATE=1 fails where a goal is missed
detection: release ## rewrite docs/detection.md: what is caught, and what other tools catch; ARGS=tries
regression: release ## dumps of PostgreSQL's own regression database, in every format, must verify (root)
bench detection regression:
	@tests/$@/run $(ARGS)

# ---- checks -------------------------------------------------------------------------------------
lint: all ## format, floors, headers, refused functions, lengths, tables, shellcheck, cppcheck, clang-tidy
	@.ci/install all && tests/lint/all
format: ## clang-format all sources
	@tests/lint/format -i
format-check: ## fail when clang-format would change something
	@tests/lint/format
hooks: ## install the pre-commit hook: format and floors of what changed
	@ln -sf ../../tests/lint/pre-commit "$$(git rev-parse --git-path hooks)/pre-commit"
docs: all ## regenerate what is generated in docs and README.md
	@tests/lint/docs write
docs-check: all ## fail when generated pages are stale, then run the README's console blocks
	@tests/lint/docs check && tests/lint/readme_blocks README.md
fresh-test: ## README's two commands in a Debian made from nothing (root); QUICK=1: build and short rehearsal
	@tests/lint/fresh
ci: ## exactly what CI runs
	@.ci/run

# ---- use ----------------------------------------------------------------------------------------
DATADIR := $(DESTDIR)$(PREFIX)/share/pg_rehearse
demo: ## install what is missing, build, rehearse the built-in storefront; DEMO_ROWS=n scales it
	@.ci/install demo
	@echo 'building build/release/pg_rehearse' && $(again) MODE=release all
	@build/release/pg_rehearse run -c scenarios/demo.yaml $(if $(DEMO_ROWS),--source-demo-rows $(DEMO_ROWS))
install: release ## install the optimised program below DESTDIR/PREFIX (/usr/local)
	@install -D -m 755 build/release/pg_rehearse $(DESTDIR)$(PREFIX)/bin/pg_rehearse
	@for d in $(wildcard scenarios migrations); do install -d $(DATADIR)/$$d && cp -R $$d/. $(DATADIR)/$$d; done
	@install -D -m 644 docs/pg_rehearse.1 $(DESTDIR)$(PREFIX)/share/man/man1/pg_rehearse.1
	@install -D -m 644 docs/pg_rehearse.bash-completion $(DESTDIR)$(PREFIX)/share/bash-completion/completions/pg_rehearse
dist: ## source archive of HEAD: build/pg_rehearse-VERSION.tar.gz
	@mkdir -p build && git archive --prefix=pg_rehearse-$(VERSION)/ -o build/pg_rehearse-$(VERSION).tar.gz HEAD && ls build/*.tar.gz
clean: ## remove everything that was built
	rm -rf build
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

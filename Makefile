# SPDX-License-Identifier: MIT
# oncering. "make help" lists what can be asked for; V=1 shows the commands.

VERSION := 0.1.0
SOVERSION := 0

# What Debian 12 calls the things that are needed: to run, and to check.
RUN_PACKAGES := gcc libc6-dev liburing-dev pkg-config
PACKAGES := $(RUN_PACKAGES) g++ clang libcmocka-dev gcovr clang-format valgrind

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
INCLUDEDIR ?= $(PREFIX)/include
LIBDIR ?= $(PREFIX)/lib
CFLAGS ?= -O2 -g
COUNT ?= 100000000
DIR ?= include

# B: where to build. SAN: sanitizers. One folder for each way to build.
B ?= build
SAN ?=
RESULTS ?= $B/results

WARN := -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -Wstrict-prototypes -Werror
override CPPFLAGS += -D_GNU_SOURCE -Iinclude
ALL_CFLAGS = -std=c11 $(WARN) $(CFLAGS) $(SAN_FLAGS)
LIBS := -luring -lpthread
ifneq ($(SAN),)
SAN_FLAGS := -fsanitize=$(SAN) -fno-omit-frame-pointer
ifneq ($(findstring undefined,$(SAN)),)
SAN_FLAGS += -fno-sanitize-recover=all
endif
ifneq ($(findstring thread,$(SAN)),)
# gcc's TSan ignores fences, and says so; the one in src/ orders us and the kernel
SAN_FLAGS += $(if $(findstring clang,$(CC)),,-Wno-tsan)
endif
endif

ifeq ($(V),1)
Q :=
say = @:
else
Q := @
say = @printf '  %-7s %s\n'
MAKEFLAGS += --no-print-directory
endif

comma := ,
objects = $(patsubst %.c,$B/obj/%.o,$1)

SOURCES := $(wildcard src/*.c)
SEAM := src/port_liburing.c
EMULATION := $(filter-out tests/emulated/test_%,$(wildcard tests/emulated/*.c))
HARNESS := $(filter-out tests/test_%,$(wildcard tests/*.c))
TESTS := $(wildcard tests/test_*.c)
FAULT_TESTS := $(wildcard tests/emulated/test_*.c)
BENCH := $(wildcard tests/bench/*.c)

# The two back ends: the library, and the library over the emulated kernel.
REAL_OBJECTS := $(call objects,$(SOURCES))
EMULATED_OBJECTS := $(call objects,$(filter-out $(SEAM),$(SOURCES)) $(EMULATION))

REAL_PROGRAMS := $(patsubst tests/%.c,$B/real/%,$(TESTS))
EMULATED_PROGRAMS := $(if $(EMULATION),$(patsubst tests/%.c,$B/emulated/%,$(TESTS)) \
	$(patsubst tests/emulated/%.c,$B/faults/%,$(FAULT_TESTS)))
DEMO := $(call objects,$(wildcard tests/demo/*.c))
STRESS := $(call objects,$(wildcard tests/stress/*.c))

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:
.PHONY: help deps deps-run lib demo test sanitize check bench stress coverage eva misuse misuse-deps misuse-check misuse-raw misuse-threads diagnostics install uninstall \
	attributes misra format clean programs run-tests headers readme install-test demo-run stress-run \
	exhaustive contracts checked-programs prove prove-check prove-deps split-model prove-gate prove-quick prove-page prove-mutants prove-ifs prove-eva prove-eva-gate

help: ## list the targets
	@printf 'oncering %s: every completion, seen exactly once\n\n' '$(VERSION)'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' Makefile | awk -F '\t' '{ printf "  make %-13s %s\n", $$1, $$2 }'
	@printf '\nVariables: V=1 (show commands), CC, CFLAGS, B (build folder), PREFIX, DESTDIR,\n'
	@printf '           DIR (for demo), COUNT (for stress).\n'

# --- what the machine needs ---

deps: ## install the Debian packages that are missing
	@tests/deps.sh $(PACKAGES)

deps-run:
	@tests/deps.sh $(RUN_PACKAGES)

# --- the library ---

lib: $B/liboncering.a $B/liboncering.so ## build build/liboncering.a and build/liboncering.so

# The tests misuse tokens on purpose, which gcc sees; and it does not know that
# a failed assertion of cmocka does not return.
MISUSE_WARN := -Wno-unknown-warning-option -Wno-use-after-free -Wno-maybe-uninitialized
$B/obj/tests/test_%.o $B/obj/tests/emulated/test_%.o: WARN += $(MISUSE_WARN)

$B/obj/%.o: %.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -Isrc -Itests -Itests/emulated -MMD -MP -c $< -o $@

$B/pic/%.o: %.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(CPPFLAGS) -fPIC -MMD -MP -c $< -o $@

$B/liboncering.a: $(REAL_OBJECTS)
	$(say) AR $@
	$(Q)rm -f $@ && $(AR) rcs $@ $^

# Only what the public headers declare is exported.
$B/oncering.map: include/oncering.h $(wildcard include/oncering/*.h)
	$(say) MAP $@
	@mkdir -p $(@D)
	$(Q){ echo '{ global: once_cookie_type;'; \
	  cat $^ | grep -oE '\bonce_[a-z0-9_]+\(' | tr '(' ';' | sort -u; \
	  echo 'local: *; };'; } > $@

$B/liboncering.so.$(VERSION): $(patsubst %.c,$B/pic/%.o,$(SOURCES)) $B/oncering.map
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) -shared -Wl,-soname,liboncering.so.$(SOVERSION) -Wl,-z,defs \
		-Wl,--version-script=$B/oncering.map -o $@ $(filter %.o,$^) $(LDFLAGS) $(LIBS)

$B/liboncering.so: $B/liboncering.so.$(VERSION)
	$(Q)ln -sf liboncering.so.$(VERSION) $B/liboncering.so.$(SOVERSION)
	$(Q)ln -sf liboncering.so.$(SOVERSION) $@

# --- the main job ---

$B/demo: $(DEMO) $(REAL_OBJECTS)
$B/demo-emulated: $(DEMO) $(EMULATED_OBJECTS)
$B/demo $B/demo-emulated:
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)

demo: deps-run demo-run ## read a tree of files on a real ring, then commit every mistake once (DIR=)

demo-run: $B/demo $(if $(EMULATION),$B/demo-emulated)
	@$B/demo $(DIR) || { rc=$$?; [ $$rc -eq 77 ] && [ -x $B/demo-emulated ] || exit $$rc; \
	  echo 'The live part was skipped; the same program on the emulated ring:'; echo; \
	  $B/demo-emulated $(DIR); }

# --- tests ---

$B/real/test_%: $B/obj/tests/test_%.o $(call objects,$(HARNESS)) $(REAL_OBJECTS)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LIBS)

$B/emulated/test_%: $B/obj/tests/test_%.o $(call objects,$(HARNESS)) $(EMULATED_OBJECTS)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LIBS)

$B/faults/test_%: $B/obj/tests/emulated/test_%.o $(call objects,$(HARNESS)) $(EMULATED_OBJECTS)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LIBS)

programs: $(REAL_PROGRAMS) $(EMULATED_PROGRAMS) $B/demo $B/stress $(if $(BENCH),$B/bench) \
	$(if $(EMULATION),$B/demo-emulated $B/stress-emulated)

# What was built is run; whether it passed stands in RESULTS.
run-tests:
	@for program in $(REAL_PROGRAMS) $(EMULATED_PROGRAMS); do tests/run.sh $(RESULTS) $$program || :; done

test: deps ## run the unit tests, on a real ring and on the emulated one
	@mkdir -p $B && : > $(RESULTS)
	@$(MAKE) programs
	@$(MAKE) run-tests; tests/run.sh --total $(RESULTS)

asan = B=build/asan SAN=address,undefined
tsan = B=build/tsan SAN=thread

sanitize: deps ## the same under ASan + UBSan, and under TSan
	@mkdir -p build && : > build/results-sanitize
	@$(MAKE) programs $(asan)
	@$(MAKE) programs $(tsan)
	@$(MAKE) run-tests $(asan) RESULTS=build/results-sanitize; \
	  $(MAKE) run-tests $(tsan) RESULTS=build/results-sanitize; \
	  tests/run.sh --total build/results-sanitize

headers: ## compile the public headers alone, as C11, C17 and C++17
	@tests/headers.sh

readme: $B/liboncering.a ## compile and run what README.md shows
	@tests/readme.sh $B/liboncering.a

install-test: ## install to a scratch folder, use it through pkg-config, uninstall
	@tests/install.sh

step = tests/run.sh --step build/results
quiet = tests/run.sh --quiet build/results
tests_of = $(MAKE) run-tests RESULTS=build/results

check: deps ## everything: the library, the command and its lessons, the fuzzer, the analysers, the docs; of the proofs, those that are cheap and the model of split rings
	@mkdir -p build && : > build/results
	@$(step) 'gcc: builds without a warning' $(MAKE) -k lib programs B=build CC=gcc; \
	$(tests_of) B=build CC=gcc; \
	$(step) 'clang: builds without a warning' $(MAKE) -k lib programs B=build/clang CC=clang; \
	$(tests_of) B=build/clang CC=clang; \
	$(step) 'ASan + UBSan: builds' $(MAKE) -k programs $(asan); \
	$(tests_of) $(asan); \
	$(step) 'TSan: builds' $(MAKE) -k programs $(tsan); \
	$(tests_of) $(tsan); \
	$(quiet) 'headers alone, as C11, C17 and C++17' $(MAKE) headers; \
	$(quiet) 'attributes promise optimisers nothing false' tests/attributes/run.sh; \
	$(quiet) 'wrong programs: the library and the tools for them' $(MAKE) misuse-deps B=build CC=gcc; \
	RESULTS=build/results $(MAKE) misuse-check B=build CC=gcc; \
	$(quiet) 'mistakes with raw liburing, by Coccinelle' $(MAKE) misuse-raw; \
	$(quiet) 'the wrong thread, by clang -Wthread-safety' $(MAKE) misuse-threads; \
	$(quiet) 'MISRA: each deviation is justified' $(MAKE) misra; \
	$(quiet) 'what README.md shows' tests/readme.sh build/liboncering.a; \
	$(quiet) 'install, pkg-config, uninstall' $(MAKE) install-test; \
	$(quiet) 'demo' build/demo; \
	$(quiet) 'demo under ASan + UBSan' build/asan/demo; \
	$(quiet) 'demo under TSan' build/tsan/demo; \
	$(if $(EMULATION),$(quiet) 'demo on the emulated ring' build/demo-emulated;) \
	$(step) 'the oncering command and its tests: builds' $(MAKE) -k tool-programs B=build CC=gcc; \
	$(MAKE) run-tool-tests B=build RESULTS=build/results; \
	$(step) 'the same under ASan + UBSan: builds' $(MAKE) -k tool-programs $(asan); \
	$(MAKE) run-tool-tests $(asan) RESULTS=build/results; \
	$(step) 'the oncering command, with clang: builds without a warning' $(MAKE) -k tool-programs B=build/clang CC=clang; \
	$(step) 'scenarios with two threads, under TSan: builds' $(MAKE) build/tsan/tool/real/test_run $(tsan); \
	tests/run.sh build/results build/tsan/tool/real/test_run; \
	$(MAKE) run-lessons B=build RESULTS=build/results; \
	$(quiet) 'the course' $(MAKE) course B=build; \
	$(quiet) 'every sequence of up to six events, library against model' $(MAKE) exhaustive B=build CC=gcc; \
	$(quiet) 'the corpus of the fuzzer, on both back ends, with every oracle' $(MAKE) fuzz-replay B=build CC=gcc; \
	$(quiet) 'the fuzzer finds its canary' $(MAKE) fuzz-canary B=build CC=gcc; \
	$(quiet) 'the corpus finds seeded bugs: every seventh' $(MAKE) fuzz-mutants-sample B=build CC=gcc; \
	$(quiet) 'the same input takes the same path, in a new process, too' $(MAKE) fuzz-stability B=build CC=gcc; \
	$(quiet) 'the build script for OSS-Fuzz' $(MAKE) fuzz-oss B=build CC=gcc; \
	$(quiet) 'a minute of fuzzing on both cores' $(MAKE) fuzz-smoke B=build CC=gcc; \
	$(quiet) 'what the proofs assume, around every call of the seam' $(MAKE) contracts B=build CC=gcc; \
	$(quiet) 'the hand-over between the threads of a split ring, every interleaving' $(MAKE) split-model B=build; \
	RESULTS=build/results $(MAKE) prove-check B=build; \
	$(quiet) 'stress: a million completions' build/stress 1000000; \
	$(if $(EMULATION),$(quiet) 'stress: counters that wrap' build/stress-emulated --wrap;) \
	tests/run.sh --total build/results

coverage = B=build/coverage CFLAGS='-O0 -g --coverage -fprofile-update=atomic' LDFLAGS=--coverage

coverage: deps ## line coverage of src/, by the tests on both back ends
	@mkdir -p build/coverage && : > build/coverage/results
	@find build/coverage -name '*.gcda' -delete
	@$(MAKE) programs $(coverage)
	@$(MAKE) run-tests $(coverage)
	@tests/run.sh --total build/coverage/results; failed=$$?; \
	  tests/coverage.sh build/coverage && exit $$failed

# --- what ordinary tools say about wrong programs ---

MISUSE_PACKAGES := cppcheck clang-19 clang-tidy coccinelle frama-c-base
misuse_corpus = OUT=$B/misuse EVA=$B/eva tests/misuse/run.sh $(ACCEPT) $B/liboncering.a $(EMULATED_OBJECTS)

# What Eva is given: its model, and the real headers without comments and so without contracts.
EVA_FILES := $(patsubst include/oncering/%,$B/%,$(wildcard include/oncering/eva/*)) \
	$(patsubst include/%,$B/eva/plain/%,include/oncering.h $(wildcard include/oncering/*.h))

$B/eva/plain/%.h: include/%.h
	@mkdir -p $(@D)
	$(Q)gcc -w -fpreprocessed -dD -E -P $< > $@

$B/eva/%: include/oncering/eva/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

eva: $(EVA_FILES) ## the model of the library for Frama-C's Eva, in build/eva
	@$(CC) $(ALL_CFLAGS) -fsyntax-only -I$B/eva/plain $(CPPFLAGS) $B/eva/model.c

misuse: deps $B/liboncering.a $(EMULATED_OBJECTS) eva ## every analyser over wrong programs and their correct twins; writes build/misuse.tsv
	@tests/deps.sh $(MISUSE_PACKAGES)
	@$(misuse_corpus)
	@EVA=$B/eva tests/misuse/aorai.sh

# The tools that are quick, and the runs; what check adds to its sum.
misuse-deps: $B/liboncering.a $(EMULATED_OBJECTS)
	@tests/deps.sh clang cppcheck

misuse-check: misuse-deps
	@TOOLS=quick $(misuse_corpus)

misuse-raw: ## the Coccinelle rules over programs that use raw liburing wrongly
	@tests/deps.sh coccinelle
	@tests/misuse/raw.sh

misuse-threads: ## clang -Wthread-safety over calls from the wrong side of a split ring
	@tests/deps.sh clang
	@tests/misuse/threads.sh

diagnostics: ## write into README.md what gcc and clang say about a wrong program
	@tests/misuse/diagnostics.sh --write

# --- proofs: see proofs/README.md ---

PROOF_PACKAGES := frama-c-base why3 z3 cvc4 spin gcc binutils python3 git
PROVE_JOBS ?= 2
gate = PYTHONDONTWRITEBYTECODE=1 WHY3CONFIG=$(abspath $B)/proofs/why3.conf proofs/gate/$1.py --build $B/proofs --jobs $(PROVE_JOBS)

# The seam's calls are wrapped: the clauses that the proofs assume run around them.
SEAM_CALLS = $(shell grep -ow '__real_once_port_[a-z_]*' proofs/world/checked_port.c | sed 's/__real_//' | sort -u)
CHECKED_PROGRAMS := $(patsubst tests/%.c,$B/checked/%,$(TESTS))

$B/checked/test_%: $B/obj/tests/test_%.o $B/obj/proofs/world/checked_port.o $(call objects,$(HARNESS)) $(REAL_OBJECTS)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(SEAM_CALLS:%=-Wl,--wrap=%) $^ -o $@ -lcmocka $(LIBS)

checked-programs: $(CHECKED_PROGRAMS)

contracts: deps ## run the unit tests with the assumed contracts asserted around each call of the seam
	@mkdir -p $B && : > $B/results-contracts && rm -f $B/clauses
	@$(MAKE) checked-programs
	@for program in $(CHECKED_PROGRAMS); do \
	  ONCE_CLAUSES=$(abspath $B)/clauses tests/run.sh $B/results-contracts $$program || :; done
	@tests/run.sh --total $B/results-contracts
	@proofs/world/clauses.sh src/port.h $B/clauses

prove-deps:
	@tests/deps.sh $(PROOF_PACKAGES)
	@mkdir -p $B/proofs
	@[ -s $B/proofs/why3.conf ] || why3 config detect -C $B/proofs/why3.conf > $B/proofs/detect.txt 2>&1

prove: split-model ## prove src/ against its contracts, without a cache; try a sample of the mutants
	@$(call gate,prove)

split-model: prove-deps ## the hand-over between the threads of a split ring, over every interleaving
	@proofs/split.sh $B/proofs/split

prove-check: prove-deps ## prove the files whose goals are cheap, without a cache; a sample of their mutants
	@$(call gate,prove) --cheap --results $(RESULTS)

prove-gate: prove-deps ## every way round the gate that we know makes it fail
	@WHY3CONFIG=$(abspath $B)/proofs/why3.conf proofs/gate/selftest.sh $B/proofs/selftest

prove-quick: prove-deps ## prove with the verdicts of the last run (FILE= one source file)
	@$(call gate,prove) --quick $(FILE)

prove-page: prove-deps ## prove-quick, and write the table of functions into proofs/README.md (CHEAP=1 only of what make check proves)
	@$(call gate,prove) --quick --page $(if $(CHEAP),--cheap)

prove-mutants: prove-deps ## try every mutant of code and contracts: each must cost a goal (NAME= one of them)
	@$(call gate,mutants) $(NAME)

prove-ifs: prove-deps ## remove each guard of a refusal in turn: each must cost a goal (FILE= one source file)
	@$(call gate,ifs) $(FILE)

# Eva on the library: every scenario of the lessons as a C program over the emulated kernel.
EVA_LESSONS := $(wildcard tests/lessons/*.once tests/lessons/refusals/*.once tests/lessons/refusals/emulated/*.once)
EVA_PACKAGES := frama-c-base gcc python3

$B/proofs/eva/lessons.c: proofs/eva/to_c.py src/tool/scenario_verbs.h $(EVA_LESSONS)
	@mkdir -p $(@D)
	$(Q)python3 $< $(EVA_LESSONS) > $@
	$(Q)python3 $< --table $(EVA_LESSONS) > $(@D)/table.c

$B/proofs/eva/lessons: $B/proofs/eva/lessons.c $(EMULATED_OBJECTS) \
		$(call objects,$(wildcard proofs/eva/lesson.c proofs/eva/files.c src/tool/world*.c) \
		src/tool/scenario_mistakes.c src/tool/scenario_words.c)
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(MISUSE_WARN) $(CPPFLAGS) -Isrc -Iproofs/eva -Itests/emulated $(LDFLAGS) \
		$(filter %.c,$^) $(@D)/table.c $(filter %.o,$^) -o $@ $(LIBS)

prove-eva: $B/proofs/eva/lessons ## a second opinion: Frama-C's Eva on the lessons, linked with the library and the emulated kernel
	@tests/deps.sh $(EVA_PACKAGES)
	@$B/proofs/eva/lessons
	@PYTHONDONTWRITEBYTECODE=1 proofs/gate/eva.py --build $B/proofs/eva --jobs $(PROVE_JOBS)

prove-eva-gate: ## seeded mistakes make prove-eva fail
	@tests/deps.sh $(EVA_PACKAGES)
	@proofs/eva/selftest.sh $B/proofs/eva-selftest

# --- the oncering command, and scenarios: see src/tool/scenario.h ---

# What runs scenarios, for every program that does; the command has more, and both seams.
SCENARIO := $(wildcard src/tool/scenario_*.c src/tool/run*.c src/tool/world*.c)
TOOL_OBJECTS := $(call objects,$(wildcard src/tool/*.c) proofs/model_state.c proofs/model_names.c $(filter-out $(SEAM),$(SOURCES))) $B/seams/src/port_liburing.o \
	$(patsubst %.c,$B/seams/%.o,$(EMULATION))
TOOL_PACKAGES := chromium man-db groff-base
TOOL_TESTS := $(wildcard tests/tool/test_*.c)
# Those that run scenarios do so on either ring; the others look at the command alone.
TOOL_TESTS_ON_RINGS := $(patsubst %,tests/tool/test_%.c,draw minimise perfetto run)
TOOL_PROGRAMS := $(patsubst tests/tool/%.c,$B/tool/real/%,$(TOOL_TESTS)) \
	$(patsubst tests/tool/%.c,$B/tool/emulated/%,$(TOOL_TESTS_ON_RINGS))

$B/obj/src/tool/main.o: CPPFLAGS += -DONCERING_VERSION='"$(VERSION)"'
$B/obj/tests/tool/test_%.o: WARN += $(MISUSE_WARN)
$B/seams/src/%.o: SEAM_NAMES := src/tool/seam_real.h
$B/seams/tests/%.o: SEAM_NAMES := src/tool/seam_emulated.h

$B/seams/%.o: %.c
	$(say) CC $<
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -include $(SEAM_NAMES) $(CPPFLAGS) -Isrc -MMD -MP -c $< -o $@

$B/oncering: $(TOOL_OBJECTS)
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)

$B/tool/real/test_%: $B/obj/tests/tool/test_%.o $(call objects,$(SCENARIO)) $(REAL_OBJECTS)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LIBS)

$B/tool/emulated/test_%: $B/obj/tests/tool/test_%.o $(call objects,$(SCENARIO)) $(EMULATED_OBJECTS)
	$(say) LD $@
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ -lcmocka $(LIBS)

.PHONY: tool tool-programs tool-test run-tool-tests

tool: deps-run $B/oncering ## build build/oncering: run, draw, explain, replay scenarios

tool-programs: $B/oncering $(TOOL_PROGRAMS)

run-tool-tests:
	@tests/deps.sh $(TOOL_PACKAGES)
	@for program in $(TOOL_PROGRAMS); do tests/run.sh $(RESULTS) $$program || :; done

tool-test: deps ## run the tests of scenarios and of the oncering command
	@mkdir -p $B && : > $(RESULTS)
	@$(MAKE) tool-programs
	@$(MAKE) run-tool-tests; tests/run.sh --total $(RESULTS)

# --- the lessons: scenarios with a story, see tests/lessons ---

.PHONY: lessons run-lessons course

lessons: deps-run $B/oncering ## run every lesson and exercise; writes build/course.html
	@mkdir -p $B && : > $(RESULTS)
	@$(MAKE) course run-lessons; tests/run.sh --total $(RESULTS)

run-lessons:
	@tests/lessons/lessons.sh $(RESULTS) $B/oncering

course:
	@tests/lessons/course.sh $B/oncering $B/course.html

# --- analysers of the library itself ---

attributes: ## what analysers are promised lets no optimiser elide or foresee a call
	@tests/attributes/run.sh

misra: ## MISRA C:2012 over include/ and src/: each deviation is justified in tests/misra.tsv
	@tests/deps.sh cppcheck
	@tests/misra.sh

# --- the reference model: proofs/model.h ---

MODEL_OBJECTS := $(call objects,$(wildcard proofs/model*.c))
EXHAUSTIVE_OBJECTS := $(call objects,$(wildcard fuzz/exhaustive*.c) fuzz/small_kernel.c \
	$(filter-out src/port_%,$(SOURCES))) $(MODEL_OBJECTS)

$B/real/test_model $B/emulated/test_model $B/checked/test_model: $(call objects,tests/model/steps.c) $(MODEL_OBJECTS)
$B/obj/tests/model/%.o: WARN += $(MISUSE_WARN)

$B/exhaustive: $(EXHAUSTIVE_OBJECTS)
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@

exhaustive: $B/exhaustive ## every sequence of up to six events on a ring of two slots, library against model
	@$B/exhaustive

# --- the fuzzer: fuzz/ ---

FUZZ_PACKAGES := afl++ clang-14
FUZZ := fuzz/target.c fuzz/check.c $(wildcard fuzz/oracle*.c)
STAGE := $(wildcard fuzz/stage*.c)
FUZZ_SOURCES := $(SOURCES) $(SCENARIO) $(wildcard proofs/model*.c) $(FUZZ) $(STAGE)
# What the stage stands between: see fuzz/stage.h.
STAGED := $(patsubst %,-Wl$(comma)--wrap=%,$(sort $(shell grep -ohw '__wrap_[a-z_]*' $(STAGE) | sed 's/__wrap_//')))
REPLAY_OBJECTS := $(call objects,$(filter-out $(SEAM),$(FUZZ_SOURCES)) $(wildcard fuzz/replay*.c) src/tool/seam.c) \
	$B/seams/src/port_liburing.o $(patsubst %.c,$B/seams/%.o,$(EMULATION))
AFL_CC ?= afl-clang-fast
quiet_code := $(abspath fuzz/uninstrumented.txt)
sanitizers := address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CORPUS ?= fuzz/corpus
SECONDS ?= 60
HOURS ?= 1
JOBS ?= 2
OUT ?= $B/campaign
SEEDS ?= 3
TIME ?= 40
MINUTES ?= 1
SEED ?=

# Three builds of one target for AFL++, and one for libFuzzer.
$B/fuzz-san/%.o: %.c fuzz/uninstrumented.txt
	$(say) AFL $<
	@mkdir -p $(@D)
	$(Q)AFL_QUIET=1 AFL_LLVM_DENYLIST=$(quiet_code) $(AFL_CC) -std=c11 $(CPPFLAGS) -Isrc -O1 -g -fsanitize=fuzzer,$(sanitizers) -MMD -MP -c $< -o $@
$B/fuzz-fast/%.o: %.c fuzz/uninstrumented.txt
	$(say) AFL $<
	@mkdir -p $(@D)
	$(Q)AFL_QUIET=1 AFL_LLVM_DENYLIST=$(quiet_code) $(AFL_CC) -std=c11 $(CPPFLAGS) -Isrc -O2 -g -fsanitize=fuzzer -MMD -MP -c $< -o $@
$B/libfuzzer/%.o: %.c fuzz/uninstrumented.txt
	$(say) CLANG $<
	@mkdir -p $(@D)
	$(Q)clang -std=c11 $(CPPFLAGS) -Isrc -O1 -g -fsanitize=fuzzer-no-link,$(sanitizers) -fsanitize-coverage-ignorelist=$(quiet_code) -MMD -MP -c $< -o $@
$B/fuzz-san/target: $(FUZZ_SOURCES:%.c=$B/fuzz-san/%.o)
	$(Q)AFL_QUIET=1 $(AFL_CC) -fsanitize=fuzzer,$(sanitizers) $(STAGED) $^ -o $@ $(LIBS)
$B/fuzz-fast/target: $(FUZZ_SOURCES:%.c=$B/fuzz-fast/%.o)
	$(Q)AFL_QUIET=1 $(AFL_CC) -fsanitize=fuzzer $(STAGED) $^ -o $@ $(LIBS)
$B/fuzz-lto/target: $(FUZZ_SOURCES)
	$(say) LTO $@
	@mkdir -p $(@D)
	$(Q)AFL_QUIET=1 AFL_LLVM_DENYLIST=$(quiet_code) afl-clang-lto -std=c11 $(CPPFLAGS) -Isrc -O2 -g -fsanitize=fuzzer $(STAGED) $^ -o $@ $(LIBS)
$B/libfuzzer/target: $(FUZZ_SOURCES:%.c=$B/libfuzzer/%.o)
	$(Q)clang -fsanitize=fuzzer,$(sanitizers) $(STAGED) $^ -o $@ $(LIBS)

$B/replay: $(REPLAY_OBJECTS)
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(STAGED) $^ -o $@ $(LIBS)

# Without the stage: new rings, real threads and signals; and the assumed contracts
# of the seam are asserted around each call.
$B/replay-checked: $(call objects,$(filter-out $(STAGE),$(FUZZ_SOURCES)) $(wildcard fuzz/replay*.c) proofs/world/checked_port.c)
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(SEAM_CALLS:%=-Wl,--wrap=%) $^ -o $@ $(LIBS)

.PHONY: fuzz fuzz-deps fuzz-staged fuzz-build fuzz-replay fuzz-smoke fuzz-canary fuzz-mutants fuzz-mutants-sample \
	fuzz-corpus fuzz-coverage fuzz-oss fuzz-sync fuzz-stress fuzz-stability

fuzz-deps:
	@tests/deps.sh $(FUZZ_PACKAGES)

# For scripts that link a program of their own.
fuzz-staged:
	@echo '$(STAGED)'

fuzz-build: fuzz-deps $B/fuzz-san/target $B/fuzz-fast/target $B/libfuzzer/target $B/replay ## build the fuzzer: AFL++ (two builds), libFuzzer, replay

fuzz-replay: $B/replay $B/replay-checked ## replay the corpus: beside the model, on both back ends, with the seam's contracts
	@$B/replay --quiet --checks --coverage $(CORPUS) $(wildcard fuzz/regressions) > $B/replay.txt || { rc=$$?; cat $B/replay.txt; exit $$rc; }
	@cat $B/replay.txt
	@fuzz/cells.sh $B/replay.txt
	@$B/replay --quiet --both --coverage $(CORPUS) $(wildcard fuzz/regressions) > $B/both.txt || { rc=$$?; cat $B/both.txt; exit $$rc; }
	@tail -n 2 $B/both.txt
	@$B/replay-checked --quiet $(CORPUS)

fuzz_coverage = B=build/fuzz-coverage CFLAGS='-O0 -g --coverage -fprofile-update=atomic' LDFLAGS=--coverage

fuzz-coverage: deps ## lines and branches of src/ that the corpus runs, and cells, pairs and classes of results
	@$(MAKE) build/fuzz-coverage/replay $(fuzz_coverage)
	@find build/fuzz-coverage -name '*.gcda' -delete
	@build/fuzz-coverage/replay --quiet --coverage $(CORPUS) fuzz/regressions
	@gcovr --root . --filter 'src/[a-z_]*\.c' --filter include/oncering/ --branches --sort-percentage --print-summary build/fuzz-coverage

fuzz-smoke: fuzz-deps $B/fuzz-san/target $B/fuzz-fast/target ## fuzz for a minute on both cores, gated on AFL++'s statistics (SECONDS=)
	@fuzz/smoke.sh $B $(SECONDS) $(CORPUS)

fuzz-canary: $B/replay ## a library with a planted bug: the corpus must find it within a second
	@fuzz/canary.sh $B $(CORPUS)

fuzz-mutants: fuzz-deps ## seed each bug of fuzz/mutants/ in the library: the fuzzer must find it (SEEDS=, TIME=, NAME=)
	@SEEDS=$(SEEDS) TIME=$(TIME) LEAST=90 KILLED=98 fuzz/mutants.sh $B/mutants $(CORPUS) $(NAME)

fuzz: fuzz-build $B/oncering $B/fuzz-lto/target ## a campaign: HOURS=, JOBS=, OUT=; goes on where it was stopped
	@fuzz/campaign.sh $B $(OUT) $(HOURS) $(JOBS) $(CORPUS)

# What check has time for: every seventh bug, by replay alone.
fuzz-mutants-sample:
	@REPLAY=1 EVERY=7 LEAST=90 fuzz/mutants.sh $B/mutants $(CORPUS)

fuzz-sync: fuzz-deps $B/fuzz-fast/target ## two folders in place of two hosts: what one has found, the other imports
	@fuzz/sync.sh $B $B/sync $(CORPUS)

fuzz-oss: ## run the build script for OSS-Fuzz and ClusterFuzzLite as they would, and the target for a moment
	@tests/deps.sh clang-14
	@fuzz/oss-fuzz/test.sh $B/oss-fuzz

# Off the coverage loop: SQPOLL, IOSQE_ASYNC, real timers, signals, two threads.
STRESS_FUZZ := $(call objects,$(wildcard fuzz/stress*.c))
$B/fuzz-stress: $(STRESS_FUZZ) $(REAL_OBJECTS)
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)

# It sees some tokens twice, which gcc notices.
$B/obj/fuzz/stress%.o: WARN += $(MISUSE_WARN)

fuzz-stress: ## what takes real time, with two threads: half under ASan + UBSan, half under TSan (MINUTES=, SEED=)
	@$(MAKE) build/asan/fuzz-stress $(asan)
	@$(MAKE) build/tsan/fuzz-stress $(tsan)
	@build/asan/fuzz-stress $$(($(MINUTES) * 30)) $(SEED)
	@build/tsan/fuzz-stress $$(($(MINUTES) * 30)) $(SEED)

# Which code takes another path when an input is run again: what AFL++ calls stability.
$B/stability/%.o: %.c fuzz/uninstrumented.txt
	$(say) CLANG $<
	@mkdir -p $(@D)
	$(Q)clang -std=c11 $(CPPFLAGS) -Isrc -O1 -g -fno-pie -fsanitize-coverage=trace-pc-guard -fsanitize-coverage-ignorelist=$(quiet_code) -MMD -MP -c $< -o $@
$B/fuzz-stability: $(FUZZ_SOURCES:%.c=$B/stability/%.o) fuzz/stability.c
	$(say) LD $@
	$(Q)clang -std=c11 $(CPPFLAGS) -O1 -g -fno-pie -no-pie $(STAGED) $^ -o $@ $(LIBS)

fuzz-stability: $B/fuzz-stability ## name the code that runs another way when the same input is run again
	@rc=0; $B/fuzz-stability $(CORPUS)/* $(wildcard fuzz/regressions/*) > $B/stability.txt || rc=$$?; \
	sort -k2 -n -r $B/stability.txt | head -n 20 | while read -r at inputs example; do \
	  echo "$$inputs inputs: $$(addr2line -i -f -e $B/fuzz-stability $$at | paste -sd ' ') ($$example)"; done; exit $$rc

fuzz-corpus: fuzz-deps $B/fuzz-fast/target $B/oncering $B/replay ## make fuzz/corpus anew, from the lessons and a campaign's queue (OUT=)
	@fuzz/corpus.sh $B $(OUT) $(CORPUS)

# --- speed and endurance ---

$B/bench: $(call objects,$(BENCH)) $(REAL_OBJECTS)
$B/stress: $(STRESS) $(REAL_OBJECTS)
$B/stress-emulated: $(STRESS) $(EMULATED_OBJECTS)
$B/bench $B/stress $B/stress-emulated:
	$(say) LD $@
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $^ -o $@ $(LIBS)

bench: deps $B/bench ## raw liburing and oncering in one binary, in turn; writes build/bench.tsv
	@tests/bench/bench.sh $B/bench $B/bench.tsv

stress: deps-run stress-run ## 100 million completions on a real ring, seen out of order (COUNT=)

stress-run: $B/stress $(if $(EMULATION),$B/stress-emulated)
	@$B/stress $(COUNT) || [ $$? -eq 77 ]
	@$(if $(EMULATION),$B/stress-emulated --wrap,:)

# --- install ---

install: lib eva ## install headers, libraries, oncering.pc, the command, its man page and lessons (PREFIX=, DESTDIR=)
	$(say) INSTALL '$(DESTDIR)$(PREFIX)'
	$(Q)install -d '$(DESTDIR)$(INCLUDEDIR)/oncering' '$(DESTDIR)$(LIBDIR)/pkgconfig'
	$(Q)install -m 644 include/oncering.h '$(DESTDIR)$(INCLUDEDIR)'
	$(Q)install -m 644 include/oncering/*.h '$(DESTDIR)$(INCLUDEDIR)/oncering'
	$(Q)install -d '$(DESTDIR)$(PREFIX)/share/oncering'
	$(Q)install -m 644 include/oncering/rules/* '$(DESTDIR)$(PREFIX)/share/oncering'
	$(Q)for file in $(EVA_FILES:$B/eva/%=%); do \
		install -D -m 644 $B/eva/$$file '$(DESTDIR)$(PREFIX)'/share/oncering/eva/$$file; done
	$(Q)install -m 644 $B/liboncering.a '$(DESTDIR)$(LIBDIR)'
	$(Q)install -m 755 $B/liboncering.so.$(VERSION) '$(DESTDIR)$(LIBDIR)'
	$(Q)ln -sf liboncering.so.$(VERSION) '$(DESTDIR)$(LIBDIR)/liboncering.so.$(SOVERSION)'
	$(Q)ln -sf liboncering.so.$(SOVERSION) '$(DESTDIR)$(LIBDIR)/liboncering.so'
	$(Q)printf '%s\n' 'prefix=$(PREFIX)' 'includedir=$(INCLUDEDIR)' 'libdir=$(LIBDIR)' '' \
		'Name: oncering' 'Description: io_uring completions, each seen exactly once' \
		'Version: $(VERSION)' 'Requires.private: liburing' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -loncering' 'Libs.private: -luring' \
		> '$(DESTDIR)$(LIBDIR)/pkgconfig/oncering.pc'

uninstall: ## remove what install has installed
	$(say) REMOVE '$(DESTDIR)$(PREFIX)'
	$(Q)rm -f '$(DESTDIR)$(INCLUDEDIR)/oncering.h' '$(DESTDIR)$(LIBDIR)/pkgconfig/oncering.pc' \
		'$(DESTDIR)$(LIBDIR)'/liboncering.a '$(DESTDIR)$(LIBDIR)'/liboncering.so*
	$(Q)rm -rf '$(DESTDIR)$(INCLUDEDIR)/oncering' '$(DESTDIR)$(PREFIX)/share/oncering'

# --- installing the oncering command, its man page and its completion ---

BINDIR ?= $(PREFIX)/bin
SHAREDIR ?= $(PREFIX)/share
COMPLETION := $(SHAREDIR)/bash-completion/completions
LESSONS := $(SHAREDIR)/oncering/lessons

.PHONY: install-tool uninstall-tool
install: install-tool
uninstall: uninstall-tool

install-tool: $B/oncering
	$(Q)install -d '$(DESTDIR)$(BINDIR)' '$(DESTDIR)$(SHAREDIR)/man/man1' '$(DESTDIR)$(COMPLETION)' '$(DESTDIR)$(LESSONS)'
	$(Q)install -m 644 tests/lessons/*.once '$(DESTDIR)$(LESSONS)'
	$(Q)install -m 755 $B/oncering '$(DESTDIR)$(BINDIR)'
	$(Q)install -m 644 src/tool/oncering.1 '$(DESTDIR)$(SHAREDIR)/man/man1'
	$(Q)install -m 644 src/tool/oncering.bash '$(DESTDIR)$(COMPLETION)/oncering'

uninstall-tool:
	$(Q)rm -f '$(DESTDIR)$(BINDIR)/oncering' '$(DESTDIR)$(SHAREDIR)/man/man1/oncering.1' \
		'$(DESTDIR)$(COMPLETION)/oncering'
	$(Q)rm -rf '$(DESTDIR)$(LESSONS)'

# --- the house ---

format: ## lay out the sources as .clang-format says
	$(Q)find src include tests fuzz -name '*.[ch]' -exec clang-format -i {} +

clean: ## remove build/
	$(Q)rm -rf build

-include $(shell find $B -name '*.d' 2>/dev/null)

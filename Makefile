# Pulsegate on Debian 12. Needs a Swift 6.2+ toolchain, git and make; every other package is named below and installed by `make deps`.
#
#   make demo      install what the build needs, build, show the gateway at work (ends by itself)
#   make test      install what the tests need, build, run every test
#   make fuzz      SECONDS=300   explore every parser and rule with libFuzzer, so long each; the findings lie in .build/fuzzing
#   make chains    CHAINS=100000 FIRST_SEED=1   judge so many random certification paths
#   make coverage  UNREACHED="DER X509"   run every test with counters, print the share of lines reached per module, list the others
#   make mutants   break the gateway in one place at a time, and see that the tests notice
#   make lookups   LOOKUPS=10000000   ask the revocation index so often, against a dictionary
#   make soak      HANDSHAKES=100000   swap revocation lists every 100 ms under so many handshakes
#   make bench     time decisions, and compare with nginx, HAProxy, hitch and stunnel on this machine (Envoy, too, when it is on PATH)
#   make bench-instructions   count the instructions of a decision (callgrind); fails above the limit
#   make bench-enforcement   how soon revoked and retired devices are cut among 8,000 live sessions, and what the others notice
#   make bench-footprint   file, start and idle memory of the gateway, with Swift's libraries in it and beside it
#   make bench-import      import 1,000,000 devices, without a gateway and into a running one: time, memory, who waits
#   make bench-compare      all that a gateway pays, beside its peers (Envoy when it is on PATH); goes on after it was ended; writes
#                           the tables of Benchmarks/README.md, draws Benchmarks/results/peers.svg
#   make bench-test         the benchmarks' own tests
#   make bench-crl what handshakes cost by the length of the CRL, in each gateway; draws Benchmarks/results/crl-size.svg
#   make bench-crl-pairs   the same for Pulsegate alone, in many short pairs of runs, with a confidence interval
#   make bench-reload      reload a CRL of 1,000,000 entries: stalls of who is connected, how soon a revoked device is out, memory
#   make bench-list-memory   what a CRL of 1,000,000 and of 10,000,000 entries holds in memory, and how long a restart takes
#   make install   PREFIX=/usr/local  DESTDIR=  CONFDIR=/etc/pulsegate
#
# Packages come in through `make deps` alone. It installs only what is missing, calls sudo when it is not run by
# root, and says what it does; with everything in place it asks for no privileges at all. `make install` writes to PREFIX and CONFDIR.

# What compiles and links against the system: TLS, outbound HTTP, the event loop, the configuration reader, the device registry's store. SwiftPM
# fetches over HTTPS.
BUILD_PACKAGES = ca-certificates libssl-dev libcurl4-openssl-dev libev-dev libyaml-dev libsqlite3-dev pkg-config
# Real peers for the tests (each test starts its own instance on an unused loopback port), and python3 for the PKITS data.
TEST_PACKAGES  = openssl mosquitto mosquitto-clients dcmtk nginx libnginx-mod-stream curl python3 python3-venv
# The peers that `make bench` measures beside Pulsegate.
BENCH_PACKAGES = nginx libnginx-mod-stream haproxy hitch stunnel4 openssl python3 python3-matplotlib valgrind binutils

# NIST PKITS certificates and lists. The conformance tests read certs/*.crt and crls/*.crl below
# .build/pkits/cryptography_vectors/x509/PKITS_data (the package's own folders), found relative to their own source file. Version and digest are pinned together.
PKITS         = .build/pkits
PKITS_VERSION = 50.0.2
PKITS_SHA256  = 51641f03a3eb4edbe9fb68e3a3574d25f86aa502d06391fffa886330d02778a0

# With counters, apart from what `make test` builds.
COVERAGE = .build-coverage
UNREACHED ?=
# With Swift's libraries beside it, to be compared with.
BESIDE = .build-beside

PREFIX  ?= /usr/local
CONFDIR ?= /etc/pulsegate
DESTDIR ?=

SWIFT    ?= swift
SECONDS  ?= 300
CHAINS   ?= 100000
FIRST_SEED ?= 1
LOOKUPS   ?= 10000000
HANDSHAKES ?= 100000
SOURCES   = Sources Tests $(wildcard Benchmarks) Package.swift
PULSEGATE = .build/release/pulsegate
# Swift's libraries are in the program, so that it runs where no toolchain is, and starts sooner. Without its debugging information
# it is a quarter smaller; the names of functions stay, for whoever reads a crash or a profile.
RELEASE   = $(SWIFT) build -c release --static-swift-stdlib -Xlinker --strip-debug

# A recipe line that fails stops its target, also in the middle of a pipe.
SHELL = /bin/bash
.SHELLFLAGS = -euo pipefail -c
# Two builds in one directory would wait for each other's lock.
.NOTPARALLEL:

.PHONY: help deps deps-build deps-bench build release demo test fuzz chains mutants lookups soak coverage bench bench-test bench-footprint bench-crl \
	bench-crl-pairs bench-reload bench-list-memory bench-enforcement bench-import bench-instructions format format-check install clean

help:
	@sed -n '/^$$/q;s/^# \{0,1\}//p' Makefile

deps:
	@.ci/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)

deps-build:
	@.ci/install-packages $(BUILD_PACKAGES)

deps-bench:
	@.ci/install-packages $(BUILD_PACKAGES) $(BENCH_PACKAGES)

build: deps-build
	$(RELEASE) --product pulsegate

release: build

demo: build
	$(PULSEGATE) demo --once

test: deps $(PKITS)
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build

$(PKITS):
	@.ci/fetch-pkits $@ $(PKITS_VERSION) $(PKITS_SHA256)

fuzz: deps-build
	Tests/Fuzzing/run all $(SECONDS)

chains: deps $(PKITS)
	$(SWIFT) build --build-tests
	PULSEGATE_CHAINS=$(CHAINS) PULSEGATE_FIRST_SEED=$(FIRST_SEED) $(SWIFT) test --skip-build --filter RandomChainTests

coverage: deps $(PKITS)
	$(SWIFT) test --enable-code-coverage --scratch-path $(COVERAGE)
	.ci/coverage-table $$($(SWIFT) test --show-codecov-path --scratch-path $(COVERAGE)) $(UNREACHED)

mutants: deps $(PKITS)
	.ci/mutants

lookups: deps
	$(SWIFT) build --build-tests
	PULSEGATE_LOOKUPS=$(LOOKUPS) $(SWIFT) test --skip-build --filter RandomLookupTests

soak: deps
	$(SWIFT) build --build-tests
	PULSEGATE_SOAK_HANDSHAKES=$(HANDSHAKES) $(SWIFT) test --skip-build --filter ListSwapTests

bench: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	$(RELEASE) --product decision-benchmark
	.build/release/decision-benchmark
	python3 Benchmarks/compare.py

bench-test: deps-bench
	$(SWIFT) test --package-path Benchmarks
	python3 -m unittest discover -s Benchmarks/Tests/rigTests

bench-compare: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	Benchmarks/peers.py --json Benchmarks/results/peers.json --into Benchmarks/README.md
	/usr/bin/python3 Benchmarks/plot_peers.py

bench-crl: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	python3 Benchmarks/crl_size.py --sizes 100,10000,100000,1000000,10000000 --json Benchmarks/results/crl-size.json
	/usr/bin/python3 Benchmarks/plot.py

bench-footprint: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	$(SWIFT) build -c release --product pulsegate --scratch-path $(BESIDE)
	Benchmarks/footprint.py --json Benchmarks/results/footprint.json $(PULSEGATE) $(BESIDE)/release/pulsegate

bench-enforcement: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	python3 Benchmarks/enforcement.py
	Benchmarks/retirement.py --json Benchmarks/results/retirement.json

bench-import: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	Benchmarks/registry_import.py --json Benchmarks/results/registry-import.json

bench-crl-pairs: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	Benchmarks/crl_pairs.py --sizes 100,1000000,10000000 --json Benchmarks/results/crl-pairs.json

bench-reload: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	Benchmarks/reload.py --json Benchmarks/results/reload.json

bench-list-memory: deps-bench build
	$(SWIFT) build -c release --package-path Benchmarks
	Benchmarks/list_memory.py

bench-instructions: deps-bench
	$(RELEASE) --product decision-benchmark
	Benchmarks/instructions

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

format-check:
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

# Builds nothing: `make build` first, then `sudo make install`, so that no compiler runs as root. An existing file in CONFDIR
# stays as it is.
install:
	@test -x $(PULSEGATE) || { echo "install: $(PULSEGATE) is missing; run 'make build' first" >&2; exit 1; }
	install -D -m 0755 $(PULSEGATE) $(DESTDIR)$(PREFIX)/bin/pulsegate
	install -D -m 0644 Config/pulsegate.service $(DESTDIR)$(PREFIX)/lib/systemd/system/pulsegate.service
	sed -i 's|@PREFIX@|$(PREFIX)|g; s|@CONFDIR@|$(CONFDIR)|g' $(DESTDIR)$(PREFIX)/lib/systemd/system/pulsegate.service
	install -d -m 0755 $(DESTDIR)$(CONFDIR)
	@for name in pulsegate.yaml reference.yaml; do \
	    kept="$(DESTDIR)$(CONFDIR)/$$name"; \
	    if [ -e "$$kept" ]; then echo "install: kept the existing $$kept"; \
	    else echo "install: $$kept"; install -m 0640 "Config/$$name" "$$kept"; fi; \
	done

clean:
	rm -rf .build $(COVERAGE) $(BESIDE)

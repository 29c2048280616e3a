# Mintmark needs Go 1.26 or newer, make and git; nothing else to build, run or
# test. `make help` lists the targets.

GO      ?= go
DATA    ?= var
LISTEN  ?= 127.0.0.1:8080
STAMPS  ?= 1040000
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

export CGO_ENABLED ?= 0

.PHONY: help run build test check race bench cluster pictures clean

help:   ## list the targets
	@grep -E '^[a-z]+: .*##' Makefile | sed 's/:.*## /\t/' | expand -t 10

run: build   ## build, make a demonstration province with over a million stamps in ./var, and serve it
	bin/mintmark demo --serve --data $(DATA) --count $(STAMPS) --listen $(LISTEN) --base-url http://$(LISTEN)

build:   ## build bin/mintmark
	$(GO) build -trimpath -ldflags "-s -w -X main.version=$(VERSION)" -o bin/mintmark ./cmd/mintmark

test:   ## run all tests
	$(GO) test ./...

check:   ## formatting, vet, staticcheck and known vulnerabilities
	@test -z "$$(gofmt -l engine server bench cmd)" || { gofmt -l engine server bench cmd; echo "run gofmt -w on these"; exit 1; }
	$(GO) vet ./...
	$(GO) tool staticcheck ./...
	.ci/vulncheck

race: export CGO_ENABLED = 1
race:   ## run the tests of engine and server under the race detector (needs a C compiler)
	$(GO) test -race -short ./engine/... ./server/...

bench: build   ## measure everything (some minutes); see README
	bin/mintmark bench all

cluster: build   ## three nodes, HAProxy and two PostgreSQL servers here; see docs/scale-out.md
	@docs/deploy/cluster.sh up

pictures: build   ## draw the pictures of docs/printing.md (needs poppler-utils and imagemagick)
	@docs/pictures/layouts.sh

clean:   ## remove what was built, not the data in ./var
	rm -rf bin

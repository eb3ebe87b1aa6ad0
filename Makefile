FUZZTIME ?= 30s

# Values of FILE, URL and BASE reach the program unchanged: neither make nor the shell expands them.
flag = $(if $(value $2),-$1 '$(subst ','\'',$(value $2))')
unexport FILE URL BASE

.PHONY: help generate spec-update take-in check test race foreign windows faults bench bench-foreign fuzz release release-check

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST)

generate: ## generate gen/ from api/
	go generate ./...

spec-update: ## take in the vendor's spec: FILE=path or URL=https://…; CHECK=1 only reports; see CONTRIBUTING.md
	@go run ./internal/tools/specupdate $(call flag,file,FILE) $(call flag,url,URL) $(call flag,base,BASE) $(if $(value CHECK),-check)

take-in: ## check that changed specs could be taken in on this tree; ALL=1 tries every candidate (half an hour)
	.ci/take-in $(if $(ALL),all)

check: ## check generated code, gofmt, vet, staticcheck, go mod tidy, and builds for other systems
	.ci/check

test: ## run all tests that need nothing but Go
	go test ./...

race: ## run them with the race detector, except spec-update and release, whose tests run other programs
	go test -race $$(go list ./... | grep -v /internal/tools/)

foreign: ## run the tests against other programs, which must be installed
	go test -tags foreign -run Foreign ./...

windows: ## run the tests as Windows programs under wine
	.ci/windows

faults: ## print the fault matrix: what the client does for each fault
	@table=$$(mktemp); DANABIO_FAULTS_TABLE=$$table go test -count=1 -run '^TestFaultMatrix$$' ./pkg/danabio; code=$$?; cat $$table; rm -f $$table; exit $$code

bench: ## measure client and evidence against a lower bound, see bench/README.md
	go test -run '^$$' -bench . -benchtime 7x -timeout 2h ./bench

bench-foreign: ## run the same benchmarks, also for other programs
	go test -tags foreign -run '^$$' -bench . -benchtime 7x -timeout 3h ./bench

fuzz: ## run each fuzz target for FUZZTIME (30s)
	.ci/fuzz $(FUZZTIME)

release: ## build archives, bills of materials and checksums for all systems in dist/
	go run ./internal/tools/release -o dist

release-check: ## build the release twice, from fresh clones with empty caches, and compare all bytes; takes minutes
	.ci/release-check

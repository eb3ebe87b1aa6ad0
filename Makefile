FUZZTIME ?= 30s

# What stands in a name goes to the program as it is: neither make nor the shell reads it.
flag = $(if $(value $2),-$1 '$(subst ','\'',$(value $2))')
unexport FILE URL BASE

.PHONY: help generate spec-update take-in check test race foreign windows faults bench bench-foreign fuzz release release-check

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST)

generate: ## generate gen/ from api/
	go generate ./...

spec-update: ## take in the vendor's spec: FILE=path or URL=https://…; CHECK=1 only reports; see CONTRIBUTING.md
	@go run ./internal/tools/specupdate $(call flag,file,FILE) $(call flag,url,URL) $(call flag,base,BASE) $(if $(value CHECK),-check)

take-in: ## whether changed specs would be taken in on this tree; ALL=1 tries every candidate, which takes half an hour
	.ci/take-in $(if $(ALL),all)

check: ## generated code in step, gofmt, vet, staticcheck, tidy, and builds for other systems
	.ci/check

test: ## all tests that need nothing but Go
	go test ./...

race: ## the same under the race detector, but for spec-update and release, whose tests run other programs
	go test -race $$(go list ./... | grep -v /internal/tools/)

foreign: ## tests against other programs, which must be installed
	go test -tags foreign -run Foreign ./...

windows: ## the tests as programs for Windows, under wine
	.ci/windows

faults: ## the fault matrix: every fault, and what the client does about it
	@table=$$(mktemp); DANABIO_FAULTS_TABLE=$$table go test -count=1 -run '^TestFaultMatrix$$' ./pkg/danabio; code=$$?; cat $$table; rm -f $$table; exit $$code

bench: ## client and evidence against the floor of what they do, see bench/README.md
	go test -run '^$$' -bench . -benchtime 7x -timeout 2h ./bench

bench-foreign: ## the same, and against other programs
	go test -tags foreign -run '^$$' -bench . -benchtime 7x -timeout 3h ./bench

fuzz: ## each fuzz target for FUZZTIME (30s)
	.ci/fuzz $(FUZZTIME)

release: ## archives, bills of materials and checksums of this version for all systems, in dist/
	go run ./internal/tools/release -o dist

release-check: ## the release twice, from two fresh clones with caches of their own, must be the same bytes; takes minutes
	.ci/release-check

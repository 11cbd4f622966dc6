module example.com/corpus

go 1.21

require github.com/open-feature/go-sdk v0.0.0

replace github.com/open-feature/go-sdk => ./sdk

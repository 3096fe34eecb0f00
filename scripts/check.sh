#!/bin/sh
# Check the code without running it; all checks run, and one failure fails the whole.
set -u
cd "$(dirname "$0")/.."
failed=0
check() {
    printf '• %s: ' "$1"
    shift
    if out=$("$@" 2>&1); then echo ok; else
        failed=1
        printf 'FAILED (%s)\n%s\n' "$*" "$out"
    fi
}
check "Formatting" .venv/bin/ruff format --check .
check "Lint" .venv/bin/ruff check .
check "Types" .venv/bin/mypy
check "Who may import whom" .venv/bin/lint-imports
exit $failed

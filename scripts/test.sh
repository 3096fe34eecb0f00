#!/bin/sh
# Set up, check and test everything. Arguments go to pytest: make test ARGS="tests/app -x"
set -eu
cd "$(dirname "$0")/.."

find_browser() {
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null && return
    done
    return 1
}

# The browser tests drive a real Chromium; Debian's is installed here when this user may install.
get_browser() {
    find_browser && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "• Installing Debian's Chromium and a Chinese font for the browser tests"
        apt-get update -qq || true
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
            chromium fonts-noto-cjk >.tools/chromium.log 2>&1 || tail -n 20 .tools/chromium.log >&2
        find_browser && return
    fi
    if [ "${CI:-}" = true ]; then
        echo "There is no Chromium, and in CI the browser tests may not be skipped." >&2
        exit 1
    fi
    echo "• No Chromium here, so the browser tests are skipped. To run them: sudo apt-get install chromium fonts-noto-cjk"
}

sh scripts/setup.sh test
mkdir -p .tools
get_browser
sh scripts/check.sh
echo "• Tests: rules, database, HTTP, races, journeys, browser (the long proofs are in: make prove)"
exec .venv/bin/pytest -m "not prove" "$@"

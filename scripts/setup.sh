#!/bin/sh
# Make the environment in .venv and the pages, from nothing but Python 3.11+; says what it does, skips what is done.
# Usage: sh scripts/setup.sh run|test     (test adds the tools that check and test)
set -eu
cd "$(dirname "$0")/.."
mode=${1:-run}
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
export UV_PYTHON_DOWNLOADS=never UV_PROJECT_ENVIRONMENT=.venv
# Trust what this machine trusts (a company's network may have its own authority), where it has such a list.
[ -s /etc/ssl/certs/ca-certificates.crt ] && export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true

say() { printf '• %s\n' "$*"; }
die() { printf '\n%s\n' "$@" >&2; exit 1; }

find_python() {
    for name in python3 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            "$name" -c 'import sys; print(sys.executable)'
            return
        fi
    done
    die "Fairday needs Python 3.11 or newer, and found none." "On Debian or Ubuntu: sudo apt-get install python3"
}

# uv installs exactly what uv.lock says. It comes from PyPI into .tools/ unless this machine has one.
try_uv() {
    for uv in "$PWD/.tools/uv/bin/uv" "$(command -v uv || true)"; do
        [ -n "$uv" ] && "$uv" --version >/dev/null 2>&1 && return
    done
    return 1
}
install_uv() {
    rm -rf .tools/uv
    if "$python" -m venv .tools/uv >/dev/null 2>&1; then
        .tools/uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'
    elif "$python" -m pip --version >/dev/null 2>&1; then
        rm -rf .tools/uv
        "$python" -m pip install --quiet --disable-pip-version-check --target .tools/uv 'uv>=0.9,<1'
    else
        rm -rf .tools/uv
        return 1
    fi
}
get_uv() {
    try_uv && return
    say "Fetching uv, the installer, into .tools/"
    mkdir -p .tools
    if ! install_uv; then
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "This Python cannot make environments: installing Debian's python3-venv"
            apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
            install_uv || die "Python still cannot make an environment."
        else
            die "This Python has neither venv nor pip, so nothing can be installed." \
                "Run: sudo apt-get install python3-venv      then the same command again."
        fi
    fi
    try_uv || die "uv was installed but does not run on this machine."
}

sync() {
    wanted=$(cat uv.lock pyproject.toml | sha256sum | cut -d' ' -f1)
    for stamp in .venv/.synced-test ".venv/.synced-$mode"; do
        [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && .venv/bin/python -c 'import fairday' 2>/dev/null && return
    done
    python=$(find_python)
    get_uv
    if [ "$mode" = test ]; then
        say "Installing Fairday and its test tools into .venv (exactly uv.lock)"
        "$uv" sync --quiet --frozen --python "$python" --group data
    else
        say "Installing Fairday into .venv (exactly uv.lock)"
        "$uv" sync --quiet --frozen --python "$python" --no-dev --inexact
    fi
    printf '%s' "$wanted" >".venv/.synced-$mode"
}

sync
sh scripts/web.sh

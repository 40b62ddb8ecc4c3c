# What the scripts share; they read it with ".". It changes into the source folder and sets:
#   BUILD_DIR   where everything is built, absolute (build in the source folder, unless it was set)

cd "$(dirname "$0")/.." || exit 1
case ${BUILD_DIR:=build} in
/*) ;;
*) BUILD_DIR=$PWD/$BUILD_DIR ;;
esac

if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
else
    bold='' plain=''
fi

# A heading.
say() {
    printf '\n%s== %s%s\n' "$bold" "$*" "$plain"
}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# The packages of the groups in scripts/packages.
packages_of() {
    for group in "$@"; do
        awk -v group="$group" '$1 == group { print $2 }' scripts/packages
    done
}

missing_packages() {
    for package in $(packages_of "$@"); do
        dpkg-query -W -f '${Status}\n' "$package" 2>/dev/null | grep -q ' installed$' || echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

can_be_root() {
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

# Installs what is missing of the groups. Nothing is asked of the package servers when nothing is missing.
need_packages() {
    if ! command -v dpkg-query >/dev/null; then
        echo "This is no Debian or Ubuntu: scripts/packages says what must be there."
        return 0
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    can_be_root || fail "please install, as root: apt-get install --no-install-recommends" $missing

    say "Installing" $missing
    mkdir -p "$BUILD_DIR"
    # One at a time: another checkout may be at it.
    { as_root flock /var/lib/apt apt-get update -q &&
        as_root flock /var/lib/apt apt-get -o DPkg::Lock::Timeout=600 install -qy --no-install-recommends $missing; } \
        >"$BUILD_DIR/apt.log" 2>&1 || {
        tail -n 20 "$BUILD_DIR/apt.log" >&2
        fail "the packages could not be installed"
    }
}

# From now on all temporary files are in a folder of our own, which goes with us, also after Ctrl-C. Who has more to do at
# the end defines at_the_end.
keep_temporary_files_together() {
    TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/bakery-XXXXXX") || fail "no folder for temporary files"
    export TMPDIR
    trap 'at_the_end; rm -rf "$TMPDIR"' EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}

at_the_end() {
    :
}

# configure FOLDER OPTION...: sets a build folder up, and anew when the options are others than last time.
configure() {
    folder=$1
    shift
    if [ -f "$folder/build.ninja" ] && [ "$(cat "$folder/options" 2>/dev/null)" = "$*" ]; then
        return 0
    fi
    rm -rf "$folder"
    mkdir -p "$folder"
    meson setup "$folder" "$@" >"$folder.log" 2>&1 || {
        tail -n 30 "$folder.log" >&2
        fail "meson setup failed"
    }
    echo "$*" >"$folder/options"
}

# build FOLDER [TARGET...]: quiet, unless it fails.
build() {
    folder=$1
    shift
    ninja -C "$folder" "$@" >"$folder.log" 2>&1 || {
        grep -v '^\[' "$folder.log" | tail -n 40 >&2
        fail "the build failed: $folder.log"
    }
}

# make_python FOLDER REQUIREMENTS...: a virtual environment with what those files pin, first in the PATH. Made again only
# when one of them changed.
make_python() {
    folder=$1
    shift
    wanted=$(cat "$@" | cksum)
    if [ ! -x "$folder/bin/python3" ] || [ "$(cat "$folder/wanted" 2>/dev/null)" != "$wanted" ]; then
        say "Fetching pinned tools into $folder"
        rm -rf "$folder"
        mkdir -p "$BUILD_DIR"
        python3 -m venv "$folder"
        for file in "$@"; do
            shift
            set -- "$@" -r "$file"
        done
        "$folder/bin/pip" --disable-pip-version-check install -q "$@" >"$folder.log" 2>&1 || {
            tail -n 20 "$folder.log" >&2
            fail "the tools could not be fetched"
        }
        echo "$wanted" >"$folder/wanted"
    fi
    PATH=$folder/bin:$PATH
    export PATH
}

# make_go_tools: the programs that use the AWS SDK for Go, into build/tools/bin, where there is a Go that can build them.
# The tests that want them are skipped otherwise, and say so.
make_go_tools() {
    command -v go >/dev/null || return 0
    made=$BUILD_DIR/tools/bin/go-sdk-caller
    [ ! -x "$made" ] || [ -n "$(find tests/go -type f -newer "$made")" ] || return 0
    (cd tests/go && GOTOOLCHAIN=local go build -o "$BUILD_DIR/tools/bin/" ./...) >"$BUILD_DIR/go.log" 2>&1 ||
        echo "The AWS SDK for Go is not tested: $(tail -n 1 "$BUILD_DIR/go.log")" >&2
}

# make_tools: in build/tools all that the tests pin, and node's packages beside the tests that use them.
make_tools() {
    make_python "$BUILD_DIR/tools" tests/*/requirements.txt
    # node knows only its own certificate authorities, not those that the machine was given.
    if [ -z "${NODE_EXTRA_CA_CERTS-}" ] && [ -f /etc/ssl/certs/ca-certificates.crt ]; then
        NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
        export NODE_EXTRA_CA_CERTS
    fi
    for lock in tests/*/package-lock.json; do
        [ -f "$lock" ] || continue
        folder=${lock%/*}
        [ ! "$folder/node_modules/.package-lock.json" -nt "$lock" ] || continue
        # Node looks for them beside the programs, and nowhere else.
        [ -w "$folder" ] || { echo "$folder cannot be written to: what needs its packages of node is skipped."; continue; }
        (cd "$folder" && npm ci --no-fund --no-audit) >"$BUILD_DIR/npm.log" 2>&1 || {
            tail -n 20 "$BUILD_DIR/npm.log" >&2
            fail "npm ci in $folder failed"
        }
    done
    make_go_tools
}

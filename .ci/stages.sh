# Stages of .ci/run and .ci/long: each runs by itself, its output goes into build/ci/STAGE.log, and its test cases are
# counted: what it printed as a count of its own, or one.

SKIPPED=77

skip() {
    echo "skipped: $*"
    exit "$SKIPPED"
}

need_program() {
    command -v "$1" >/dev/null || skip "$1 is not installed"
}

# Heavier tools: what cannot be had is only told.
try_packages() {
    (need_packages "$@") || echo "Some optional tools are missing; what needs them is skipped."
}

# run_suites FOLDER SUITE...
run_suites() {
    folder=$1
    suites=
    shift
    for suite in "$@"; do
        suites="$suites --suite $suite"
    done
    status=0
    meson test -C "$folder" --no-rebuild --print-errorlogs --timeout-multiplier 5 $suites || status=$?
    scripts/count-tests "$folder/meson-logs/testlog.json" && return "$status"
}

# What git knows or would add, but for what is gone.
c_files() {
    { git ls-files --cached --others --exclude-standard -- '*.c' '*.h' 2>/dev/null ||
        find libbakery bakery-cli include examples tests -name '*.[ch]' -not -path '*/node_modules/*'; } |
        while read -r file; do
            [ ! -f "$file" ] || echo "$file"
        done
}

# The count that a log ends with: "N passed, N failed", or one for the stage as a whole.
count_of() {
    log=$1 status=$2
    line=$(grep -E '^[0-9]+ passed, [0-9]+ failed$' "$log" | tail -n 1)
    if [ -n "$line" ]; then
        set -- $(echo "$line" | sed -E 's/ passed,| failed//g')
    else
        set -- $((status == 0)) $((status != 0))
    fi
    # A stage that failed has at least one failure, whatever it counted.
    [ "$status" = 0 ] || [ "$2" -gt 0 ] || set -- "$1" 1
    echo "$1 $2"
}

run_stage() {
    name=$1
    log=$BUILD_DIR/ci/$name.log
    begin=$(date +%s)
    status=0
    ("stage_$name") >"$log" 2>&1 </dev/null || status=$?
    seconds=$(($(date +%s) - begin))
    if [ "$status" = "$SKIPPED" ]; then
        printf '%-12s %s (%s s)\n' "$name" "$(tail -n 1 "$log")" "$seconds"
        return
    fi
    counts=$(count_of "$log" "$status")
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
    printf '%-12s %s passed, %s failed (%s s)\n' "$name" "${counts% *}" "${counts#* }" "$seconds"
    [ "${counts#* }" != 0 ] || return 0
    failing="$failing $name"
    echo "---- the end of $log"
    tail -n 150 "$log"
    echo "----"
}

# run_stages CHOSEN... -- ALL...
run_stages() {
    chosen=
    while [ "$1" != -- ]; do
        chosen="$chosen $1"
        shift
    done
    shift
    passed=0 failed=0 failing=
    mkdir -p "$BUILD_DIR/ci"
    # Node, cfn-lint and what else the tests pin, for every stage.
    make_tools
    for name in ${chosen:-"$@"}; do
        run_stage "$name"
    done
    echo
    [ -z "$failing" ] || echo "failed:$failing"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ] && [ "$passed" -gt 0 ]
}

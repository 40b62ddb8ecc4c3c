#!/bin/sh
# Each public header compiles alone, and all together, as C11 and as C++11, without a warning.
#
#       check_headers.sh SOURCE_ROOT C_COMPILER...
#
# C++ is tried with c++, g++ and clang++, whichever are there; without any the test fails: it would hold half of what it says.
set -u
root=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0 compiled=0 cplusplus=

try() { # LANGUAGE SOURCE COMPILER...
        language=$1 source=$2
        shift 2
        compiled=$((compiled + 1))
        if ! "$@" -x "$language" -pedantic -Wall -Wextra -Werror -I "$root/include" -fsyntax-only "$source" 2>"$folder/err"; then
                echo "FAILED $(basename "$source") as $language:"
                cat "$folder/err"
                failed=$((failed + 1))
        fi
}

for program in g++ clang++ c++; do
        if command -v "$program" >/dev/null; then
                cplusplus=$program
                break
        fi
done
[ -n "$cplusplus" ] || { echo "FAILED there is no C++ compiler"; exit 1; }

for header in "$root"/include/bakery/*.h; do
        name=$(basename "$header")
        # Twice, for the guards; and a use, for the declarations.
        printf '#include <bakery/%s>\n#include <bakery/%s>\nint main(void);\nint main(void) { return 0; }\n' \
                "$name" "$name" >"$folder/$name.c"
        try c "$folder/$name.c" "$@" -std=c11 -Wstrict-prototypes
        try c++ "$folder/$name.c" "$cplusplus" -std=c++11
done
echo "$compiled compilations, $failed failures"
[ "$failed" = 0 ] && [ "$compiled" -gt 0 ]

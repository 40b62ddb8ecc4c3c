# Written by bakery-cli bootstrap-assume. For bash and zsh:
#
#       source assume.sh [-h] [number]
#
# lists the roles that your groups in IAM grant, asks for one, and puts its short-lived credentials into this shell.
# A failure leaves the shell as it was, and the status is not 0. Nothing that is read is evaluated, and no key is shown.

_bakery_config=@CONFIG@

_bakery_usage() {
        printf '%s\n' 'usage: source assume.sh [-h] [number]' \
                '  number  the role, as it is listed; without one you are asked' \
                '  -h      this help'
}

# The roles, one a line: environment, type, account, id, MFA, ARN, with tabs between them.
_bakery_roles() {
        bakery-cli --config "$_bakery_config" roles --mine --format tsv
}

_bakery_list() {
        local number=0 env type account id mfa arn
        printf 'Your roles:\n' >&2
        while IFS=$'\t' read -r env type account id mfa arn; do
                number=$((number + 1))
                if [ "$env" = - ]; then
                        printf '%4d  %s\n' "$number" "$arn" >&2
                else
                        printf '%4d  %s %s in %s (%s)\n' "$number" "$env" "$type" "$account" "$id" >&2
                fi
        done <<END
$1
END
}

# The line of that number; nothing when there is none.
_bakery_line() {
        local number=0 line
        while IFS= read -r line; do
                number=$((number + 1))
                if [ "$number" = "$2" ]; then
                        printf '%s\n' "$line"
                        return 0
                fi
        done <<END
$1
END
        return 1
}

# The credentials as lines "NAME=value".
_bakery_session() {
        local env type account id mfa arn
        IFS=$'\t' read -r env type account id mfa arn <<END
$1
END
        if [ "$env" = - ]; then
                bakery-cli assume --role-arn "$arn" --format env
        else
                bakery-cli --config "$_bakery_config" assume --env "$env" --type "$type" --account "$id" --format env
        fi
}

# Split here and not by read: bash puts what read is given into a file, and these are keys.
_bakery_export() {
        local rest="$1" line
        unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_REGION AWS_DEFAULT_REGION \
                AWS_CREDENTIAL_EXPIRATION AWS_ACCOUNT_ID \
                BAKERY_ENVIRONMENT BAKERY_ACCOUNT BAKERY_ACCESS_TYPE BAKERY_ROLE_ARN
        while [ -n "$rest" ]; do
                line=${rest%%$'\n'*}
                case $rest in
                *$'\n'*) rest=${rest#*$'\n'} ;;
                *) rest= ;;
                esac
                case $line in
                AWS_ACCESS_KEY_ID=* | AWS_SECRET_ACCESS_KEY=* | AWS_SESSION_TOKEN=* | AWS_CREDENTIAL_EXPIRATION=* | \
                        AWS_ACCOUNT_ID=* | AWS_REGION=* | AWS_DEFAULT_REGION=* | BAKERY_ENVIRONMENT=* | \
                        BAKERY_ACCOUNT=* | BAKERY_ACCESS_TYPE=* | BAKERY_ROLE_ARN=*)
                        export "${line%%=*}=${line#*=}"
                        ;;
                esac
        done
}

_bakery_assume() {
        local number="${1-}" roles line session
        case $number in
        -h | --help)
                _bakery_usage
                return 0
                ;;
        esac
        if [ $# -gt 1 ]; then
                _bakery_usage >&2
                return 2
        fi
        roles=$(_bakery_roles) || return
        if [ -z "$roles" ]; then
                return 1 # bakery-cli said so
        fi
        if [ $# = 0 ]; then
                _bakery_list "$roles"
                printf 'Which number? ' >&2
                IFS= read -r number || number=
        fi
        case $number in
        '')
                printf 'assume.sh: no role was taken\n' >&2
                return 1
                ;;
        *[!0-9]* | 0*) line= ;;
        *) line=$(_bakery_line "$roles" "$number") || line= ;;
        esac
        if [ -z "$line" ]; then
                printf 'assume.sh: there is no role of that number\n' >&2
                return 2
        fi
        session=$(_bakery_session "$line") || return
        _bakery_export "$session"
        printf 'This shell has %s\n' "$BAKERY_ROLE_ARN" >&2
}

# A shell that prints what it does would print keys.
case $- in
*x*)
        _bakery_traced=yes
        set +x
        ;;
*) _bakery_traced= ;;
esac
if _bakery_assume "$@"; then _bakery_status=0; else _bakery_status=$?; fi
unset -f _bakery_usage _bakery_roles _bakery_list _bakery_line _bakery_session _bakery_export _bakery_assume
if [ -n "$_bakery_traced" ]; then set -x; fi
unset _bakery_config _bakery_traced
# The status outlives its variable.
case $_bakery_status in
0) unset _bakery_status ;;
*) unset _bakery_status; false ;;
esac

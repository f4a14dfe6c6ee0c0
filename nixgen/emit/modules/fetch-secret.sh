# Fetches one secret from Vault or OpenBao into a file: what the units of vault-secrets.nix run.
#
# Usage: fetch-secret [--wait]
#
# With --wait it tries until the server answers, as a machine that starts needs it. Either way the
# file is replaced as a whole or left as it is. All else is in the environment, which holds no secret:
#
#   VAULT_ADDR, VAULT_CACERT        the server, and the certificates that it is checked with
#   VAULT_NAMESPACE                 the namespace in it; empty for none
#   APPROLE_MOUNT                   the mount of the AppRole auth method
#   ROLE_ID_FILE, SECRET_ID_FILE    files with the AppRole's credentials; an empty name for a role
#                                   that needs no secret id
#   KV_MOUNT, SECRET_PATH           the KV engine, version 2, and the secret's path in it
#   EXTRACT_KEY                     the key to take; empty for all keys
#   FORMAT, ENV_VAR                 raw: the value itself, all keys as JSON
#                                   env: NAME=value, as systemd's EnvironmentFile reads it; the name
#                                   is that of the key in upper case where ENV_VAR is empty
#   OUTPUT, MODE, OWNER, GROUP      the file
#   CACHED_COPY, ALLOW_CACHED       a copy on disk, used while the server cannot be reached if
#                                   ALLOW_CACHED is 1, and removed if it is not
#   SERVICES                        units to restart when the content has changed, with spaces between
#   TIME_LIMIT, FIRST_DELAY         seconds for one request (30), and before the second attempt (5);
#                                   the delay doubles up to a minute
#
# Exit status: 0 done, 1 it needs a person, 75 the server cannot be reached at the moment.
#
# Values, credentials and tokens are only ever in pipes, in this shell's own variables and in the file:
# never in an argument or an environment, which other processes can read, and never in a message.

set -o errexit -o nounset -o pipefail
umask 077

TEMPORARY_FAILURE=75 # EX_TEMPFAIL of sysexits.h
TIME_LIMIT=${TIME_LIMIT:-30} # seconds for one request
FIRST_DELAY=${FIRST_DELAY:-5} # seconds before the second attempt
LONGEST_DELAY=60

token=""
status=""
body=""
content_changed=""

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "$*"
  exit 1
}

# -- the server --------------------------------------------------------------------------------

# A redirect is not followed: curl would give the token to wherever it leads.
call() {
  curl --disable --globoff --silent --show-error --proto '=http,https' --tlsv1.2 \
    --connect-timeout 10 --max-time "$TIME_LIMIT" ${VAULT_CACERT:+--cacert "$VAULT_CACERT"} \
    ${VAULT_NAMESPACE:+--header "X-Vault-Namespace: $VAULT_NAMESPACE"} \
    --write-out '\n%{http_code}' "$@"
}

with_token() {
  printf 'X-Vault-Token: %s\n' "$token" | call --header @- "$@"
}

# Takes an answer apart into $status and $body.
receive() {
  status=${1##*$'\n'}
  body=${1%$'\n'*}
}

# The server's own reasons. They name no values; an answer that is not Vault's is not shown.
reasons() {
  printf '%s' "$body" |
    jq --raw-output '[.errors[]? | strings | gsub("[[:cntrl:]]+"; " ") | .[:200]] | join("; ")' \
      2>/dev/null || true
}

# 412, 429 and 5xx pass: the node is behind, busy, sealed or not the active one (which also answers
# with a redirect). Anything else stays as it is until a person changes something.
refused() {
  local why
  why=$(reasons)
  say "$1: HTTP status $status${why:+, $why}"
  case $status in
    307 | 412 | 429 | 5??) return "$TEMPORARY_FAILURE" ;;
    *) exit 1 ;;
  esac
}

credentials() {
  jq --null-input --rawfile role_id "$ROLE_ID_FILE" \
    --rawfile secret_id "${SECRET_ID_FILE:-/dev/null}" \
    '{role_id: $role_id, secret_id: $secret_id} | map_values(sub("\\s+$"; "") | select(. != ""))'
}

log_in() {
  local file answer
  for file in "$ROLE_ID_FILE" ${SECRET_ID_FILE:+"$SECRET_ID_FILE"}; do
    [[ -r $file && -s $file ]] || fail "$file is missing, empty or unreadable: put the AppRole's credentials there"
  done
  answer=$(credentials | call --json @- "$VAULT_ADDR/v1/auth/$APPROLE_MOUNT/login") ||
    return "$TEMPORARY_FAILURE"
  receive "$answer"
  [[ $status == 200 ]] || refused "cannot log in to $VAULT_ADDR" || return
  token=$(printf '%s' "$body" | jq --raw-output '.auth.client_token // empty' 2>/dev/null) || token=""
  body=""
  [[ -n $token ]] || fail "$VAULT_ADDR answered the login with no token: is it Vault's address?"
}

# The token is of no more use, and would live for its whole TTL.
log_out() {
  local answer
  [[ -n $token ]] || return 0
  answer=$(with_token --request POST "$VAULT_ADDR/v1/auth/token/revoke-self") || answer=""
  token=""
  [[ $answer == *204 ]] || say "the login's token could not be revoked; it ends with its TTL"
}

read_secret() {
  local answer
  answer=$(with_token "$VAULT_ADDR/v1/$KV_MOUNT/data/$SECRET_PATH") || return "$TEMPORARY_FAILURE"
  receive "$answer"
  case $status in
    200) ;;
    404) fail "there is no secret at $KV_MOUNT/$SECRET_PATH, or its newest version is deleted" ;;
    *) refused "cannot read $KV_MOUNT/$SECRET_PATH" || return ;;
  esac
}

# -- the content -------------------------------------------------------------------------------

# shellcheck disable=SC2016 # these are jq's variables
JQ='
  def name: if $env_var != "" then $env_var
    else ascii_upcase | gsub("[^A-Z0-9_]"; "_") | sub("^(?<digit>[0-9])"; "_\(.digit)") end;
  # Some store NAME=value, for modules that write every value as it is.
  def value($key): .[$key]
    | if type == "string" then . else tojson end
    | if $format == "env" then ltrimstr(($key | name) + "=") else . end;
  def wanted: if $key == "" then keys[] else $key end;

  def fault($key):
    if has($key) | not then "has no key \($key); it has: \(keys | join(", "))"
    elif .[$key] == null or (value($key) | test("^\\s*$")) then "has an empty \($key)"
    elif value($key) | test("^(PLACEHOLDER|CHANGE[-_ ]?ME|REPLACE[-_ ]?ME|TODO)$"; "i") then
      "has a placeholder for \($key), no value"
    elif $format == "env" and (value($key) | test("[\u0000-\u0008\u000b-\u001f\u007f]")) then
      "has a control character in \($key), which no EnvironmentFile can hold"
    else empty end;
  def faults:
    if type != "object" or . == {} then "has no keys" else fault(wanted) end;

  # As EnvironmentFile and shells read it: in double quotes, four characters need a backslash.
  def quoted: if test("^[A-Za-z0-9_./:@%+,=-]+$") then .
    else "\"" + gsub("(?<special>[\"\\\\`$])"; "\\\(.special)") + "\"" end;
  def content:
    if $format == "env" then wanted as $key | "\($key | name)=\(value($key) | quoted)\n"
    elif $key == "" then tojson
    else value($key) end;
'

# What the jq program says of the secret. Messages of jq itself are not shown: they can quote a value.
of_secret() {
  printf '%s' "$body" |
    jq --join-output --arg key "$EXTRACT_KEY" --arg format "$FORMAT" --arg env_var "$ENV_VAR" \
      "$JQ .data.data | $1" 2>/dev/null
}

check_secret() {
  local fault
  fault=$(of_secret 'first(faults, "")') ||
    fail "$VAULT_ADDR answered with no secret: is $KV_MOUNT a KV engine, version 2?"
  [[ -z $fault ]] || fail "the secret $KV_MOUNT/$SECRET_PATH $fault"
}

# -- the file ----------------------------------------------------------------------------------

# place FILE MODE OWNER GROUP COMMAND...: puts what the command prints there. The file has its mode
# and owner before it has its name, so nobody ever sees it half-written or open to others.
# Sets $content_changed to 1 where the content is new.
place() {
  local file=$1 permissions=$2 account=$3:$4 folder new
  folder=$(dirname -- "$file")
  new=$folder/.$(basename -- "$file").new
  content_changed=""
  # Two runs at once take turns; the kernel lets go of the lock of one that is killed.
  exec 9<"$folder" && flock 9 && rm --force -- "$new" || return
  if ! { "${@:5}" | cat >"$new" && chown -- "$account" "$new" && chmod -- "$permissions" "$new"; }; then
    rm --force -- "$new"
    return 1
  fi
  cmp --silent -- "$new" "$file" || content_changed=1
  if [[ -z $content_changed && $(attributes "$new") == "$(attributes "$file")" ]]; then
    rm --force -- "$new"
  else
    mv --force --no-target-directory -- "$new" "$file"
  fi
}

attributes() {
  stat --format '%a %u %g' -- "$1"
}

deliver() {
  place "$OUTPUT" "$MODE" "$OWNER" "$GROUP" "$@" || fail "$OUTPUT could not be written and is as it was"
  if [[ -n $content_changed && -n $SERVICES ]]; then
    local units
    read -r -a units <<<"$SERVICES"
    # Not waiting: they may be ordered after this unit, whose own job goes on until we are done.
    systemctl try-restart --no-block -- "${units[@]}" || fail "$SERVICES could not be restarted"
  fi
}

keep_copy() {
  if [[ $ALLOW_CACHED != 1 ]]; then
    rm --force -- "$CACHED_COPY"
  else
    place "$CACHED_COPY" 0600 "$EUID" "${GROUPS[0]}" cat -- "$OUTPUT" ||
      say "$CACHED_COPY could not be written: there is no new cached copy"
  fi
}

# -- all of it ---------------------------------------------------------------------------------

# Returns 75 where trying again can help.
attempt() {
  log_in && read_secret || return
  check_secret
  log_out
  deliver of_secret content
  body=""
  keep_copy
}

main() {
  local delay=$FIRST_DELAY failure
  trap log_out EXIT
  while true; do
    failure=0
    attempt || failure=$?
    log_out
    [[ $failure != 0 ]] || return 0
    if [[ -e $OUTPUT ]]; then
      say "$OUTPUT is kept as it is"
      [[ ${1:-} != --wait ]] || return 0 # those who wait for the file can start with this one
    elif [[ $ALLOW_CACHED == 1 && -s $CACHED_COPY ]]; then
      say "$OUTPUT is the cached copy of $(date --reference="$CACHED_COPY" --iso-8601=seconds)"
      deliver cat -- "$CACHED_COPY"
      return 0
    fi
    [[ ${1:-} == --wait ]] || return "$failure"
    say "trying again in $delay seconds"
    sleep "$delay"
    delay=$((delay * 2 < LONGEST_DELAY ? delay * 2 : LONGEST_DELAY))
  done
}

main "$@"

# Makes roots for the systems of all hosts. The unit says which in FLAKE and HOSTS (empty: all that
# the flake has), and in SYSTEMS how many of each stay. A failure keeps back the collection that
# waits for this, and the roots that are there.
set -euo pipefail

roots=${NIX_STATE_DIR:-/nix/var/nix}/gcroots/hosts

nix() {
  command nix --extra-experimental-features "nix-command flakes" "$@"
}

if [ -z "$HOSTS" ]; then
  HOSTS=$(
    nix eval --refresh --raw "$FLAKE#nixosConfigurations" \
      --apply "systems: toString (builtins.attrNames systems)"
  )
fi
if [ -z "$HOSTS" ]; then
  echo "$FLAKE has no nixosConfigurations" >&2
  exit 1
fi

failed=0
for host in $HOSTS; do
  mkdir -p "$roots/$host"
  system="$FLAKE#nixosConfigurations.\"$host\".config.system.build.toplevel"
  if nix build --no-link --profile "$roots/$host/system" "$system"; then
    nix-env --profile "$roots/$host/system" --delete-generations "+$SYSTEMS"
  else
    echo "the system of $host was not built; its older ones stay" >&2
    failed=1
  fi
done

# Hosts that are gone need no system.
for root in "$roots"/*; do
  case " $HOSTS " in
    *" ${root##*/} "*) ;;
    *) rm -r "$root" ;;
  esac
done
exit "$failed"

#!/bin/sh
# Makes everything secret that docker/compose.yaml needs, and .env beside it:
#
#   docker/secrets.sh registry.example                                      a certificate for trying out, of an own authority
#   docker/secrets.sh registry.example --certificate F --key F [--authority F]   your certificate, with its chain
#
#   --port N       where clients reach it, if not at 443
#   --folder DIR   where compose.yaml is (default: the folder of this script)
#
# What is there already is kept: run it again after an upgrade, or to take another certificate. It needs openssl.
set -eu
umask 077

die() {
  echo "secrets.sh: $*" >&2
  exit 64
}

hostname= certificate= key= authority= port=443
folder=$(cd "$(dirname "$0")" && pwd)
while [ $# -gt 0 ]; do
  case $1 in
    --certificate) certificate=${2:?} && shift ;;
    --key) key=${2:?} && shift ;;
    --authority) authority=${2:?} && shift ;;
    --port) port=${2:?} && shift ;;
    --folder) folder=$(cd "${2:?}" && pwd) && shift ;;
    -*) die "unknown option $1" ;;
    *) [ -z "$hostname" ] || die 'one name only' && hostname=$1 ;;
  esac
  shift
done
[ -n "$hostname" ] || die 'give the name by which clients reach it, such as registry.example'
[ -n "${hostname##*[!A-Za-z0-9.-]*}" ] || die "$hostname is not a host name"
[ -n "${port##*[!0-9]*}" ] || die "$port is not a port"
[ -z "$certificate" ] && [ -n "$key" ] && die '--certificate and --key go together'
[ -n "$certificate" ] && [ -z "$key" ] && die '--certificate and --key go together'
command -v openssl > /dev/null || die 'openssl is not on the PATH'

secrets=$folder/secrets
mkdir -p "$secrets"

# give NAME COMMAND...: what the command prints, unless the file is there. It appears whole or not at all.
give() {
  name=$1 && shift
  [ -e "$secrets/$name" ] && return
  "$@" > "$secrets/.$name" && mv "$secrets/.$name" "$secrets/$name"
  echo "made $secrets/$name"
}
word() { openssl rand -hex 32; }
text() { printf '%s\n' "$@"; }
secret() { cat "$secrets/$1"; }

# The key that signs tokens, and its certificate, which registries are given. Clients never see it.
give portus.key openssl genpkey -quiet -algorithm EC -pkeyopt ec_paramgen_curve:P-256
give portus.crt openssl req -x509 -key "$secrets/portus.key" -subj "/CN=$hostname" -days 3650

give secret_key_base openssl rand -hex 64
give service_password word
give admin_password openssl rand -hex 12
give webhook_secret word
give registry_http_secret word
give postgres_password word
give database_url text "postgres://portus:$(secret postgres_password)@postgres:5432/portus"
give redis.conf text "requirepass $(word)"
give redis_url text "redis://:$(sed -n 's/^requirepass //p' "$secrets/redis.conf")@redis:6379"
give trivy_token word
give trivy.yaml text 'server:' "  token: $(secret trivy_token)"
give clair_postgres_password word
give clair.pgpass text "clair-postgres:5432:clair:clair:$(secret clair_postgres_password)"

# TLS, as clients see it.
names="subjectAltName=DNS:$hostname"
if [ -n "$certificate" ]; then
  cp "$certificate" "$secrets/tls.crt"
  cp "$key" "$secrets/tls.key"
  cp "${authority:-$certificate}" "$secrets/tls-authority.crt"
elif [ ! -e "$secrets/tls.crt" ]; then
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$secrets/tls-authority.key" \
    -out "$secrets/tls-authority.crt" -subj '/CN=Portus for trying out' -days 825 \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign 2> /dev/null
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout "$secrets/tls.key" \
    -out "$secrets/tls.crt" -subj "/CN=$hostname" -days 825 -addext "$names" -addext basicConstraints=critical,CA:FALSE \
    -addext extendedKeyUsage=serverAuth -CA "$secrets/tls-authority.crt" -CAkey "$secrets/tls-authority.key" 2> /dev/null
  echo "made $secrets/tls.crt, for trying out; clients need $secrets/tls-authority.crt"
fi
chmod 600 "$secrets"/*

# Root runs no containers as root: the secrets are handed to a user that has nothing else.
uid=$(id -u) gid=$(id -g)
if [ "$uid" = 0 ]; then
  uid=10001 gid=10001
  chown -R "$uid:$gid" "$secrets"
fi

address=$hostname
[ "$port" = 443 ] || address=$hostname:$port
env=$folder/.env
if [ ! -e "$env" ]; then
  sed -e "s|^STACK_HOSTNAME=.*|STACK_HOSTNAME=$hostname|" -e "s|^STACK_ADDRESS=.*|STACK_ADDRESS=$address|" \
    -e "s|^STACK_HTTPS_PORT=.*|STACK_HTTPS_PORT=$port|" -e "s|^STACK_UID=.*|STACK_UID=$uid|" \
    -e "s|^STACK_GID=.*|STACK_GID=$gid|" "$folder/.env.example" > "$env"
  echo "made $env"
fi
echo "the password of the first administrator, admin, is in $secrets/admin_password"

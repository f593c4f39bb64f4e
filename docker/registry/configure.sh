#!/bin/sh
# Writes what the registry reads: config.yml, and the certificates of the keys that Portus signs with. Anew each time, so
# that a changed name or key needs nothing but a start.
set -eu
umask 077
rm -f /registry/config.yml.new
portus keys bundle --output /registry/portus.pem
portus registry config \
  --registry-version "$REGISTRY_VERSION" \
  --portus-url "$PORTUS_URL" \
  --webhook-url http://api:3000 \
  --http-secret-file /run/secrets/registry_http_secret \
  --host "$PORTUS_URL" \
  --bundle /registry/portus.pem \
  --output /registry/config.yml.new
mv -f /registry/config.yml.new /registry/config.yml

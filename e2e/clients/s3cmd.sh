#!/usr/bin/env bash
# SSE-KMS by s3cmd, on a general purpose bucket: it knows no other kind. S3CMD names the command; the rest is world.mjs's.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
host=${AWS_ENDPOINT_URL#http://}
s3cmd() { # access key, secret, arguments
  local id=$1 secret=$2
  shift 2
  "$S3CMD" --config=/dev/null --no-ssl --host="$host" --host-bucket="$host" --region=us-east-1 \
    --access_key="$id" --secret_key="$secret" --no-progress --max-retries=1 "$@"
}
root() { s3cmd "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY" "$@"; }
same() { # what, expected, found
  [ "$2" = "$3" ] || { echo "$1: expected $2, found $3" >&2; exit 1; }
}
says() { # sentence, command…: the command must fail and say so
  local sentence=$1
  shift
  if "$@" > "$work/out" 2>&1; then echo "was not refused: $*" >&2; exit 1; fi
  grep -qF "$sentence" "$work/out" || { cat "$work/out" >&2; exit 1; }
}

head -c 20000000 /dev/zero > "$work/large"
echo one > "$work/one"
root put --server-side-encryption --server-side-encryption-kms-id="$KEY" "$work/one" "s3://$BUCKET/one" > /dev/null
root put --server-side-encryption --server-side-encryption-kms-id="$KEY" "$work/large" "s3://$BUCKET/large" > /dev/null
same 'encryption' "aws:kms $KEY" "$("$NODE" "$WORLD" object "$BUCKET" one)"
same 'encryption in parts' "aws:kms $KEY" "$("$NODE" "$WORLD" object "$BUCKET" large)"
root get "s3://$BUCKET/large" "$work/back" > /dev/null
cmp "$work/large" "$work/back"
same 'objects' 2 "$(root ls "s3://$BUCKET" | wc -l | tr -d ' ')"

says "User: $KEYLESS_ARN is not authorized to perform: kms:GenerateDataKey on resource: $KEY" \
  s3cmd "$KEYLESS_ID" "$KEYLESS_SECRET" put --server-side-encryption --server-side-encryption-kms-id="$KEY" "$work/one" "s3://$BUCKET/two"
says '403' s3cmd "$KEYLESS_ID" "$KEYLESS_SECRET" get "s3://$BUCKET/one" "$work/denied"

"$NODE" "$WORLD" disable
says "$KEY is disabled." \
  root put --server-side-encryption --server-side-encryption-kms-id="$KEY" "$work/one" "s3://$BUCKET/three"

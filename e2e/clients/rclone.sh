#!/usr/bin/env bash
# SSE-KMS by rclone. General purpose buckets; directory buckets it does not know. RCLONE names the command.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
remote() { # name, access key, secret
  export "RCLONE_CONFIG_$1_TYPE=s3" "RCLONE_CONFIG_$1_PROVIDER=Other" "RCLONE_CONFIG_$1_ENDPOINT=$AWS_ENDPOINT_URL" \
    "RCLONE_CONFIG_$1_REGION=us-east-1" "RCLONE_CONFIG_$1_ACCESS_KEY_ID=$2" "RCLONE_CONFIG_$1_SECRET_ACCESS_KEY=$3" \
    "RCLONE_CONFIG_$1_FORCE_PATH_STYLE=true" "RCLONE_CONFIG_$1_NO_CHECK_BUCKET=true" \
    "RCLONE_CONFIG_$1_SERVER_SIDE_ENCRYPTION=aws:kms" "RCLONE_CONFIG_$1_SSE_KMS_KEY_ID=$KEY"
}
remote ROOT "$AWS_ACCESS_KEY_ID" "$AWS_SECRET_ACCESS_KEY"
remote KEYLESS "$KEYLESS_ID" "$KEYLESS_SECRET"
run() { "$RCLONE" --config /dev/null --retries 1 --low-level-retries 1 "$@"; }
same() { # what, expected, found
  [ "$2" = "$3" ] || { echo "$1: expected $2, found $3" >&2; exit 1; }
}
says() { # sentence, command…: the command must fail and say so
  local sentence=$1
  shift
  if "$@" > "$work/out" 2>&1; then echo "was not refused: $*" >&2; exit 1; fi
  grep -qF "$sentence" "$work/out" || { cat "$work/out" >&2; exit 1; }
}

mkdir "$work/files"
for index in 1 2 3; do echo "object $index" > "$work/files/$index"; done
head -c 20000000 /dev/zero > "$work/files/large"
run copy --s3-upload-cutoff 8M --s3-chunk-size 8M "$work/files" "ROOT:$BUCKET/files"
same 'encryption' "aws:kms $KEY" "$("$NODE" "$WORLD" object "$BUCKET" files/1)"
same 'encryption in parts' "aws:kms $KEY" "$("$NODE" "$WORLD" object "$BUCKET" files/large)"
run copy "ROOT:$BUCKET/files" "$work/back"
diff -r "$work/files" "$work/back"
run moveto "ROOT:$BUCKET/files/1" "ROOT:$BUCKET/moved"
same 'encryption of a copy' "aws:kms $KEY" "$("$NODE" "$WORLD" object "$BUCKET" moved)"

says "is not authorized to perform: kms:GenerateDataKey on resource: $KEY" \
  run copyto "$work/files/1" "KEYLESS:$BUCKET/two"
says "is not authorized to perform: kms:Decrypt on resource: $KEY" run copyto "KEYLESS:$BUCKET/files/2" "$work/denied"

"$NODE" "$WORLD" disable
says "$KEY is disabled." run copyto "$work/files/1" "ROOT:$BUCKET/three"

#!/usr/bin/env bash
# KMS, IAM, STS and CloudTrail by the AWS CLI, with only the endpoint changed (AWS_ENDPOINT_URL). AWS names the command.
set -euo pipefail
cli=${AWS:-aws}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
calls="$work/calls"
: > "$calls"

aws() {
  echo >> "$calls"
  command "$cli" "$@"
}

get() { # query, arguments
  local query=$1
  shift
  aws "$@" --query "$query" --output text
}

quiet() {
  aws "$@" > /dev/null
}

same() { # what, expected, found
  [ "$2" = "$3" ] || { echo "$1: expected $2, found $3" >&2; exit 1; }
}

refused() { # code, arguments
  local code=$1
  shift
  if aws "$@" > /dev/null 2> "$work/error"; then echo "$*: was not refused" >&2; exit 1; fi
  grep -q "($code)" "$work/error" || { cat "$work/error" >&2; exit 1; }
}

allow() { # actions
  echo "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Action\":[$1],\"Resource\":\"*\"}}"
}

account=$(get Account sts get-caller-identity)
printf 'secret' > "$work/plain"

# Keys.
key=$(get KeyMetadata.Arn kms create-key --description first --tags TagKey=team,TagValue=data)
aws kms create-alias --alias-name alias/first --target-key-id "$key"
same 'state' Enabled "$(get KeyMetadata.KeyState kms describe-key --key-id alias/first)"
aws kms update-key-description --key-id "$key" --description changed
aws kms tag-resource --key-id "$key" --tags TagKey=stage,TagValue=test
same 'tags' 2 "$(get 'length(Tags)' kms list-resource-tags --key-id "$key")"
aws kms untag-resource --key-id "$key" --tag-keys stage
same 'keys' 1 "$(get 'length(Keys)' kms list-keys)"
same 'aliases' 1 "$(get 'length(Aliases)' kms list-aliases --key-id "$key")"
aws kms disable-key --key-id "$key"
refused DisabledException kms encrypt --key-id "$key" --plaintext fileb://"$work/plain"
aws kms enable-key --key-id "$key"

# Use.
get CiphertextBlob kms encrypt --key-id "$key" --plaintext fileb://"$work/plain" --encryption-context purpose=test |
  base64 --decode > "$work/blob"
same 'plaintext' secret "$(get Plaintext kms decrypt --ciphertext-blob fileb://"$work/blob" \
  --encryption-context purpose=test | base64 --decode)"
refused InvalidCiphertextException kms decrypt --ciphertext-blob fileb://"$work/blob"
quiet kms re-encrypt --ciphertext-blob fileb://"$work/blob" --source-encryption-context purpose=test \
  --destination-key-id "$key"
quiet kms generate-data-key --key-id "$key" --key-spec AES_256
quiet kms generate-data-key-without-plaintext --key-id "$key" --key-spec AES_128
quiet kms generate-data-key-pair --key-id "$key" --key-pair-spec ECC_NIST_P256
same 'random' 24 "$(get Plaintext kms generate-random --number-of-bytes 24 | base64 --decode | wc -c | tr -d ' ')"
refused DryRunOperationException kms generate-data-key --key-id "$key" --key-spec AES_256 --dry-run
signer=$(get KeyMetadata.KeyId kms create-key --key-spec ECC_NIST_P256 --key-usage SIGN_VERIFY)
get Signature kms sign --key-id "$signer" --message fileb://"$work/plain" --signing-algorithm ECDSA_SHA_256 |
  base64 --decode > "$work/signature"
same 'signature' True "$(get SignatureValid kms verify --key-id "$signer" --message fileb://"$work/plain" \
  --signing-algorithm ECDSA_SHA_256 --signature fileb://"$work/signature")"
quiet kms get-public-key --key-id "$signer"
macs=$(get KeyMetadata.KeyId kms create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC)
quiet kms generate-mac --key-id "$macs" --message fileb://"$work/plain" --mac-algorithm HMAC_SHA_256

# Management.
aws kms enable-key-rotation --key-id "$key" --rotation-period-in-days 180
same 'rotation' True "$(get KeyRotationEnabled kms get-key-rotation-status --key-id "$key")"
quiet kms rotate-key-on-demand --key-id "$key"
same 'rotations' 1 "$(get 'length(Rotations)' kms list-key-rotations --key-id "$key")"
aws kms disable-key-rotation --key-id "$key"
get Policy kms get-key-policy --key-id "$key" > "$work/policy.json"
aws kms put-key-policy --key-id "$key" --policy "file://$work/policy.json"
quiet kms list-key-policies --key-id "$key"
refused MalformedPolicyDocumentException kms put-key-policy --key-id "$key" --policy '{}'
quiet kms schedule-key-deletion --key-id "$signer" --pending-window-in-days 7
quiet kms cancel-key-deletion --key-id "$signer"
store=$(get CustomKeyStoreId kms create-custom-key-store --custom-key-store-name cluster \
  --cloud-hsm-cluster-id cluster-234567abcdefg --key-store-password password --trust-anchor-certificate certificate)
quiet kms connect-custom-key-store --custom-key-store-id "$store"
same 'store' CONNECTED "$(get 'CustomKeyStores[0].ConnectionState' kms describe-custom-key-stores)"
quiet kms disconnect-custom-key-store --custom-key-store-id "$store"
quiet kms delete-custom-key-store --custom-key-store-id "$store"

# A user with permissions of its own.
user=$(get User.Arn iam create-user --user-name analyst)
quiet iam create-group --group-name readers
aws iam add-user-to-group --group-name readers --user-name analyst
aws iam put-group-policy --group-name readers --policy-name look --policy-document "$(allow '"kms:ListKeys"')"
managed=$(get Policy.Arn iam create-policy --policy-name random --policy-document "$(allow '"kms:GenerateRandom"')")
aws iam attach-user-policy --user-name analyst --policy-arn "$managed"
same 'attached' random "$(get 'AttachedPolicies[0].PolicyName' iam list-attached-user-policies --user-name analyst)"
read -r id secret < <(get 'AccessKey.[AccessKeyId,SecretAccessKey]' iam create-access-key --user-name analyst)
as_analyst() {
  echo >> "$calls"
  AWS_ACCESS_KEY_ID=$id AWS_SECRET_ACCESS_KEY=$secret command "$cli" "$@"
}
same 'who' "$user" "$(as_analyst sts get-caller-identity --query Arn --output text)"
as_analyst kms list-keys > /dev/null
if as_analyst kms describe-key --key-id "$key" > /dev/null 2>&1; then echo 'analyst may describe the key' >&2; exit 1; fi
same 'simulation' 'allowed implicitDeny' "$(get 'EvaluationResults[].EvalDecision' iam simulate-principal-policy \
  --policy-source-arn "$user" --action-names kms:ListKeys kms:DescribeKey | tr '\t' ' ')"
quiet iam simulate-custom-policy --policy-input-list "$(allow '"kms:*"')" --action-names kms:Decrypt
quiet iam get-context-keys-for-custom-policy --policy-input-list "$(allow '"kms:*"')"

# A grant.
grant=$(get GrantId kms create-grant --key-id "$key" --grantee-principal "$user" --operations DescribeKey Encrypt)
same 'described' "$key" "$(as_analyst kms describe-key --key-id "$key" --query KeyMetadata.Arn --output text)"
same 'grants' 1 "$(get 'length(Grants)' kms list-grants --key-id "$key")"
aws kms revoke-grant --key-id "$key" --grant-id "$grant"

# A role.
role=$(get Role.Arn iam create-role --role-name Worker --assume-role-policy-document \
  "{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"$account\"},\"Action\":\"sts:AssumeRole\"}}")
aws iam put-role-policy --role-name Worker --policy-name all --policy-document "$(allow '"kms:*"')"
aws iam put-user-policy --user-name analyst --policy-name assume --policy-document "$(allow '"sts:AssumeRole"')"
same 'assumed' "arn:aws:sts::$account:assumed-role/Worker/monday" "$(as_analyst sts assume-role --role-arn "$role" \
  --role-session-name monday --query AssumedRoleUser.Arn --output text)"
quiet sts get-session-token
quiet sts get-access-key-info --access-key-id "$id"
quiet iam list-roles
quiet iam get-account-authorization-details

# The audit trail.
same 'events' AssumeRole "$(get 'Events[0].EventName' cloudtrail lookup-events \
  --lookup-attributes AttributeKey=Username,AttributeValue=analyst --max-items 1 | head -n 1)"
refused InvalidTimeRangeException cloudtrail lookup-events --start-time 2026-01-02 --end-time 2026-01-01

# All of it can be taken away again.
aws iam delete-access-key --user-name analyst --access-key-id "$id"
aws iam detach-user-policy --user-name analyst --policy-arn "$managed"
refused DeleteConflict iam delete-user --user-name analyst
aws iam delete-user-policy --user-name analyst --policy-name assume
aws iam remove-user-from-group --group-name readers --user-name analyst
aws iam delete-user --user-name analyst
aws kms delete-alias --alias-name alias/first

made=$(wc -l < "$calls" | tr -d ' ')
[ "$made" -ge 60 ] || { echo "only $made calls" >&2; exit 1; }
echo "$made calls"

#!/usr/bin/env bash
# The main job by the AWS CLI, with only the endpoint changed (AWS_ENDPOINT_URL). AWS names the command.
set -euo pipefail
aws=${AWS:-aws}
region=$AWS_DEFAULT_REGION
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

same() { # what, expected, found
  [ "$2" = "$3" ] || { echo "$1: expected $2, found $3" >&2; exit 1; }
}

account=$("$aws" sts get-caller-identity --query Account --output text)
lake="arn:aws:s3tables:$region:$account:bucket/lake"
cat > "$work/key-policy.json" <<POLICY
{"Version": "2012-10-17", "Statement": [
  {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::$account:root"}, "Action": "kms:*", "Resource": "*"},
  {"Sid": "Maintenance", "Effect": "Allow", "Principal": {"Service": "maintenance.s3tables.amazonaws.com"},
   "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*",
   "Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": "$lake/*"}}}]}
POLICY
key=$("$aws" kms create-key --policy "file://$work/key-policy.json" --query KeyMetadata.Arn --output text)
"$aws" kms create-alias --alias-name alias/lake --target-key-id "$key"

# Tables.
"$aws" s3tables create-table-bucket --name lake \
  --encryption-configuration "sseAlgorithm=aws:kms,kmsKeyArn=$key" > /dev/null
"$aws" s3tables create-namespace --table-bucket-arn "$lake" --namespace sales > /dev/null
"$aws" s3tables create-table --table-bucket-arn "$lake" --namespace sales --name orders --format ICEBERG > /dev/null
same 'key of the table' "$key" "$("$aws" s3tables get-table-encryption --table-bucket-arn "$lake" --namespace sales \
  --name orders --query encryptionConfiguration.kmsKeyArn --output text)"

# A bucket with a bucket key.
bucket="cli-$account"
"$aws" s3 mb "s3://$bucket" > /dev/null
"$aws" s3api put-bucket-encryption --bucket "$bucket" --server-side-encryption-configuration \
  "{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"aws:kms\",\"KMSMasterKeyID\":\"$key\"},\"BucketKeyEnabled\":true}]}"
mkdir "$work/files"
for index in 1 2 3 4 5; do echo "object $index" > "$work/files/$index.txt"; done
head -c 12000000 /dev/zero > "$work/files/large.bin"
"$aws" s3 cp --recursive --quiet "$work/files" "s3://$bucket/files"
"$aws" s3 sync --quiet "s3://$bucket/files" "$work/back"
diff -r "$work/files" "$work/back"
same 'objects' 6 "$("$aws" s3 ls "s3://$bucket/files/" | wc -l | tr -d ' ')"
same 'bucket key' 'True' "$("$aws" s3api head-object --bucket "$bucket" --key files/1.txt --query BucketKeyEnabled --output text)"

# One request to KMS for all of them.
same 'data keys' 1 "$("$aws" cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=GenerateDataKey \
  --query 'Events[].CloudTrailEvent' --output text | grep -o "arn:aws:s3:::$bucket\"" | wc -l | tr -d ' ')"

# A directory bucket.
fast=cli--use1-az4--x-s3
"$aws" s3api create-bucket --bucket "$fast" --create-bucket-configuration \
  'Location={Type=AvailabilityZone,Name=use1-az4},Bucket={Type=Directory,DataRedundancy=SingleAvailabilityZone}' > /dev/null
"$aws" s3api put-bucket-encryption --bucket "$fast" --server-side-encryption-configuration \
  "{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"aws:kms\",\"KMSMasterKeyID\":\"$key\"}}]}"
"$aws" s3api put-object --bucket "$fast" --key x --body "$work/files/1.txt" > /dev/null
same 'key of the object' "$key" "$("$aws" s3api head-object --bucket "$fast" --key x --query SSEKMSKeyId --output text)"

# A disabled key, in AWS's words.
"$aws" kms disable-key --key-id "$key"
if "$aws" kms encrypt --key-id "$key" --plaintext eA== > /dev/null 2> "$work/refused"; then
  echo 'a disabled key encrypted' >&2
  exit 1
fi
grep -q "DisabledException.*$key is disabled\." "$work/refused"

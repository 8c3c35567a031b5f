"""The main job by boto3, with only the endpoint changed (AWS_ENDPOINT_URL)."""

import json
import os
import urllib.parse
import urllib.request

import boto3
from botocore.exceptions import ClientError

REGION = os.environ["AWS_DEFAULT_REGION"]
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]


def refusal(call):
    """Code, status and sentence of the error that a call must end with."""
    try:
        call()
    except ClientError as error:
        answer = error.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]
    raise AssertionError("The call was not refused.")


def ledger(**query):
    """Records of the emulator's ledger, newest first."""
    url = f"{ENDPOINT}/_emulator/ledger?" + urllib.parse.urlencode({"account": account, "limit": 200, **query})
    token = os.environ["EMULATOR_ADMIN_TOKEN"]
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["records"]


def made(records):
    return sum(use["kind"] == "made" for record in records for use in record["keyOperations"])


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


account = boto3.client("sts").get_caller_identity()["Account"]
kms, s3, s3tables, iam = (boto3.client(name) for name in ("kms", "s3", "s3tables", "iam"))
table_bucket = f"arn:aws:s3tables:{REGION}:{account}:bucket/lake"

# A key that its account manages and that maintenance of tables may use.
key = kms.create_key(
    Policy=policy(
        {
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
            "Action": "kms:*",
            "Resource": "*",
        },
        {
            "Sid": "Maintenance",
            "Effect": "Allow",
            "Principal": {"Service": "maintenance.s3tables.amazonaws.com"},
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            "Resource": "*",
            "Condition": {"StringLike": {"kms:EncryptionContext:aws:s3:arn": f"{table_bucket}/*"}},
        },
    )
)["KeyMetadata"]["Arn"]
kms.create_alias(AliasName="alias/lake", TargetKeyId=key)

# A bucket of each kind, encrypted with it.
encryption = {"sseAlgorithm": "aws:kms", "kmsKeyArn": key}
assert s3tables.create_table_bucket(name="lake", encryptionConfiguration=encryption)["arn"] == table_bucket
s3tables.create_namespace(tableBucketARN=table_bucket, namespace=["sales"])
s3tables.create_table(tableBucketARN=table_bucket, namespace="sales", name="orders", format="ICEBERG")
orders = {"tableBucketARN": table_bucket, "namespace": "sales", "name": "orders"}
assert s3tables.get_table_encryption(**orders)["encryptionConfiguration"] == encryption

plain, fast = f"plain-{account}", "features--use1-az4--x-s3"
s3.create_bucket(Bucket=plain)
s3.create_bucket(
    Bucket=fast,
    CreateBucketConfiguration={
        "Location": {"Type": "AvailabilityZone", "Name": "use1-az4"},
        "Bucket": {"Type": "Directory", "DataRedundancy": "SingleAvailabilityZone"},
    },
)
for bucket in (plain, fast):
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0][
        "ApplyServerSideEncryptionByDefault"
    ] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}

# Two roles: one may use the key, the other has to be granted.
trust = policy({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"})


def role(name, *actions):
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    document = policy({"Effect": "Allow", "Action": list(actions), "Resource": "*"})
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document)
    made_session = boto3.client("sts").assume_role(RoleArn=arn, RoleSessionName="boto3")
    it = made_session["Credentials"]
    session = boto3.Session(it["AccessKeyId"], it["SecretAccessKey"], it["SessionToken"], REGION)
    return arn, made_session["AssumedRoleUser"]["Arn"], session.client("s3")


writer, writing, as_writer = role("Writer", "s3:*", "s3express:CreateSession", "kms:GenerateDataKey", "kms:Decrypt")
reader, reading, as_reader = role("Reader", "s3:GetObject")

# Uploads: KMS is asked once, and every other object is spared.
for bucket in (plain, fast):
    for index in range(10):
        answer = as_writer.put_object(Bucket=bucket, Key=f"o/{index}", Body=b"x" * 1000)
        assert answer["ServerSideEncryption"] == "aws:kms" and answer["SSEKMSKeyId"] == key, answer
        assert answer["BucketKeyEnabled"] is True, answer
    assert as_writer.get_object(Bucket=bucket, Key="o/3")["Body"].read() == b"x" * 1000
written = [record for record in ledger(principalArn=writing) if record["operation"] == "PutObject"]
assert len(written) == 20 and made(written) == 1, (len(written), made(written))
assert len(s3.list_objects_v2(Bucket=fast)["Contents"]) == 10

# A large upload, in parts.
as_writer.upload_fileobj(__import__("io").BytesIO(b"y" * 20_000_000), plain, "large")
assert as_writer.head_object(Bucket=plain, Key="large")["ContentLength"] == 20_000_000

# Refused, then granted.
code, status, message = refusal(lambda: as_reader.get_object(Bucket=plain, Key="o/0"))
assert (code, status) == ("AccessDenied", 403), (code, status)
assert message == (
    f"User: {reading} is not authorized to perform: kms:Decrypt on resource: {key} "
    "because no identity-based policy allows the kms:Decrypt action"
), message
grant = kms.create_grant(KeyId=key, GranteePrincipal=reader, Operations=["Decrypt"])
assert as_reader.get_object(Bucket=plain, Key="o/0")["Body"].read() == b"x" * 1000
kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])

# CloudTrail tells of the data key.
events = boto3.client("cloudtrail").lookup_events(
    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "GenerateDataKey"}]
)["Events"]
contexts = [json.loads(it["CloudTrailEvent"])["requestParameters"]["encryptionContext"] for it in events]
assert {"aws:s3:arn": f"arn:aws:s3:::{plain}"} in contexts, contexts

# Typed errors keep their names.
kms.disable_key(KeyId=key)
try:
    kms.encrypt(KeyId=key, Plaintext=b"x")
    raise AssertionError("The call was not refused.")
except kms.exceptions.DisabledException as error:
    assert error.response["Error"]["Message"] == f"{key} is disabled."
assert refusal(lambda: s3.put_object(Bucket=plain, Key="x", Body=b"", BucketKeyEnabled=False)) == (
    "KMS.DisabledException",
    400,
    f"{key} is disabled.",
)

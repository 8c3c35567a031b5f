"""The Iceberg REST catalog of S3 Tables by PyIceberg, as AWS documents it, with only the endpoint changed."""

import json
import logging
import os
import threading
import urllib.request

import boto3
import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import (
    BadRequestError,
    CommitFailedException,
    ForbiddenError,
    NamespaceNotEmptyError,
    NoSuchNamespaceError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.partitioning import PartitionField, PartitionSpec
from pyiceberg.transforms import IdentityTransform
from pyiceberg.types import StringType

REGION = os.environ["AWS_DEFAULT_REGION"]
ENDPOINT = os.environ["AWS_ENDPOINT_URL"]


def refusal(expected, call):
    try:
        call()
    except expected as error:
        return str(error)
    raise AssertionError("The call was not refused.")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def emulator(path, **body):
    """The emulator's own interface."""
    request = urllib.request.Request(
        f"{ENDPOINT}/_emulator/{path}",
        json.dumps({"account": account, **body}).encode(),
        {"Authorization": f"Bearer {os.environ['EMULATOR_ADMIN_TOKEN']}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def advance(seconds):
    """Moves the world's clock, so that table keys are forgotten."""
    emulator("clock", advanceSeconds=seconds)


kms, s3tables, iam, sts = (boto3.client(name) for name in ("kms", "s3tables", "iam", "sts"))
account = sts.get_caller_identity()["Account"]
warehouse = f"arn:aws:s3tables:{REGION}:{account}:bucket/lake"
root = {"AWS": f"arn:aws:iam::{account}:root"}
key = kms.create_key(
    Policy=policy(
        {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"},
        {
            "Effect": "Allow",
            "Principal": {"Service": "maintenance.s3tables.amazonaws.com"},
            "Action": ["kms:GenerateDataKey", "kms:Decrypt"],
            "Resource": "*",
        },
    )
)["KeyMetadata"]["Arn"]
s3tables.create_table_bucket(name="lake", encryptionConfiguration={"sseAlgorithm": "aws:kms", "kmsKeyArn": key})


def catalog(access_key, secret, token=None):
    return load_catalog(
        "lake",
        **{
            "type": "rest",
            "uri": f"{ENDPOINT}/iceberg",
            "warehouse": warehouse,
            "rest.sigv4-enabled": "true",
            "rest.signing-name": "s3tables",
            "rest.signing-region": REGION,
            "client.region": REGION,
            "client.access-key-id": access_key,
            "client.secret-access-key": secret,
            **({"client.session-token": token} if token else {}),
            "s3.endpoint": ENDPOINT,
        },
    )


mine = catalog(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])

# Namespaces.
mine.create_namespace("sales")
mine.create_namespace("archive", {"owner": "spark"})
assert mine.list_namespaces() == [("archive",), ("sales",)], mine.list_namespaces()
assert mine.namespace_exists("sales") and not mine.namespace_exists("nowhere")
refusal(NoSuchNamespaceError, lambda: mine.load_namespace_properties("nowhere"))

# A table, its rows, its schema.
rows = pa.table({"id": pa.array(range(1000), pa.int64()), "note": pa.array(["x"] * 1000)})
orders = mine.create_table("sales.orders", schema=rows.schema)
refusal(TableAlreadyExistsError, lambda: mine.create_table("sales.orders", schema=rows.schema))
orders.append(rows)
orders.append(rows)
assert mine.load_table("sales.orders").scan().to_arrow().num_rows == 2000
assert orders.scan(row_filter="id < 10").to_arrow().num_rows == 20
with orders.update_schema() as update:
    update.add_column("city", StringType())
with orders.transaction() as transaction:
    transaction.set_properties({"owner": "ana"})
orders.delete("id >= 500")
orders.overwrite(pa.table({"id": pa.array([7], pa.int64()), "note": ["y"], "city": ["Bonn"]}), overwrite_filter="id = 7")
found = mine.load_table("sales.orders")
assert found.properties["owner"] == "ana"
assert found.schema().column_names == ["id", "note", "city"]
assert found.scan().to_arrow().num_rows == 999, found.scan().to_arrow().num_rows

# What lies there is encrypted with the table's key.
alias = found.location().removeprefix("s3://")
s3 = boto3.client("s3")
head = s3.head_object(Bucket=alias, Key=found.metadata_location.removeprefix(f"s3://{alias}/"))
assert head["ServerSideEncryption"] == "aws:kms" and head["SSEKMSKeyId"] == key, head

# Partitions, branches, tags.
by_city = mine.create_table(
    "sales.by_city",
    schema=found.schema(),
    partition_spec=PartitionSpec(PartitionField(source_id=3, field_id=1000, transform=IdentityTransform(), name="city")),
)
by_city.append(pa.table({"id": pa.array([1, 2], pa.int64()), "note": ["a", "b"], "city": ["Bonn", "Rome"]}))
assert by_city.scan(row_filter="city = 'Rome'").to_arrow().num_rows == 1

# Compaction makes one file of each partition, and PyIceberg reads the same rows.
by_city.append(pa.table({"id": pa.array([3, 4], pa.int64()), "note": [None, "d"], "city": ["Bonn", "Rome"]}))
before = by_city.scan().to_arrow().sort_by("id")
ran = emulator("maintenance", tableBucketARN=warehouse, namespace="sales", name="by_city")
assert {it["status"] for it in ran["jobs"].values()} == {"Successful"}, ran["jobs"]
compacted = mine.load_table("sales.by_city")
assert compacted.inspect.files().num_rows == 2, compacted.inspect.files()
assert compacted.scan().to_arrow().sort_by("id").equals(before)
assert compacted.scan(row_filter="city = 'Rome' and id > 2").to_arrow()["note"].to_pylist() == ["d"]
compacted.append(pa.table({"id": pa.array([5], pa.int64()), "note": ["e"], "city": ["Bonn"]}))
assert mine.load_table("sales.by_city").scan().to_arrow().num_rows == 5
found.manage_snapshots().create_tag(found.current_snapshot().snapshot_id, "audited").commit()
assert "audited" in mine.load_table("sales.orders").refs()

# Two writers: of two commits on one state the second is told so, and nothing is lost.
one, other = mine.load_table("sales.orders"), mine.load_table("sales.orders")
with one.update_schema() as update:
    update.add_column("first", StringType())


def stale():
    with other.update_schema() as update:
        update.add_column("second", StringType())


message = refusal(CommitFailedException, stale)
assert message.startswith("CommitFailedException: Requirement failed: current schema changed"), message
race = mine.create_table("sales.race", schema=pa.schema([("id", pa.int64())]))


def writer(number):
    own = catalog(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    for index in range(5):
        while True:
            try:
                own.load_table("sales.race").append(pa.table({"id": pa.array([number * 10 + index], pa.int64())}))
                break
            except CommitFailedException:
                continue


# PyIceberg would like to delete what it wrote for a commit that failed; objects of tables can't be deleted.
logging.disable(logging.WARNING)
threads = [threading.Thread(target=writer, args=(number,)) for number in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
written = sorted(mine.load_table("sales.race").scan().to_arrow()["id"].to_pylist())
assert written == [0, 1, 2, 3, 4, 10, 11, 12, 13, 14], written

# Rename, drop.
mine.rename_table("sales.orders", "archive.orders")
assert mine.table_exists("archive.orders") and not mine.table_exists("sales.orders")
assert mine.list_tables("archive") == [("archive", "orders")]
refusal(NamespaceNotEmptyError, lambda: mine.drop_namespace("archive"))
refusal(BadRequestError, lambda: mine.drop_table("sales.race"))
mine.purge_table("sales.race")
refusal(NoSuchTableError, lambda: mine.load_table("sales.race"))

# Who may not read the data, or not use the key, is told which.
trust = policy({"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"})
arn = iam.create_role(RoleName="Reader", AssumeRolePolicyDocument=trust)["Role"]["Arn"]


def as_reader(*actions):
    document = policy({"Effect": "Allow", "Action": list(actions), "Resource": "*"})
    iam.put_role_policy(RoleName="Reader", PolicyName="own", PolicyDocument=document)
    it = sts.assume_role(RoleArn=arn, RoleSessionName="py")["Credentials"]
    return catalog(it["AccessKeyId"], it["SecretAccessKey"], it["SessionToken"])


narrow = ("s3tables:GetTableBucket", "s3tables:GetTableMetadataLocation")
message = refusal(ForbiddenError, lambda: as_reader(*narrow).load_table("archive.orders"))
assert "is not authorized to perform: s3tables:GetTableData" in message, message
wide = (*narrow, "s3tables:GetTableData")
advance(400)
message = refusal(ForbiddenError, lambda: as_reader(*wide).load_table("archive.orders"))
assert f"is not authorized to perform: kms:Decrypt on resource: {key}" in message, message
assert as_reader(*wide, "kms:Decrypt").load_table("archive.orders").scan().to_arrow().num_rows == 999

# A disabled key.
kms.disable_key(KeyId=key)
advance(400)
message = refusal(BadRequestError, lambda: mine.load_table("archive.orders"))
assert message == f"BadRequestException: {key} is disabled.", message

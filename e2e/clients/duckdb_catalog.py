"""Tables by DuckDB through the Iceberg REST catalog, with only the endpoint changed. Its extensions come from PyPI."""

import os
import subprocess
import sys
import urllib.parse

import duckdb

try:
    from duckdb_extensions import import_extension

    for extension in ("httpfs", "avro", "iceberg"):
        import_extension(extension)
except ImportError:
    print("its extensions httpfs, avro and iceberg are not here")
    sys.exit(77)

ENDPOINT, KEY, LAKE = os.environ["AWS_ENDPOINT_URL"], os.environ["KEY"], os.environ["LAKE"]


def connect(access_key, secret):
    database = duckdb.connect()
    for extension in ("httpfs", "avro", "iceberg"):
        database.execute(f"LOAD {extension}")
    host = urllib.parse.urlparse(ENDPOINT).netloc
    # It reads service and Region of its signature from the host name, and has no setting for them.
    named = f"http://s3tables.us-east-1.localhost:{urllib.parse.urlparse(ENDPOINT).port}/iceberg"
    database.execute(
        f"""CREATE SECRET (TYPE s3, KEY_ID '{access_key}', SECRET '{secret}', REGION 'us-east-1',
            ENDPOINT '{host}', USE_SSL false, URL_STYLE 'path')"""
    )
    database.execute(
        f"""ATTACH '{LAKE}' AS lake (TYPE iceberg, ENDPOINT '{named}', AUTHORIZATION_TYPE 'sigv4',
            STAGE_CREATE_TABLES false, PURGE_REQUESTED true)"""
    )
    return database


def refusal(call):
    try:
        call()
    except duckdb.Error as error:
        return str(error)
    raise AssertionError("The statement was not refused.")


mine = connect(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
mine.execute("CREATE TABLE lake.sales.orders (id BIGINT, note VARCHAR)")
mine.execute("INSERT INTO lake.sales.orders SELECT range, 'x' FROM range(1000)")
mine.execute("INSERT INTO lake.sales.orders VALUES (1000, 'y')")
assert mine.execute("SELECT count(*), max(id) FROM lake.sales.orders").fetchone() == (1001, 1000)
assert mine.execute("SELECT note FROM lake.sales.orders WHERE id = 1000").fetchall() == [("y",)]

keyless = connect(os.environ["KEYLESS_ID"], os.environ["KEYLESS_SECRET"])
message = refusal(lambda: keyless.execute("SELECT count(*) FROM lake.sales.orders").fetchall())
assert f"is not authorized to perform: kms:Decrypt on resource: {KEY}" in message, message

subprocess.run([os.environ["NODE"], os.environ["WORLD"], "disable"], check=True)
subprocess.run([os.environ["NODE"], os.environ["WORLD"], "advance"], check=True)
message = refusal(lambda: mine.execute("INSERT INTO lake.sales.orders VALUES (1001, 'z')"))
assert f"{KEY} is disabled." in message, message

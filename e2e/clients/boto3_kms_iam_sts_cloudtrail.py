"""KMS, IAM, STS and CloudTrail by boto3, with only the endpoint changed (AWS_ENDPOINT_URL). Prints how many calls it made."""

import json

import boto3
from botocore.exceptions import ClientError

calls = 0


def count(**_):
    global calls
    calls += 1


def clients(**keys):
    session = boto3.Session(**keys)
    session.events.register("before-send", count)
    return [session.client(name) for name in ("kms", "iam", "sts", "cloudtrail")]


def refusal(call, **input):
    """Code and status of the error that a call must end with."""
    try:
        call(**input)
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    raise AssertionError("The call was not refused.")


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions, resource="*", **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


kms, iam, sts, cloudtrail = clients()
account = sts.get_caller_identity()["Account"]
root = {"AWS": f"arn:aws:iam::{account}:root"}

# Keys: made, named, tagged, described, switched off and on.
key = kms.create_key(Description="first", Tags=[{"TagKey": "team", "TagValue": "data"}])["KeyMetadata"]["Arn"]
key_id = key.split("/")[1]
assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"
kms.create_alias(AliasName="alias/first", TargetKeyId=key_id)
assert kms.describe_key(KeyId="alias/first")["KeyMetadata"]["Arn"] == key
kms.update_key_description(KeyId=key, Description="changed")
kms.tag_resource(KeyId=key, Tags=[{"TagKey": "stage", "TagValue": "test"}])
assert len(kms.list_resource_tags(KeyId=key)["Tags"]) == 2
kms.untag_resource(KeyId=key, TagKeys=["stage"])
assert any(entry["KeyArn"] == key for page in kms.get_paginator("list_keys").paginate() for entry in page["Keys"])
assert [alias["AliasName"] for alias in kms.list_aliases(KeyId=key)["Aliases"]] == ["alias/first"]
kms.disable_key(KeyId=key)
assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x") == ("DisabledException", 400)
kms.enable_key(KeyId=key)

# Symmetric encryption, with a context.
context = {"purpose": "test", "größe": "ä€"}
blob = kms.encrypt(KeyId="alias/first", Plaintext=b"secret", EncryptionContext=context)["CiphertextBlob"]
assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"secret"
assert refusal(kms.decrypt, CiphertextBlob=blob) == ("InvalidCiphertextException", 400)
moved = kms.re_encrypt(CiphertextBlob=blob, SourceEncryptionContext=context, DestinationKeyId=key)["CiphertextBlob"]
assert kms.decrypt(CiphertextBlob=moved)["Plaintext"] == b"secret"
data_key = kms.generate_data_key(KeyId=key, KeySpec="AES_256")
assert kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])["Plaintext"] == data_key["Plaintext"]
kms.generate_data_key_without_plaintext(KeyId=key, NumberOfBytes=64)
assert kms.generate_data_key_pair(KeyId=key, KeyPairSpec="ECC_NIST_P256")["PublicKey"]
assert len(kms.generate_random(NumberOfBytes=24)["Plaintext"]) == 24
assert refusal(kms.encrypt, KeyId=key, Plaintext=b"x", DryRun=True) == ("DryRunOperationException", 400)
assert kms.get_key_last_usage(KeyId=key_id)["KeyLastUsage"]["Operation"]

# Asymmetric keys and MACs.
signer = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
signed = {"KeyId": signer, "Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
signature = kms.sign(**signed)["Signature"]
assert kms.verify(**signed, Signature=signature)["SignatureValid"]
assert kms.get_public_key(KeyId=signer)["KeySpec"] == "ECC_NIST_P256"
macs = kms.create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]["KeyId"]
macced = {"KeyId": macs, "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}
assert kms.verify_mac(**macced, Mac=kms.generate_mac(**macced)["Mac"])["MacValid"]

# Rotation, policies, replicas, deletion.
kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 180
kms.rotate_key_on_demand(KeyId=key)
assert kms.list_key_rotations(KeyId=key)["Rotations"][0]["RotationType"] == "ON_DEMAND"
assert kms.decrypt(CiphertextBlob=blob, EncryptionContext=context)["Plaintext"] == b"secret"
kms.disable_key_rotation(KeyId=key)
assert kms.list_key_policies(KeyId=key)["PolicyNames"] == ["default"]
default = kms.get_key_policy(KeyId=key)["Policy"]
kms.put_key_policy(KeyId=key, Policy=default)
lock_out = policy(allow("kms:Decrypt", Principal=root))
assert refusal(kms.put_key_policy, KeyId=key, Policy=lock_out) == ("MalformedPolicyDocumentException", 400)
primary = kms.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
assert kms.replicate_key(KeyId=primary, ReplicaRegion="eu-west-1")["ReplicaKeyMetadata"]["MultiRegion"]
kms.schedule_key_deletion(KeyId=signer, PendingWindowInDays=7)
kms.cancel_key_deletion(KeyId=signer)
external = kms.create_key(Origin="EXTERNAL")["KeyMetadata"]["KeyId"]
wrapping = {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"}
assert kms.get_parameters_for_import(KeyId=external, **wrapping)["ImportToken"]

# A custom key store: its keys work while it is connected.
store = kms.create_custom_key_store(
    CustomKeyStoreName="cluster",
    CloudHsmClusterId="cluster-234567abcdefg",
    KeyStorePassword="password",
    TrustAnchorCertificate="certificate",
)["CustomKeyStoreId"]
kms.connect_custom_key_store(CustomKeyStoreId=store)
inside = kms.create_key(Origin="AWS_CLOUDHSM", CustomKeyStoreId=store)["KeyMetadata"]["KeyId"]
kms.encrypt(KeyId=inside, Plaintext=b"x")
kms.disconnect_custom_key_store(CustomKeyStoreId=store)
assert refusal(kms.encrypt, KeyId=inside, Plaintext=b"x") == ("KMSInvalidStateException", 400)
assert kms.describe_custom_key_stores()["CustomKeyStores"][0]["ConnectionState"] == "DISCONNECTED"
kms.update_custom_key_store(CustomKeyStoreId=store, NewCustomKeyStoreName="renamed")
assert refusal(kms.delete_custom_key_store, CustomKeyStoreId=store) == ("CustomKeyStoreHasCMKsException", 400)

# A user, a group, policies, an access key.
user = iam.create_user(UserName="analyst", Tags=[{"Key": "team", "Value": "data"}])["User"]["Arn"]
iam.create_group(GroupName="readers")
iam.add_user_to_group(GroupName="readers", UserName="analyst")
iam.put_group_policy(GroupName="readers", PolicyName="look", PolicyDocument=policy(allow("kms:ListKeys")))
managed = iam.create_policy(PolicyName="random", PolicyDocument=policy(allow("kms:GenerateRandom")))["Policy"]["Arn"]
iam.attach_user_policy(UserName="analyst", PolicyArn=managed)
iam.create_policy_version(PolicyArn=managed, PolicyDocument=policy(allow("kms:Generate*")), SetAsDefault=True)
assert len(iam.list_policy_versions(PolicyArn=managed)["Versions"]) == 2
assert iam.list_attached_user_policies(UserName="analyst")["AttachedPolicies"][0]["PolicyName"] == "random"
assert iam.list_groups_for_user(UserName="analyst")["Groups"][0]["GroupName"] == "readers"
access = iam.create_access_key(UserName="analyst")["AccessKey"]
analyst_kms, analyst_iam, analyst_sts, _ = clients(
    aws_access_key_id=access["AccessKeyId"], aws_secret_access_key=access["SecretAccessKey"]
)
assert analyst_sts.get_caller_identity()["Arn"] == user
analyst_kms.list_keys()
assert refusal(analyst_kms.encrypt, KeyId=key, Plaintext=b"x") == ("AccessDeniedException", 400)
assert refusal(analyst_iam.list_users) == ("AccessDenied", 403)

# What the policy simulator says is what happens.
simulated = iam.simulate_principal_policy(PolicySourceArn=user, ActionNames=["kms:ListKeys", "kms:Encrypt"])
assert [result["EvalDecision"] for result in simulated["EvaluationResults"]] == ["allowed", "implicitDeny"]
custom = iam.simulate_custom_policy(PolicyInputList=[policy(allow("kms:*"))], ActionNames=["kms:Decrypt"])
assert custom["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"] == "PolicyInputList.1"

# Grants: given, listed, used, ended.
grant = kms.create_grant(KeyId=key, GranteePrincipal=user, Operations=["Encrypt", "DescribeKey"], Name="write")
analyst_kms.encrypt(KeyId=key, Plaintext=b"x", GrantTokens=[grant["GrantToken"]])
assert kms.list_grants(KeyId=key)["Grants"][0]["Name"] == "write"
retirable = kms.create_grant(KeyId=key, GranteePrincipal=user, RetiringPrincipal=user, Operations=["Decrypt"])
assert len(kms.list_retirable_grants(RetiringPrincipal=user)["Grants"]) == 1
analyst_kms.retire_grant(GrantToken=retirable["GrantToken"])
kms.revoke_grant(KeyId=key, GrantId=grant["GrantId"])
assert refusal(analyst_kms.encrypt, KeyId=key, Plaintext=b"x") == ("AccessDeniedException", 400)

# A role, and sessions of it.
trust = policy({"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"})
role = iam.create_role(RoleName="Worker", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
iam.put_role_policy(RoleName="Worker", PolicyName="all", PolicyDocument=policy(allow("kms:*")))
assert iam.get_role_policy(RoleName="Worker", PolicyName="all")["PolicyDocument"]["Statement"]
iam.put_user_policy(UserName="analyst", PolicyName="assume", PolicyDocument=policy(allow("sts:AssumeRole")))
session = analyst_sts.assume_role(
    RoleArn=role, RoleSessionName="monday", Policy=policy(allow("kms:Encrypt", "kms:DescribeKey"))
)["Credentials"]
worker_kms, _, worker_sts, _ = clients(
    aws_access_key_id=session["AccessKeyId"],
    aws_secret_access_key=session["SecretAccessKey"],
    aws_session_token=session["SessionToken"],
)
assert worker_sts.get_caller_identity()["Arn"] == f"arn:aws:sts::{account}:assumed-role/Worker/monday"
worker_kms.encrypt(KeyId=key, Plaintext=b"x")
assert refusal(worker_kms.list_keys) == ("AccessDeniedException", 400)
assert sts.get_session_token()["Credentials"]["SessionToken"]
assert sts.get_access_key_info(AccessKeyId=access["AccessKeyId"])["Account"] == account

# The audit trail.
mine = {"AttributeKey": "Username", "AttributeValue": "monday"}
pages = cloudtrail.get_paginator("lookup_events").paginate(LookupAttributes=[mine], PaginationConfig={"PageSize": 1})
events = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
assert sorted(event["eventName"] for event in events) == ["Encrypt", "GetCallerIdentity", "ListKeys"]
assert next(event for event in events if event["eventName"] == "ListKeys")["errorCode"] == "AccessDenied"
wrong = {"AttributeKey": "NoSuchKey", "AttributeValue": "x"}
assert refusal(cloudtrail.lookup_events, LookupAttributes=[wrong]) == ("InvalidLookupAttributesException", 400)
assert refusal(cloudtrail.lookup_events, MaxResults=50, NextToken="x")[1] == 400

# All of it can be taken away again.
iam.delete_access_key(UserName="analyst", AccessKeyId=access["AccessKeyId"])
iam.detach_user_policy(UserName="analyst", PolicyArn=managed)
iam.delete_user_policy(UserName="analyst", PolicyName="assume")
iam.remove_user_from_group(GroupName="readers", UserName="analyst")
assert refusal(iam.delete_role, RoleName="Worker") == ("DeleteConflict", 409)
iam.delete_role_policy(RoleName="Worker", PolicyName="all")
iam.delete_role(RoleName="Worker")
iam.delete_user(UserName="analyst")
kms.delete_alias(AliasName="alias/first")
assert refusal(kms.describe_key, KeyId="alias/first") == ("NotFoundException", 400)

assert calls >= 60, calls
print(f"{calls} calls")

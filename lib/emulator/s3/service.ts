/** Amazon S3: general purpose buckets, directory buckets (S3 Express One Zone), and the object side of table buckets. */

import type { CORSRule } from '@aws-sdk/client-s3';
import type { RequestContext } from '../context.ts';
import type { BucketSessionPort, SessionPort, WarehousePort } from '../ports.ts';
import type { Service, Surroundings } from '../service.ts';
import type { OperationTable } from '../wire/operation.ts';
import * as acl from './operations/acl.ts';
import { corsOf, deleteBucketCors, getBucketCors, putBucketCors } from './operations/bucket-cors.ts';
import { deleteBucketEncryption, getBucketEncryption, putBucketEncryption } from './operations/bucket-encryption.ts';
import { getBucketLogging, putBucketLogging } from './operations/bucket-logging.ts';
import * as metadata from './operations/bucket-metadata.ts';
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from './operations/bucket-policy.ts';
import {
  deleteBucketReplication,
  getBucketReplication,
  putBucketReplication,
} from './operations/bucket-replication.ts';
import * as settings from './operations/bucket-settings.ts';
import {
  createBucket,
  deleteBucket,
  getBucketLocation,
  headBucket,
  listBuckets,
  listDirectoryBuckets,
} from './operations/buckets.ts';
import { completeMultipartUpload } from './operations/complete-upload.ts';
import { copyObject } from './operations/copy-object.ts';
import { deleteObject, deleteObjects } from './operations/delete-object.ts';
import { getObject, getObjectAttributes, headObject } from './operations/get-object.ts';
import * as lifecycle from './operations/lifecycle.ts';
import { listObjects, listObjectsV2 } from './operations/list-objects.ts';
import { listMultipartUploads, listParts } from './operations/list-uploads.ts';
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './operations/multipart.ts';
import * as locks from './operations/object-lock.ts';
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './operations/object-tagging.ts';
import * as ownership from './operations/ownership.ts';
import { putObject } from './operations/put-object.ts';
import { renameObject } from './operations/rename-object.ts';
import { createSession } from './operations/session.ts';
import { updateObjectEncryption } from './operations/update-encryption.ts';
import { getBucketVersioning, listObjectVersions, putBucketVersioning } from './operations/versioning.ts';
import { createParts, type S3Parts } from './parts.ts';
import { migrations, OWNED } from './schema.ts';
import { createWarehouses } from './warehouses.ts';

export interface S3Service {
  readonly service: Service;
  /** Authentication asks it for the credentials of CreateSession. */
  readonly sessions: BucketSessionPort;
  readonly warehouses: WarehousePort;
  /** Cross-origin rules of a bucket, or undefined where it has none. */
  corsOf(bucket: string): readonly CORSRule[] | undefined;
  /** Resolves when everything that is to be replicated has been, or has failed. */
  replicated(): Promise<void>;
  /** Resolves when every record of S3 Metadata is in its journal table. */
  journaled(): Promise<void>;
  /** Goes on with what was to be replicated when the process ended. */
  resume(): void;
  /** Ends the work that goes on behind requests. */
  stop(): Promise<void>;
  /** Removes body files that no row knows: leftovers of a crash. Call once, before requests come. Gives their number. */
  sweep(): Promise<number>;
}

/**
 * Creates the tables of S3 and gives its operations.
 *
 * @param roles IAM's side of role sessions (`createIamService(…).sessions`)
 */
export function createS3Service(surroundings: Surroundings, roles: SessionPort): S3Service {
  surroundings.state.migrate('s3', migrations);
  const s3 = createParts(surroundings, roles);
  return {
    service: { name: 's3', operations: operationsOf(s3), reset: (accountId) => reset(s3, accountId), tables: OWNED },
    sessions: s3.sessions,
    warehouses: createWarehouses(s3),
    corsOf: (bucket) => corsOf(s3, bucket),
    replicated: () => s3.replication.settled(),
    journaled: () => s3.journal.settled(),
    resume: () => {
      s3.replication.resume();
      s3.journal.resume();
    },
    async stop() {
      await s3.replication.stop();
      await s3.journal.stop();
    },
    sweep: () => surroundings.bodies.sweep((file) => s3.objects.isKnownFile(file)),
  };
}

function operationsOf(s3: S3Parts): OperationTable<RequestContext> {
  const bind =
    <Input, Output>(operation: (parts: S3Parts, input: Input, context: RequestContext) => Output) =>
    (input: Input, context: RequestContext): Output =>
      operation(s3, input, context);
  return {
    AbortMultipartUpload: bind(abortMultipartUpload),
    CompleteMultipartUpload: bind(completeMultipartUpload),
    CopyObject: bind(copyObject),
    CreateBucket: bind(createBucket),
    CreateMultipartUpload: bind(createMultipartUpload),
    CreateSession: bind(createSession),
    DeleteBucket: bind(deleteBucket),
    DeleteBucketCors: bind(deleteBucketCors),
    DeleteBucketEncryption: bind(deleteBucketEncryption),
    DeleteBucketLifecycle: bind(lifecycle.deleteBucketLifecycle),
    DeleteBucketOwnershipControls: bind(ownership.deleteBucketOwnershipControls),
    DeleteBucketPolicy: bind(deleteBucketPolicy),
    DeleteBucketReplication: bind(deleteBucketReplication),
    DeleteBucketTagging: bind(settings.deleteBucketTagging),
    CreateBucketMetadataConfiguration: bind(metadata.createBucketMetadataConfiguration),
    CreateBucketMetadataTableConfiguration: bind(metadata.createBucketMetadataTableConfiguration),
    DeleteBucketMetadataConfiguration: bind(metadata.deleteBucketMetadataConfiguration),
    DeleteBucketMetadataTableConfiguration: bind(metadata.deleteBucketMetadataConfiguration),
    GetBucketMetadataConfiguration: bind(metadata.getBucketMetadataConfiguration),
    GetBucketMetadataTableConfiguration: bind(metadata.getBucketMetadataTableConfiguration),
    UpdateBucketMetadataInventoryTableConfiguration: bind(metadata.updateInventoryTable),
    UpdateBucketMetadataJournalTableConfiguration: bind(metadata.updateJournalTable),
    DeleteObject: bind(deleteObject),
    DeleteObjectTagging: bind(deleteObjectTagging),
    DeleteObjects: bind(deleteObjects),
    DeletePublicAccessBlock: bind(settings.deletePublicAccessBlock),
    GetBucketAcl: bind(acl.getBucketAcl),
    GetBucketCors: bind(getBucketCors),
    GetBucketEncryption: bind(getBucketEncryption),
    GetBucketLifecycleConfiguration: bind(lifecycle.getBucketLifecycleConfiguration),
    GetBucketLogging: bind(getBucketLogging),
    GetBucketLocation: bind(getBucketLocation),
    GetBucketOwnershipControls: bind(ownership.getBucketOwnershipControls),
    GetBucketPolicy: bind(getBucketPolicy),
    GetBucketPolicyStatus: bind(getBucketPolicyStatus),
    GetBucketReplication: bind(getBucketReplication),
    GetBucketTagging: bind(settings.getBucketTagging),
    GetBucketVersioning: bind(getBucketVersioning),
    GetObject: bind(getObject),
    GetObjectAcl: bind(acl.getObjectAcl),
    GetObjectAttributes: bind(getObjectAttributes),
    GetObjectLegalHold: bind(locks.getObjectLegalHold),
    GetObjectLockConfiguration: bind(locks.getObjectLockConfiguration),
    GetObjectRetention: bind(locks.getObjectRetention),
    GetObjectTagging: bind(getObjectTagging),
    GetPublicAccessBlock: bind(settings.getPublicAccessBlock),
    HeadBucket: bind(headBucket),
    HeadObject: bind(headObject),
    ListBuckets: bind(listBuckets),
    ListDirectoryBuckets: bind(listDirectoryBuckets),
    ListMultipartUploads: bind(listMultipartUploads),
    ListObjectVersions: bind(listObjectVersions),
    ListObjects: bind(listObjects),
    ListObjectsV2: bind(listObjectsV2),
    ListParts: bind(listParts),
    PutBucketAcl: bind(acl.putBucketAcl),
    PutBucketCors: bind(putBucketCors),
    PutBucketEncryption: bind(putBucketEncryption),
    PutBucketLifecycleConfiguration: bind(lifecycle.putBucketLifecycleConfiguration),
    PutBucketLogging: bind(putBucketLogging),
    PutBucketOwnershipControls: bind(ownership.putBucketOwnershipControls),
    PutBucketPolicy: bind(putBucketPolicy),
    PutBucketReplication: bind(putBucketReplication),
    PutBucketTagging: bind(settings.putBucketTagging),
    PutBucketVersioning: bind(putBucketVersioning),
    PutObject: bind(putObject),
    PutObjectAcl: bind(acl.putObjectAcl),
    PutObjectLegalHold: bind(locks.putObjectLegalHold),
    PutObjectLockConfiguration: bind(locks.putObjectLockConfiguration),
    PutObjectRetention: bind(locks.putObjectRetention),
    PutObjectTagging: bind(putObjectTagging),
    PutPublicAccessBlock: bind(settings.putPublicAccessBlock),
    RenameObject: bind(renameObject),
    UpdateObjectEncryption: bind(updateObjectEncryption),
    UploadPart: bind(uploadPart),
    UploadPartCopy: bind(uploadPartCopy),
  };
}

function reset(s3: S3Parts, accountId: string): void {
  for (const bucket of s3.buckets.all(accountId)) {
    s3.objects.removeAll(bucket.id);
    s3.buckets.remove(bucket);
  }
  s3.sessions.forgetAccount(accountId);
  s3.keys.forgetAccount(accountId);
}

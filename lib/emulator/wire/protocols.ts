/** What differs between the services on the wire, as data (WIRE-01…WIRE-05). */

import { AwsError } from './error.ts';
import type { ServiceName } from './operation.ts';

export type ProtocolName = 'awsJson' | 'restJson' | 'restXml' | 'awsQuery' | 'icebergRest';

export interface Protocol {
  readonly name: ProtocolName;
  /** awsQuery: the API version, also in the namespace. */
  readonly version?: string;
  /** Namespace of XML answers. */
  readonly namespace?: string;
  /** Code of an answer to input that breaks a constraint. */
  readonly validationCode: string;
  /** Code of an answer to input that cannot be read. */
  readonly serializationCode: string;
  /** Code of an error that is the emulator's own. */
  readonly internal: readonly [code: string, message: string];
  readonly bodyLimit: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const PROTOCOLS: Readonly<Record<ServiceName, Protocol>> = {
  kms: {
    name: 'awsJson',
    validationCode: 'ValidationException',
    serializationCode: 'SerializationException',
    internal: ['KMSInternalException', 'The request was rejected because an internal exception occurred.'],
    bodyLimit: MIB,
  },
  cloudtrail: {
    name: 'awsJson',
    validationCode: 'ValidationException',
    serializationCode: 'SerializationException',
    internal: ['InternalFailure', 'An internal error occurred.'],
    bodyLimit: MIB,
  },
  s3tables: {
    name: 'restJson',
    // The service's closed set has no ValidationException (TB-58).
    validationCode: 'BadRequestException',
    serializationCode: 'SerializationException',
    internal: ['InternalServerErrorException', 'The request failed due to an internal server error.'],
    bodyLimit: MIB,
  },
  iceberg: {
    name: 'icebergRest',
    validationCode: 'BadRequestException',
    serializationCode: 'BadRequestException',
    internal: ['InternalServerErrorException', 'The request failed due to an internal server error.'],
    // A commit may carry a schema of ten thousand columns.
    bodyLimit: 8 * MIB,
  },
  s3: {
    name: 'restXml',
    namespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    validationCode: 'MalformedXML',
    serializationCode: 'MalformedXML',
    internal: ['InternalError', 'We encountered an internal error. Please try again.'],
    // CompleteMultipartUpload of 10,000 parts with checksums comes to about 2 MB.
    bodyLimit: 4 * MIB,
  },
  iam: {
    name: 'awsQuery',
    version: '2010-05-08',
    namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    validationCode: 'ValidationError',
    serializationCode: 'MalformedInput',
    internal: [
      'ServiceFailure',
      'The request processing has failed because of an unknown error, exception or failure.',
    ],
    bodyLimit: MIB,
  },
  sts: {
    name: 'awsQuery',
    version: '2011-06-15',
    namespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    validationCode: 'ValidationError',
    serializationCode: 'MalformedInput',
    internal: [
      'InternalFailure',
      'The request processing has failed because of an unknown error, exception or failure.',
    ],
    bodyLimit: MIB,
  },
};

/** Service names of credential scopes; S3 Express and the table warehouses are S3's (WIRE-03, WIRE-05). */
export const SCOPES: ReadonlyMap<string, ServiceName> = new Map([
  ['kms', 'kms'],
  ['s3', 's3'],
  ['s3express', 's3'],
  ['s3tables', 's3tables'],
  ['iam', 'iam'],
  ['sts', 'sts'],
  ['cloudtrail', 'cloudtrail'],
]);

/** S3's sentence for a body that is not the XML it should be (recorded, without the full stop). */
const MALFORMED_XML = 'The XML you provided was not well-formed or did not validate against our published schema';

/** Bodies whose faults have a code of their own (recorded). */
const XML_FAULT_CODES: Readonly<Record<string, string>> = {
  PutBucketAcl: 'MalformedACLError',
  PutObjectAcl: 'MalformedACLError',
};

/** S3: the body of `operation` is not what it should be. */
export function malformedXml(operation: string): AwsError {
  return new AwsError(XML_FAULT_CODES[operation] ?? 'MalformedXML', 400, MALFORMED_XML);
}

/** The input of a service other than S3 cannot be read. */
export function unreadable(service: ServiceName, message: string): AwsError {
  return new AwsError(PROTOCOLS[service].serializationCode, 400, message);
}

/** An error that is the emulator's own, in the service's words. */
export function internalError(service: ServiceName): AwsError {
  const [code, message] = PROTOCOLS[service].internal;
  return new AwsError(code, 500, message);
}

/** The answer to a body above the service's limit. */
export function bodyTooLarge(service: ServiceName): AwsError {
  switch (PROTOCOLS[service].name) {
    case 'restXml':
      return new AwsError('MaxMessageLengthExceeded', 400, 'Your request was too big.');
    case 'awsQuery':
      return new AwsError('RequestEntityTooLarge', 413, 'Request entity is too large.');
    default:
      return new AwsError('RequestEntityTooLargeException', 413, 'Request entity is too large.');
  }
}

/** The answer of a service to one of its operations that is not built here; 501 only where S3 documents it. */
export function notImplementedError(service: ServiceName, operation: string): AwsError {
  const message = `${operation} is not implemented by this emulator.`;
  switch (service) {
    case 's3':
      return new AwsError('NotImplemented', 501, message);
    case 's3tables':
      return new AwsError('MethodNotAllowedException', 405, message);
    case 'iceberg':
      // What Iceberg's specification has for a server that does not support an operation.
      return new AwsError('UnsupportedOperationException', 406, `Unsupported operation: ${operation}`);
    case 'kms':
    case 'cloudtrail':
      return new AwsError('UnsupportedOperationException', 400, message);
    default:
      return new AwsError('InvalidAction', 400, message);
  }
}

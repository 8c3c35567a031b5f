import java.net.URI;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DisabledException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;
import software.amazon.awssdk.services.s3tables.S3TablesClient;
import software.amazon.awssdk.services.s3tables.model.BadRequestException;
import software.amazon.awssdk.services.s3tables.model.OpenTableFormat;

/** SSE-KMS on buckets of all three kinds by the AWS SDK for Java 2, with only the endpoint changed. */
class SdkV2 {
    static final String KEY = System.getenv("KEY");
    static final URI ENDPOINT = URI.create(System.getenv("AWS_ENDPOINT_URL"));

    public static void main(String[] args) {
        S3Client s3 = s3(System.getenv("AWS_ACCESS_KEY_ID"), System.getenv("AWS_SECRET_ACCESS_KEY"));
        S3Client keyless = s3(System.getenv("KEYLESS_ID"), System.getenv("KEYLESS_SECRET"));
        String bucket = System.getenv("BUCKET");
        String fast = System.getenv("FAST");

        // A general purpose bucket: the header names the key.
        var put = s3.putObject(
            it -> it.bucket(bucket).key("a").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KEY).bucketKeyEnabled(true),
            RequestBody.fromString("hello"));
        same("key", KEY, put.ssekmsKeyId());
        same("bucket key", true, put.bucketKeyEnabled());
        same("body", "hello", s3.getObjectAsBytes(it -> it.bucket(bucket).key("a")).asUtf8String());

        // A directory bucket: its default names the key, and a session carries it.
        // On AWS its configuration has an endpoint of its own; here the SDK must be told that no session is wanted for it.
        S3Client control = S3Client.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).forcePathStyle(true)
            .disableS3ExpressSessionAuth(true).build();
        control.putBucketEncryption(it -> it.bucket(fast).serverSideEncryptionConfiguration(c -> c.rules(r -> r
            .bucketKeyEnabled(true).applyServerSideEncryptionByDefault(d -> d.sseAlgorithm("aws:kms").kmsMasterKeyID(KEY)))));
        same("key of a directory bucket", KEY, s3.putObject(it -> it.bucket(fast).key("a"), RequestBody.fromString("fast")).ssekmsKeyId());
        same("body", "fast", s3.getObjectAsBytes(it -> it.bucket(fast).key("a")).asUtf8String());

        // A table bucket: the files of a table have the key of the bucket.
        S3TablesClient tables = S3TablesClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).build();
        String lake = System.getenv("LAKE");
        tables.createTable(it -> it.tableBucketARN(lake).namespace("sales").name("orders").format(OpenTableFormat.ICEBERG));
        String warehouse = tables.getTable(it -> it.tableBucketARN(lake).namespace("sales").name("orders")).warehouseLocation().substring(5);
        same("key of a table's file", KEY, s3.putObject(it -> it.bucket(warehouse).key("data/a"), RequestBody.fromString("row")).ssekmsKeyId());

        // A denial, with its sentence.
        AwsServiceException denied = refusal(() -> keyless.getObjectAsBytes(it -> it.bucket(bucket).key("a")));
        same("status", 403, denied.statusCode());
        same("code", "AccessDenied", denied.awsErrorDetails().errorCode());
        same("sentence", "User: " + System.getenv("KEYLESS_ARN") + " is not authorized to perform: kms:Decrypt on resource: " + KEY
            + " because no identity-based policy allows the kms:Decrypt action", denied.awsErrorDetails().errorMessage());

        // A disabled key.
        KmsClient kms = KmsClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).build();
        kms.disableKey(it -> it.keyId(KEY));
        AwsServiceException disabled = refusal(() -> s3.putObject(
            it -> it.bucket(bucket).key("b").serverSideEncryption(ServerSideEncryption.AWS_KMS).ssekmsKeyId(KEY),
            RequestBody.fromString("x")));
        same("code", "KMS.DisabledException", disabled.awsErrorDetails().errorCode());
        same("sentence", KEY + " is disabled.", disabled.awsErrorDetails().errorMessage());
        same("typed", true, refusal(() -> kms.generateDataKey(it -> it.keyId(KEY).keySpec("AES_256"))) instanceof DisabledException);
        AwsServiceException table = refusal(() -> tables.createTable(
            it -> it.tableBucketARN(lake).namespace("sales").name("later").format(OpenTableFormat.ICEBERG)));
        same("typed", true, table instanceof BadRequestException);
        same("maintenance", true, table.awsErrorDetails().errorMessage().startsWith("Insufficient access to perform table maintenance."));
        System.exit(0);
    }

    static S3Client s3(String id, String secret) {
        return S3Client.builder()
            .endpointOverride(ENDPOINT).region(Region.US_EAST_1).forcePathStyle(true)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(id, secret)))
            .build();
    }

    static void same(String what, Object expected, Object found) {
        if (!expected.equals(found)) throw new AssertionError(what + ": expected " + expected + ", found " + found);
    }

    static AwsServiceException refusal(Supplier<?> call) {
        try {
            call.get();
        } catch (AwsServiceException error) {
            return error;
        }
        throw new AssertionError("The call was not refused.");
    }
}

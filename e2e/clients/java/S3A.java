import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.s3.S3Client;

/** Hadoop's S3A connector on a general purpose bucket, configured as its documentation says (rules HD-*). */
class S3A {
    static final String KEY = System.getenv("KEY");
    static final String BUCKET = System.getenv("BUCKET");
    static final URI ENDPOINT = URI.create(System.getenv("AWS_ENDPOINT_URL"));
    static final String ALGORITHM = "header.x-amz-server-side-encryption";
    static final String KEY_ID = "header.x-amz-server-side-encryption-aws-kms-key-id";

    interface Proof { void run() throws Exception; }

    public static void main(String[] args) throws Exception {
        KmsClient kms = KmsClient.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).build();
        S3Client s3 = S3Client.builder().endpointOverride(ENDPOINT).region(Region.US_EAST_1).forcePathStyle(true).build();
        String other = kms.createKey().keyMetadata().arn();

        prove("HD-01 HD-02 HD-21 old property names encrypt with the key that they name", () -> {
            FileSystem fs = open(Map.of(
                "fs.s3a.server-side-encryption-algorithm", "SSE-KMS", "fs.s3a.server-side-encryption.key", KEY));
            write(fs, "/old", "old");
            encrypted(fs, "/old", KEY);
        });
        prove("HD-01 HD-02 new property names do the same, and a large file goes in blocks", () -> {
            FileSystem fs = open(Map.of("fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", KEY,
                "fs.s3a.multipart.size", "5M", "fs.s3a.fast.upload.buffer", "array"));
            write(fs, "/new", "new");
            encrypted(fs, "/new", KEY);
            byte[] large = new byte[12_000_000];
            try (var out = fs.create(new Path("/large"), true)) { out.write(large); }
            encrypted(fs, "/large", KEY);
            same("length", 12_000_000L, fs.getFileStatus(new Path("/large")).getLen());
        });
        prove("HD-03 HD-20 without a key the account's default key is used", () -> {
            FileSystem fs = open(Map.of("fs.s3a.encryption.algorithm", "SSE-KMS"));
            write(fs, "/default", "x");
            String key = attribute(fs, "/default", KEY_ID);
            same("algorithm", "aws:kms", attribute(fs, "/default", ALGORITHM));
            same("an ARN, and another key", true, key.startsWith("arn:aws:kms:") && !key.equals(KEY));
        });
        prove("HD-24 DSSE-KMS", () -> {
            FileSystem fs = open(Map.of("fs.s3a.encryption.algorithm", "DSSE-KMS", "fs.s3a.encryption.key", KEY));
            write(fs, "/dsse", "x");
            same("algorithm", "aws:kms:dsse", attribute(fs, "/dsse", ALGORITHM));
            same("key", KEY, attribute(fs, "/dsse", KEY_ID));
        });
        prove("HD-11 options of one bucket go before the base", () -> {
            FileSystem fs = open(Map.of("fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", KEY,
                "fs.s3a.bucket." + BUCKET + ".encryption.key", other));
            write(fs, "/per-bucket", "x");
            encrypted(fs, "/per-bucket", other);
            FileSystem old = open(Map.of("fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", KEY,
                "fs.s3a.bucket." + BUCKET + ".server-side-encryption.key", other));
            write(old, "/per-bucket-old", "x");
            encrypted(old, "/per-bucket-old", other);
        });
        prove("HD-06 HD-14 a reader needs no configuration, whatever key a file has", () -> {
            FileSystem fs = open(Map.of());
            same("read", "old", read(fs, "/old"));
            same("read", "x", read(fs, "/per-bucket"));
        });
        prove("HD-16 HD-22 a rename takes the client's own settings", () -> {
            FileSystem fs = open(Map.of("fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", other));
            write(open(Map.of("fs.s3a.encryption.algorithm", "AES256")), "/plain", "plain");
            same("renamed", true, fs.rename(new Path("/plain"), new Path("/renamed")));
            encrypted(fs, "/renamed", other);
            same("gone", false, fs.exists(new Path("/plain")));
            same("read", "plain", read(fs, "/renamed"));
            // This version hands the key of the source on (RequestFactoryImpl, copyEncryptionParameters).
            same("renamed", true, fs.rename(new Path("/old"), new Path("/kept")));
            encrypted(fs, "/kept", KEY);
        });
        prove("HD-18 HD-22 the bucket's default needs no setting of the client", () -> {
            s3.putBucketEncryption(it -> it.bucket(BUCKET).serverSideEncryptionConfiguration(c -> c.rules(r -> r
                .bucketKeyEnabled(true).applyServerSideEncryptionByDefault(d -> d.sseAlgorithm("aws:kms").kmsMasterKeyID(KEY)))));
            FileSystem fs = open(Map.of());
            fs.mkdirs(new Path("/dir/sub"));
            write(fs, "/dir/sub/a", "x");
            write(fs, "/dir/b", "x");
            encrypted(fs, "/dir/sub/a", KEY);
            same("listed", 2, fs.listStatus(new Path("/dir")).length);
            same("deleted", true, fs.delete(new Path("/dir"), true));
            same("gone", false, fs.exists(new Path("/dir")));
        });
        prove("HD-17 extended attributes show how a file is encrypted", () -> {
            Map<String, byte[]> all = new TreeMap<>(open(Map.of()).getXAttrs(new Path("/new")));
            same("algorithm", "aws:kms", text(all.get(ALGORITHM)));
            same("key", KEY, text(all.get(KEY_ID)));
        });
        prove("HD-10 HD-23 the encryption context reaches KMS: a key that demands it refuses writes without", () -> {
            String policy = "{\"Version\":\"2012-10-17\",\"Statement\":["
                + "{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::" + other.split(":")[4] + ":root\"},\"Action\":\"kms:*\",\"Resource\":\"*\"},"
                + "{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"kms:GenerateDataKey\",\"Resource\":\"*\","
                + "\"Condition\":{\"StringNotEquals\":{\"kms:EncryptionContext:project\":\"hadoop\"}}}]}";
            String strict = kms.createKey(it -> it.policy(policy)).keyMetadata().arn();
            Map<String, String> settings = Map.of("fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", strict);
            says("kms:GenerateDataKey", () -> write(open(settings), "/no-context", "x"));
            Map<String, String> more = new TreeMap<>(settings);
            more.put("fs.s3a.encryption.context", "project=hadoop, team=data");
            write(open(more), "/context", "x");
            encrypted(open(Map.of()), "/context", strict);
        });
        prove("HD-12 a wrong configuration is refused in S3A's own words", () -> {
            says("Unknown encryption algorithm DES", () -> open(Map.of("fs.s3a.encryption.algorithm", "DES")));
            says("AES256 is enabled but an encryption key was set in fs.s3a.encryption.key", () ->
                open(Map.of("fs.s3a.encryption.algorithm", "AES256", "fs.s3a.encryption.key", KEY)));
            says("SSE-C is enabled but no encryption key was declared in fs.s3a.encryption.key", () ->
                open(Map.of("fs.s3a.encryption.algorithm", "SSE-C")));
        });
        prove("HD-05 who may not use the key can neither write nor read, and is told so", () -> {
            FileSystem fs = open(Map.of("fs.s3a.access.key", System.getenv("KEYLESS_ID"), "fs.s3a.secret.key", System.getenv("KEYLESS_SECRET"),
                "fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", KEY));
            says("is not authorized to perform: kms:GenerateDataKey on resource: " + KEY, () -> write(fs, "/denied", "x"));
            says("is not authorized to perform: kms:Decrypt on resource: " + KEY, () -> read(fs, "/new"));
        });
        prove("HD-06 a disabled key closes what it wrapped", () -> {
            kms.disableKey(it -> it.keyId(KEY));
            // Until then the bucket key hides it.
            new ProcessBuilder(System.getenv("NODE"), System.getenv("WORLD"), "advance").inheritIO().start().waitFor();
            FileSystem fs = open(Map.of("fs.s3a.encryption.algorithm", "SSE-KMS", "fs.s3a.encryption.key", KEY));
            says(KEY + " is disabled", () -> write(fs, "/disabled", "x"));
            says(KEY + " is disabled", () -> read(fs, "/new"));
        });
        System.exit(0);
    }

    static FileSystem open(Map<String, String> settings) throws IOException {
        Configuration conf = new Configuration();
        conf.set("fs.s3a.endpoint", ENDPOINT.toString());
        conf.set("fs.s3a.endpoint.region", "us-east-1");
        conf.set("fs.s3a.path.style.access", "true");
        conf.set("fs.s3a.access.key", System.getenv("AWS_ACCESS_KEY_ID"));
        conf.set("fs.s3a.secret.key", System.getenv("AWS_SECRET_ACCESS_KEY"));
        conf.set("fs.s3a.attempts.maximum", "1");
        conf.set("fs.s3a.retry.limit", "1");
        conf.set("fs.s3a.bucket.probe", "0");
        conf.set("hadoop.tmp.dir", System.getProperty("java.io.tmpdir"));
        settings.forEach(conf::set);
        return FileSystem.newInstance(URI.create("s3a://" + BUCKET + "/"), conf);
    }

    static void write(FileSystem fs, String path, String body) throws IOException {
        try (var out = fs.create(new Path(path), true)) { out.write(body.getBytes(StandardCharsets.UTF_8)); }
    }

    static String read(FileSystem fs, String path) throws IOException {
        try (var in = fs.open(new Path(path))) { return new String(in.readAllBytes(), StandardCharsets.UTF_8); }
    }

    static String attribute(FileSystem fs, String path, String name) throws IOException {
        return text(fs.getXAttr(new Path(path), name));
    }

    static String text(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    static void encrypted(FileSystem fs, String path, String key) throws IOException {
        same("algorithm of " + path, "aws:kms", attribute(fs, path, ALGORITHM));
        same("key of " + path, key, attribute(fs, path, KEY_ID));
    }

    static void same(String what, Object expected, Object found) {
        if (!expected.equals(found)) throw new AssertionError(what + ": expected " + expected + ", found " + found);
    }

    static void says(String sentence, Proof call) throws Exception {
        try {
            call.run();
        } catch (IOException error) {
            for (Throwable it = error; it != null; it = it.getCause()) if (String.valueOf(it.getMessage()).contains(sentence)) return;
            throw new AssertionError("expected \"" + sentence + "\", found " + error);
        }
        throw new AssertionError("was not refused: \"" + sentence + "\"");
    }

    static void prove(String title, Proof proof) throws Exception {
        try {
            proof.run();
        } catch (Throwable error) {
            throw new AssertionError(title, error);
        }
    }
}

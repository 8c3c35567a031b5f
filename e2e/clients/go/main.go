// SSE-KMS on buckets of all three kinds by the AWS SDK for Go 2, with only the endpoint changed (AWS_ENDPOINT_URL).
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3tables"
	tabletypes "github.com/aws/aws-sdk-go-v2/service/s3tables/types"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

func must[T any](value T, err error) T {
	if err != nil {
		fail(err.Error())
	}
	return value
}

func fail(text string) {
	fmt.Fprintln(os.Stderr, text)
	os.Exit(1)
}

func same[T comparable](what string, expected, found T) {
	if expected != found {
		fail(fmt.Sprintf("%s: expected %v, found %v", what, expected, found))
	}
}

func refusal(err error) (string, string) {
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		fail(fmt.Sprintf("The call was not refused: %v", err))
	}
	return answer.ErrorCode(), answer.ErrorMessage()
}

func main() {
	key, bucket, fast, lake := os.Getenv("KEY"), os.Getenv("BUCKET"), os.Getenv("FAST"), os.Getenv("LAKE")
	cfg := must(config.LoadDefaultConfig(ctx))
	pathStyle := func(o *s3.Options) { o.UsePathStyle = true }
	client := s3.NewFromConfig(cfg, pathStyle)
	other := cfg.Copy()
	other.Credentials = credentials.NewStaticCredentialsProvider(os.Getenv("KEYLESS_ID"), os.Getenv("KEYLESS_SECRET"), "")
	keyless := s3.NewFromConfig(other, pathStyle)
	keys, tables := kms.NewFromConfig(cfg), s3tables.NewFromConfig(cfg)
	read := func(name string) string {
		it := must(client.GetObject(ctx, &s3.GetObjectInput{Bucket: &name, Key: aws.String("a")}))
		return string(must(io.ReadAll(it.Body)))
	}

	// A general purpose bucket: the header names the key.
	put := must(client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("a"), Body: strings.NewReader("hello"),
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: &key, BucketKeyEnabled: aws.Bool(true)}))
	same("key", key, aws.ToString(put.SSEKMSKeyId))
	same("body", "hello", read(bucket))

	// A directory bucket: its default names the key, and a session carries it.
	rule := types.ServerSideEncryptionRule{BucketKeyEnabled: aws.Bool(true),
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: &key}}
	must(client.PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{Bucket: &fast,
		ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{rule}}}))
	put = must(client.PutObject(ctx, &s3.PutObjectInput{Bucket: &fast, Key: aws.String("a"), Body: strings.NewReader("fast")}))
	same("key of a directory bucket", key, aws.ToString(put.SSEKMSKeyId))
	same("body", "fast", read(fast))

	// A table bucket: the files of a table have the key of the bucket.
	name := func(table string) *s3tables.CreateTableInput {
		return &s3tables.CreateTableInput{TableBucketARN: &lake, Namespace: aws.String("sales"), Name: &table, Format: tabletypes.OpenTableFormatIceberg}
	}
	must(tables.CreateTable(ctx, name("orders")))
	table := must(tables.GetTable(ctx, &s3tables.GetTableInput{TableBucketARN: &lake, Namespace: aws.String("sales"), Name: aws.String("orders")}))
	warehouse := strings.TrimPrefix(aws.ToString(table.WarehouseLocation), "s3://")
	put = must(client.PutObject(ctx, &s3.PutObjectInput{Bucket: &warehouse, Key: aws.String("data/a"), Body: strings.NewReader("row")}))
	same("key of a table's file", key, aws.ToString(put.SSEKMSKeyId))

	// A denial, with its sentence.
	_, err := keyless.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: aws.String("a")})
	code, message := refusal(err)
	same("code", "AccessDenied", code)
	same("sentence", "User: "+os.Getenv("KEYLESS_ARN")+" is not authorized to perform: kms:Decrypt on resource: "+key+
		" because no identity-based policy allows the kms:Decrypt action", message)

	// A disabled key.
	must(keys.DisableKey(ctx, &kms.DisableKeyInput{KeyId: &key}))
	_, err = client.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: aws.String("b"), Body: strings.NewReader("x"),
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: &key})
	code, message = refusal(err)
	same("code", "KMS.DisabledException", code)
	same("sentence", key+" is disabled.", message)
	_, err = keys.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{KeyId: &key, KeySpec: kmstypes.DataKeySpecAes256})
	var disabled *kmstypes.DisabledException
	same("typed", true, errors.As(err, &disabled))
	_, err = tables.CreateTable(ctx, name("later"))
	var refused *tabletypes.BadRequestException
	same("typed", true, errors.As(err, &refused))
}

// Prints who the AWS SDK for Go is, by the credentials that it finds by itself, or its error.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func callerARN(ctx context.Context) (string, error) {
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", err
	}
	identity, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return "", err
	}
	return aws.ToString(identity.Arn), nil
}

func main() {
	arn, err := callerARN(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(arn)
}

// Signs one request COUNT times with the AWS SDK for Go's signer: the same that tests/bench/signer.c signs.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	url       = "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
	emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// What the signer added is taken off again, as a client does that signs each attempt anew.
func sign(ctx context.Context, signer *v4.Signer, keys aws.Credentials, request *http.Request, when time.Time) (string, error) {
	request.Header.Del("Authorization")
	err := signer.SignHTTP(ctx, keys, request, emptyHash, "sts", "eu-west-1", when)
	return request.Header.Get("Authorization"), err
}

func run(form string, count int) (last string, err error) {
	ctx, target := context.Background(), url
	if form == "query" {
		target += "&X-Amz-Expires=3600"
	}
	signer := v4.NewSigner()
	keys := aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
	when := time.Date(2015, time.August, 30, 12, 36, 0, 0, time.UTC)
	request, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		return "", err
	}
	for i := 0; i < count && err == nil; i++ {
		if form == "header" {
			last, err = sign(ctx, signer, keys, request, when)
		} else {
			last, _, err = signer.PresignHTTP(ctx, keys, request, emptyHash, "sts", "eu-west-1", when)
		}
	}
	return last, err
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go-sdk-signer header|query COUNT")
		os.Exit(2)
	}
	count, err := strconv.Atoi(os.Args[2])
	if err == nil {
		var last string
		last, err = run(os.Args[1], count)
		fmt.Println(last)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

/*
 * Signs one request COUNT times and prints the last signature. sign_with_botocore.py and tests/go/go-sdk-signer sign
 * the same.
 *
 *      signer header|query COUNT
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bakery/signer.h>

static bakery_status sign(bakery_signer *signer, const bakery_signer_request *request, bool in_query,
                          const char **ret_signed, bakery_error **err)
{
        if (in_query)
                return bakery_signer_presign(signer, request, 3600, ret_signed, err);

        bakery_status st = bakery_signer_sign(signer, request, err);
        if (st == BAKERY_OK)
                *ret_signed = bakery_signer_header_value(signer, bakery_signer_header_count(signer) - 1);
        return st;
}

/* The signature is what either form ends in. */
static void print_signature(const char *text)
{
        printf("%s\n", text + strlen(text) - 64);
}

int main(int argc, char **argv)
{
        bakery_signer_request request = BAKERY_SIGNER_REQUEST_INIT;
        bakery_signer *signer = NULL;
        bakery_error *err = NULL;
        const char *text = NULL;

        if (argc != 3) {
                fputs("usage: signer header|query COUNT\n", stderr);
                return 2;
        }
        request.method = "GET";
        request.host = "sts.eu-west-1.amazonaws.com";
        request.query = "Action=GetCallerIdentity&Version=2011-06-15";
        request.region = "eu-west-1";
        request.service = "sts";
        request.time_s = 1440938160; /* 2015-08-30T12:36:00Z */
        request.access_key_id = "AKIDEXAMPLE";
        request.secret_access_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

        bakery_status st = bakery_signer_new(&signer, &err);
        for (long left = atol(argv[2]); left > 0 && st == BAKERY_OK; left--)
                st = sign(signer, &request, strcmp(argv[1], "query") == 0, &text, &err);
        if (text)
                print_signature(text);
        if (err)
                fprintf(stderr, "%s\n", bakery_error_message(err));
        bakery_error_free(err);
        bakery_signer_free(signer);
        return st == BAKERY_OK ? 0 : 1;
}

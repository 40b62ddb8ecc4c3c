/*
 * Signs a GET request of one's own and prints the headers to send with it, for curl to read (-H @-):
 *
 *      make sign
 *      ./sign --with-token eu-west-1 sts sts.eu-west-1.amazonaws.com / 'Action=GetCallerIdentity&Version=2011-06-15' |
 *              curl -H @- 'https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15'
 *
 * The keys come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. The Authorization header shows
 * nothing of the secret and is good for this request and a few minutes. X-Amz-Security-Token is the session token
 * itself, a secret: it is printed with --with-token only, and the request of a session is not complete without it.
 */
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include <bakery/bakery.h>

static const char usage[] = "usage: sign [--with-token] [--time SECONDS_SINCE_1970] REGION SERVICE HOST PATH [QUERY]\n";

/* Reads the command line into *request; false when there is something wrong with it. */
static bool parse_arguments(int argc, char **argv, bakery_signer_request *request, bool *ret_with_token)
{
        static const struct option options[] = {
                { "with-token", no_argument, NULL, 'w' },
                { "time", required_argument, NULL, 't' },
                { NULL, 0, NULL, 0 },
        };
        char *end = NULL;
        int option;

        while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
                if (option == 'w')
                        *ret_with_token = true;
                else if (option == 't')
                        request->time_s = strtoll(optarg, &end, 10);
                if (option == '?' || (option == 't' && (end == optarg || *end)))
                        return false;
        }
        if (argc - optind < 4 || argc - optind > 5)
                return false;
        request->region = argv[optind];
        request->service = argv[optind + 1];
        request->host = argv[optind + 2];
        request->path = argv[optind + 3];
        request->query = argv[optind + 4]; /* NULL behind the last */
        return true;
}

/* Host is not among them: curl sends it by itself. */
static void print_headers(const bakery_signer *signer, bool with_token)
{
        for (size_t i = 0; i < bakery_signer_header_count(signer); i++) {
                const char *name = bakery_signer_header_name(signer, i);

                if (with_token || strcasecmp(name, "X-Amz-Security-Token") != 0)
                        printf("%s: %s\n", name, bakery_signer_header_value(signer, i));
                else
                        fprintf(stderr, "sign: %s is a secret and not printed without --with-token\n", name);
        }
}

int main(int argc, char **argv)
{
        bakery_signer_request request = BAKERY_SIGNER_REQUEST_INIT;
        bakery_signer *signer = NULL;
        bakery_error *err = NULL;
        bool with_token = false;

        request.method = "GET";
        request.time_s = time(NULL);
        request.access_key_id = getenv("AWS_ACCESS_KEY_ID");
        request.secret_access_key = getenv("AWS_SECRET_ACCESS_KEY");
        request.session_token = getenv("AWS_SESSION_TOKEN");
        if (!parse_arguments(argc, argv, &request, &with_token)) {
                fputs(usage, stderr);
                return 2;
        }
        if (!request.access_key_id || !request.secret_access_key) {
                fputs("sign: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set\n", stderr);
                return 1;
        }

        bakery_status st = bakery_signer_new(&signer, &err);
        if (st == BAKERY_OK)
                st = bakery_signer_sign(signer, &request, &err);
        if (st == BAKERY_OK)
                print_headers(signer, with_token);

        if (err)
                fprintf(stderr, "%s\n", bakery_error_message(err)); /* "sign: region is missing" */
        bakery_error_free(err);
        bakery_signer_free(signer);
        return st == BAKERY_OK ? 0 : 1;
}

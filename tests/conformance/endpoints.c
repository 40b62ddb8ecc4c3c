/* endpoints: sts, iam, cloudformation and s3, as their services publish them. */
#include <stdio.h>
#include <string.h>

#include "aws/endpoint.h"
#include "conformance.h"
#include "model/partition.h"

/* What this library does not offer, and so cannot get wrong. */
static const char *why_left_out(const cJSON *params)
{
        const char *bucket = text_of(params, "Bucket");

        if (strncmp(bucket, "arn:", 4) == 0)
                return "access point and outpost ARNs are refused";
        if (truth_of(params, "UseS3ExpressControlEndpoint") || strstr(bucket, "--x"))
                return "S3 Express directory buckets are refused";
        if (strstr(bucket, "--op"))
                return "S3 on Outposts is refused";
        if (truth_of(params, "Accelerate"))
                return "S3 Transfer Acceleration is not offered";
        if (truth_of(params, "UseObjectLambdaEndpoint"))
                return "S3 Object Lambda is not offered";
        return NULL;
}

static bool fits_error(const char *wanted, const bakery_error *err)
{
        static const char *const words[] = { "FIPS", "ual", "egion" };
        const char *said = bakery_error_message(err);

        for (size_t i = 0; i < N_ELEMENTS(words); i++)
                if (strstr(wanted, words[i]))
                        return strstr(said, words[i]) != NULL;
        return true;
}

/* What is signed for, when the case says it. */
static bool fits_signing(const cJSON *properties, const struct endpoint *got)
{
        const cJSON *scheme = cJSON_GetArrayItem(member(properties, "authSchemes"), 0);
        const char *region = text_of(scheme, "signingRegion"), *name = text_of(scheme, "signingName");

        return (!*region || strcmp(region, got->region) == 0) && (!*name || strcmp(name, got->signing_name) == 0);
}

static void compare(const cJSON *expect, bakery_status st, const struct endpoint *got, const bakery_error *err,
                    char difference[2000])
{
        const cJSON *endpoint = member(expect, "endpoint");
        char url[ENDPOINT_HOST_BYTES + ENDPOINT_PATH_BYTES + 10];

        *difference = '\0';
        if (st && endpoint) {
                snprintf(difference, 2000, "refused: %s", bakery_error_message(err));
        } else if (st) {
                if (!fits_error(text_of(expect, "error"), err))
                        snprintf(difference, 2000, "\"%s\" is not \"%s\"", bakery_error_message(err),
                                 text_of(expect, "error"));
        } else {
                snprintf(url, sizeof url, "%s://%s%s", got->https ? "https" : "http", got->host, got->path);
                if (!endpoint)
                        snprintf(difference, 2000, "%s, not \"%s\"", url, text_of(expect, "error"));
                else if (strcmp(url, text_of(endpoint, "url")) != 0)
                        snprintf(difference, 2000, "%s, not %s", url, text_of(endpoint, "url"));
                else if (!fits_signing(member(endpoint, "properties"), got))
                        snprintf(difference, 2000, "signed for %s in %s", got->signing_name, got->region);
        }
}

static void run(struct tally *tally, const char *service, int i, const cJSON *test)
{
        const cJSON *params = member(test, "params");
        const struct endpoint_query query = {
                .service = service,
                .region = text_of(params, "Region"),
                .url = text_of(params, "Endpoint"),
                .fips = truth_of(params, "UseFIPS"),
                .dual_stack = truth_of(params, "UseDualStack"),
                .global = truth_of(params, "UseGlobalEndpoint"),
                .bucket = text_of(params, "Bucket"),
                .path_style = truth_of(params, "ForcePathStyle"),
        };
        AUTO_PTR(bakery_error) err = NULL;
        struct endpoint got = { 0 };
        char name[400], difference[2000];

        snprintf(name, sizeof name, "%d \"%s\"", i, text_of(test, "documentation"));
        if (why_left_out(params)) {
                leave_out(tally, name, why_left_out(params));
                return;
        }
        bakery_status st = bakery__endpoint_resolve(&query, &got, &err);
        compare(member(test, "expect"), st, &got, err, difference);
        count(tally, name, difference);
}

/* Our table knows partitions by how their regions begin: each region that is published must lead to its own. */
static const char *partition_difference(const cJSON *published, const char *region)
{
        const struct partition *ours = bakery__partition_of_region(region);
        const cJSON *outputs = member(published, "outputs");

        if (strcmp(ours->id, text_of(published, "id")) != 0)
                return ours->id;
        if (strcmp(ours->dns_suffix, text_of(outputs, "dnsSuffix")) != 0)
                return ours->dns_suffix;
        if (strcmp(ours->dual_stack_dns_suffix, text_of(outputs, "dualStackDnsSuffix")) != 0)
                return ours->dual_stack_dns_suffix;
        if (strcmp(ours->global_region, text_of(outputs, "implicitGlobalRegion")) != 0)
                return ours->global_region;
        return NULL;
}

static int run_partitions(const char *folder)
{
        struct tally tally = { .suite = "endpoints/partitions" };
        cJSON *json = read_json(folder, "partitions.json");
        const cJSON *published, *region;

        cJSON_ArrayForEach(published, member(json, "partitions"))
        {
                cJSON_ArrayForEach(region, member(published, "regions"))
                {
                        if (strstr(region->string, "-global"))
                                leave_out(&tally, region->string, "no region: the resolver takes it for the partition");
                        else
                                count(&tally, region->string, partition_difference(published, region->string));
                }
        }
        cJSON_Delete(json);
        return finish(&tally);
}

int main(int argc, char **argv)
{
        static const char *const names[] = { "sts", "iam", "cloudformation", "s3" };
        int worst = 0;

        if (argc != 2) {
                fprintf(stderr, "usage: %s <folder of endpoints>\n", argv[0]);
                return 2;
        }
        for (size_t i = 0; i < N_ELEMENTS(names); i++) {
                struct tally tally = { .suite = names[i] };
                char file[100], suite[100];
                int n = 0;

                snprintf(file, sizeof file, "%s/endpoint-tests-1.json", names[i]);
                snprintf(suite, sizeof suite, "endpoints/%s", names[i]);
                tally.suite = suite;
                cJSON *json = read_json(argv[1], file);
                const cJSON *test;
                cJSON_ArrayForEach(test, member(json, "testCases")) run(&tally, names[i], n++, test);
                cJSON_Delete(json);
                int result = finish(&tally);
                worst = result > worst ? result : worst;
        }
        int result = run_partitions(argv[1]);
        return result > worst ? result : worst;
}

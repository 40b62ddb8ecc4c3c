#include "aws/endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "formats/uri.h"
#include "model/partition.h"

enum scope {
        REGIONAL,
        REGIONAL_NOW, /* and an old global endpoint */
        PARTITION,    /* one endpoint in the partition's global region */
        IAM,          /* one endpoint in the partition, under names of its own */
        SIGNIN,       /* one in each region, under names of its own */
};

/* In GovCloud most plain endpoints are the FIPS ones; for some the dual-stack ones too. */
enum gov_fips { GOV_OWN_NAME, GOV_PLAIN, GOV_PLAIN_DUAL_TOO };

struct service {
        const char *name, *prefix, *signing_name;
        enum scope scope;
        enum gov_fips gov_fips;
};

/* As in the endpoint-rule-set-1.json of each service in botocore 1.44.5. */
static const struct service services[] = {
        { "cloudformation", "cloudformation", "cloudformation", REGIONAL, GOV_PLAIN },
        { "events", "events", "events", REGIONAL, GOV_PLAIN_DUAL_TOO },
        { "iam", "iam", "iam", IAM, GOV_PLAIN_DUAL_TOO },
        { "lambda", "lambda", "lambda", REGIONAL, GOV_OWN_NAME },
        { "logs", "logs", "logs", REGIONAL, GOV_PLAIN },
        { "organizations", "organizations", "organizations", PARTITION, GOV_PLAIN_DUAL_TOO },
        { "s3", "s3", "s3", REGIONAL_NOW, GOV_OWN_NAME },
        { "ses", "email", "ses", REGIONAL, GOV_OWN_NAME },
        { "signin", "signin", "signin", SIGNIN, GOV_OWN_NAME },
        { "sns", "sns", "sns", REGIONAL, GOV_PLAIN },
        { "ssm", "ssm", "ssm", REGIONAL, GOV_PLAIN },
        { "sso", "portal.sso", "awsssoportal", REGIONAL, GOV_PLAIN },
        { "sso-oidc", "oidc", "sso-oauth", REGIONAL, GOV_PLAIN },
        { "sts", "sts", "sts", REGIONAL_NOW, GOV_PLAIN },
};

/* IAM follows no pattern. Hosts: plain, FIPS, dual-stack, both. */
static const struct {
        const char *partition, *region, *hosts[4];
} iam_endpoints[] = {
        { "aws",
          "us-east-1",
          { "iam.amazonaws.com", "iam-fips.amazonaws.com", "iam.global.api.aws", "iam-fips.global.api.aws" } },
        { "aws-cn",
          "cn-north-1",
          { "iam.cn-north-1.amazonaws.com.cn", "iam-fips.amazonaws.com.cn", "iam.global.api.amazonwebservices.com.cn",
            "iam-fips.api.amazonwebservices.com.cn" } },
        { "aws-us-gov",
          "us-gov-west-1",
          { "iam.us-gov.amazonaws.com", "iam.us-gov.amazonaws.com", "iam.us-gov.api.aws", "iam.us-gov.api.aws" } },
        { "aws-eusc",
          "eusc-de-east-1",
          { "iam.eusc-de-east-1.amazonaws.eu", "iam-fips.amazonaws.eu", "iam.global.api.amazonwebservices.eu",
            "iam-fips.api.amazonwebservices.eu" } },
        { "aws-iso",
          "us-iso-east-1",
          { "iam.us-iso-east-1.c2s.ic.gov", "iam-fips.us-iso-east-1.c2s.ic.gov", "iam.api.aws.ic.gov",
            "iam-fips.api.aws.ic.gov" } },
        { "aws-iso-b",
          "us-isob-east-1",
          { "iam.us-isob-east-1.sc2s.sgov.gov", "iam-fips.us-isob-east-1.sc2s.sgov.gov", "iam.api.aws.scloud",
            "iam-fips.api.aws.scloud" } },
        { "aws-iso-e",
          "eu-isoe-west-1",
          { "iam.eu-isoe-west-1.cloud.adc-e.uk", "iam-fips.cloud.adc-e.uk", "iam.api.cloud-aws.adc-e.uk",
            "iam-fips.api.cloud-aws.adc-e.uk" } },
        { "aws-iso-f",
          "us-isof-south-1",
          { "iam.us-isof-south-1.csp.hci.ic.gov", "iam-fips.csp.hci.ic.gov", "iam.api.aws.hci.ic.gov",
            "iam-fips.api.aws.hci.ic.gov" } },
};

/* Sign-in has its domains in each partition, for plain requests: <region>.signin.aws.amazon.com. */
static const struct {
        const char *partition, *domain;
} signin_domains[] = {
        { "aws", "signin.aws.amazon.com" },
        { "aws-cn", "signin.amazonaws.cn" },
        { "aws-us-gov", "signin.amazonaws-us-gov.com" },
        { "aws-eusc", "signin.amazonaws-eusc.eu" },
        { "aws-iso", "signin.c2shome.ic.gov" },
        { "aws-iso-b", "signin.sc2shome.sgov.gov" },
        { "aws-iso-e", "signin.csphome.adc-e.uk" },
        { "aws-iso-f", "signin.csphome.hci.ic.gov" },
};

/* The regions that the global endpoint of STS stood for; newer ones answer for themselves only. */
static const char *const old_sts_regions[] = {
        "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
        "eu-central-1",   "eu-north-1", "eu-west-1",      "eu-west-2",      "eu-west-3",
        "sa-east-1",      "us-east-1",  "us-east-2",      "us-west-1",      "us-west-2",
};

static bool is_set(const char *text)
{
        return text && *text;
}

static const struct service *find_service(const char *name)
{
        for (size_t i = 0; is_set(name) && i < N_ELEMENTS(services); i++)
                if (strcmp(services[i].name, name) == 0)
                        return &services[i];
        return NULL;
}

bool bakery__endpoint_is_host_label(struct span text)
{
        return text.len > 0 && text.len <= 63 && bakery__str_only(text, "-") && text.at[0] != '-' &&
               text.at[text.len - 1] != '-';
}

/* A query on its way: where it is, and what its names are made of. */
struct place_in_aws {
        const struct service *service;
        const struct partition *partition;
        const char *region; /* a real one */
        bool global_region; /* asked for as "aws-global" */
};

/* The partition of "aws-cn-global" and its like; NULL for what may be a real region. */
static const struct partition *partition_of_global(const char *region)
{
        for (size_t i = 0; i < bakery__n_partitions; i++) {
                const char *id = bakery__partitions[i].id;

                if (bakery__str_starts(region, id) && strcmp(region + strlen(id), "-global") == 0)
                        return &bakery__partitions[i];
        }
        return NULL;
}

static bakery_status find_place(const struct endpoint_query *query, struct place_in_aws *ret, bakery_error **err)
{
        /* With a URL the region only goes into the signature, and the first one of all will do. */
        const char *region = is_set(query->region) || !is_set(query->url) ? query->region : "aws-global";

        ret->service = find_service(query->service);
        if (!ret->service)
                return bakery__fail(err, BAKERY_ERR_NOT_FOUND, "no endpoint is known for the service \"%.60s\"",
                                    query->service ? query->service : "");
        if (!is_set(region)) {
                bakery__fail(err, BAKERY_ERR_ARGUMENT, "no region for %s", query->service);
                bakery__error_hint(err, "set AWS_REGION, or region in the profile");
                return BAKERY_ERR_ARGUMENT;
        }
        if (!bakery__endpoint_is_host_label(bakery__span(region))) {
                bakery__fail(err, BAKERY_ERR_CONFIG, "\"%.80s\" is no region: it cannot be part of a host name",
                             region);
                bakery__error_hint(err, "one is written us-east-1: look at AWS_REGION, AWS_DEFAULT_REGION, and "
                                        "region in the profile");
                return BAKERY_ERR_CONFIG;
        }
        ret->partition = partition_of_global(region);
        ret->global_region = ret->partition != NULL;
        if (!ret->partition)
                ret->partition = bakery__partition_of_region(region);
        ret->region = ret->global_region || ret->service->scope == PARTITION ? ret->partition->global_region : region;
        return BAKERY_OK;
}

static bool wants_global(const struct endpoint_query *query, const struct place_in_aws *place)
{
        if (place->service->scope != REGIONAL_NOW || query->fips || query->dual_stack ||
            strcmp(place->partition->id, "aws") != 0)
                return false;
        if (place->global_region)
                return true;
        if (!query->global)
                return false;
        if (strcmp(place->service->name, "s3") == 0)
                return strcmp(place->region, "us-east-1") == 0;
        for (size_t i = 0; i < N_ELEMENTS(old_sts_regions); i++)
                if (strcmp(place->region, old_sts_regions[i]) == 0)
                        return true;
        return false;
}

static bool has_fips_name(const struct endpoint_query *query, const struct place_in_aws *place)
{
        if (!query->fips)
                return false;
        if (strcmp(place->partition->id, "aws-us-gov") != 0)
                return true;
        return place->service->gov_fips == GOV_OWN_NAME || (place->service->gov_fips == GOV_PLAIN && query->dual_stack);
}

/* "https" and the host of the service itself, by the pattern that almost all follow. */
static void write_pattern(const struct endpoint_query *query, const struct place_in_aws *place, struct endpoint *ret)
{
        const bool is_s3 = strcmp(place->service->name, "s3") == 0;
        const char *fips = has_fips_name(query, place) ? "-fips" : "";
        /* S3 was dual-stack before there was a domain for it. */
        const char *dual = is_s3 && query->dual_stack ? "dualstack." : "";
        const char *suffix =
                query->dual_stack && !is_s3 ? place->partition->dual_stack_dns_suffix : place->partition->dns_suffix;

        snprintf(ret->host, sizeof ret->host, "%s%s.%s%s.%s", place->service->prefix, fips, dual, place->region,
                 suffix);
}

static void write_global(const struct place_in_aws *place, struct endpoint *ret)
{
        snprintf(ret->host, sizeof ret->host, "%s.%s", place->service->prefix, place->partition->dns_suffix);
        snprintf(ret->region, sizeof ret->region, "%s", place->partition->global_region);
}

static void write_iam(const struct endpoint_query *query, const struct place_in_aws *place, struct endpoint *ret)
{
        size_t i = 0;

        while (strcmp(iam_endpoints[i].partition, place->partition->id) != 0) /* each partition has its row */
                i++;
        snprintf(ret->host, sizeof ret->host, "%s", iam_endpoints[i].hosts[query->fips + 2 * query->dual_stack]);
        snprintf(ret->region, sizeof ret->region, "%s", iam_endpoints[i].region);
}

static void write_signin(const struct endpoint_query *query, const struct place_in_aws *place, struct endpoint *ret)
{
        const bool is_gov = strcmp(place->partition->id, "aws-us-gov") == 0;
        const bool has_no_region = strcmp(place->region, "us-gov-west-1") == 0;
        size_t i = 0;

        if (query->dual_stack || (query->fips && !is_gov)) {
                write_pattern(query, place, ret);
                return;
        }
        if (query->fips) {
                snprintf(ret->host, sizeof ret->host, "%s%ssignin-fips.amazonaws-us-gov.com",
                         has_no_region ? "" : place->region, has_no_region ? "" : ".");
                return;
        }
        while (strcmp(signin_domains[i].partition, place->partition->id) != 0) /* each partition has its row */
                i++;
        snprintf(ret->host, sizeof ret->host, "%s.%s", place->region, signin_domains[i].domain);
}

static bakery_status write_url(const struct endpoint_query *query, struct endpoint *ret, bakery_error **err)
{
        struct uri uri;
        bakery_status st = bakery__uri_split(bakery__span(query->url), &uri, err);

        if (st)
                return bakery__wrap(err, BAKERY_ERR_CONFIG, "the endpoint of %s", query->service);
        if (uri.query.len > 0)
                return bakery__fail(err, BAKERY_ERR_CONFIG, "the endpoint of %s has a query", query->service);
        while (uri.path.len > 0 && uri.path.at[uri.path.len - 1] == '/')
                uri.path.len--;
        if (uri.authority.len >= sizeof ret->host / 2 || uri.path.len >= sizeof ret->path / 2)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "the endpoint of %s is too long", query->service);
        ret->https = bakery__span_is(uri.scheme, "https");
        snprintf(ret->host, sizeof ret->host, "%.*s", (int)uri.authority.len, uri.authority.at);
        snprintf(ret->path, sizeof ret->path, "%.*s", (int)uri.path.len, uri.path.at);
        return BAKERY_OK;
}

static bool is_ip_address(const char *host)
{
        char text[INET6_ADDRSTRLEN];
        struct in_addr v4;
        size_t len = strcspn(host, ":");

        if (host[0] == '[')
                return true;
        if (len >= sizeof text)
                return false;
        memcpy(text, host, len);
        text[len] = '\0';
        return inet_pton(AF_INET, text, &v4) == 1;
}

/*
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html: a dot in the name is a level of the
 * host, for which S3's certificate does not stand.
 */
static bool bucket_fits_host(const char *bucket, bool dots_allowed)
{
        const size_t len = strlen(bucket);

        if (len < 3 || len > 63 || is_ip_address(bucket))
                return false;
        for (const char *label = bucket; label;) {
                size_t label_len = strcspn(label, ".");

                if (!bakery__endpoint_is_host_label((struct span){ label, label_len }))
                        return false;
                label = label[label_len] ? label + label_len + 1 : NULL;
                if (label && !dots_allowed)
                        return false;
        }
        return strpbrk(bucket, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == NULL;
}

static bakery_status refuse_special_bucket(const char *bucket, bakery_error **err)
{
        static const char *const suffixes[] = { "--x-s3", "--xa-s3", "--op-s3", "--ol-s3" };
        const size_t len = strlen(bucket);

        if (bakery__str_starts(bucket, "arn:"))
                return bakery__fail(err, BAKERY_ERR_ARGUMENT, "a bucket is wanted by its name, not by an ARN");
        for (size_t i = 0; i < N_ELEMENTS(suffixes); i++) {
                size_t suffix_len = strlen(suffixes[i]);

                if (len > suffix_len && strcmp(bucket + len - suffix_len, suffixes[i]) == 0)
                        return bakery__fail(err, BAKERY_ERR_ARGUMENT,
                                            "\"%.80s\" is no general purpose bucket: its name ends in %s", bucket,
                                            suffixes[i]);
        }
        return BAKERY_OK;
}

static bakery_status add_bucket(const struct endpoint_query *query, struct endpoint *ret, bakery_error **err)
{
        bakery_status st = refuse_special_bucket(query->bucket, err);

        if (st)
                return st;
        if (!query->path_style && !is_ip_address(ret->host) && bucket_fits_host(query->bucket, !ret->https)) {
                char host[sizeof ret->host];

                memcpy(host, ret->host, sizeof host);
                snprintf(ret->host, sizeof ret->host, "%s.%.200s", query->bucket, host);
                return BAKERY_OK;
        }

        AUTO_CLEAR(buf) path = { .max = 4 * sizeof ret->path };
        bakery__buf_text(&path, ret->path);
        bakery__buf_char(&path, '/');
        bakery__uri_encode(&path, bakery__span(query->bucket), URI_ENCODE_SLASH);
        st = bakery__buf_status(&path, "the path to the bucket", err);
        if (st)
                return st;
        if (path.len >= sizeof ret->path)
                return bakery__fail(err, BAKERY_ERR_LIMIT, "the path to the bucket is too long");
        memcpy(ret->path, path.at, path.len + 1);
        return BAKERY_OK;
}

static bakery_status refuse_combinations(const struct endpoint_query *query, const struct place_in_aws *place,
                                         bakery_error **err)
{
        const bool custom = is_set(query->url);

        if (custom && query->dual_stack)
                return bakery__fail(err, BAKERY_ERR_CONFIG, "dual-stack and an endpoint URL exclude each other");
        if (custom && query->fips)
                return bakery__fail(err, BAKERY_ERR_CONFIG, "FIPS and an endpoint URL exclude each other");
        if (query->fips && strcmp(place->service->name, "s3") == 0 && strcmp(place->partition->id, "aws-cn") == 0)
                return bakery__fail(err, BAKERY_ERR_CONFIG, "S3 has no FIPS endpoint in the partition aws-cn");
        return BAKERY_OK;
}

bakery_status bakery__endpoint_resolve(const struct endpoint_query *query, struct endpoint *ret, bakery_error **err)
{
        struct place_in_aws place = { 0 };
        struct endpoint found = { .https = true };

        bakery_status st = find_place(query, &place, err);
        if (!st)
                st = refuse_combinations(query, &place, err);
        if (st)
                return st;
        found.signing_name = place.service->signing_name;
        snprintf(found.region, sizeof found.region, "%s", place.region);
        if (place.service->scope == IAM)
                write_iam(query, &place, &found);
        else if (place.service->scope == SIGNIN)
                write_signin(query, &place, &found);
        else if (wants_global(query, &place))
                write_global(&place, &found);
        else
                write_pattern(query, &place, &found);
        if (is_set(query->url))
                st = write_url(query, &found, err);
        if (st)
                bakery__error_hint(err, ENDPOINT_URL_HINT);
        if (!st && is_set(query->bucket))
                st = add_bucket(query, &found, err);
        if (!st)
                *ret = found;
        return st;
}

bakery_status bakery__endpoint_check_url(const char *url, bool http_allowed, bakery_error **err)
{
        struct uri uri;

        if (bakery__uri_split(bakery__span(url), &uri, err))
                return bakery__error_restate(err, BAKERY_ERR_CONFIG);
        if (http_allowed || bakery__span_is(uri.scheme, "https") || bakery__uri_is_loopback(uri.host))
                return BAKERY_OK;
        return bakery__fail(
                err, BAKERY_ERR_CONFIG,
                "an http:// endpoint that is not on this machine is refused: what is sent to it can be read");
}

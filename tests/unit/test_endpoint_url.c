/* Who says where a request goes, in which order, and what is refused before anything is sent. */
#include <bakery/sts.h>

#include <check.h>
#include <string.h>

#include "aws/iam.h"
#include "fake_wire.h"

Suite *endpoint_url_suite(void);

/* What the profile in use says, as "name=value" or "service.name=value". */
static const char *const *profile_lines;

static const char *get_setting(void *context, const char *service, const char *name)
{
        (void)context;
        for (const char *const *line = profile_lines; line && *line; line++) {
                const char *rest = *line;

                if (service && (!bakery__str_starts(rest, service) || rest[strlen(service)] != '.'))
                        continue;
                rest += service ? strlen(service) + 1 : 0;
                if (bakery__str_starts(rest, name) && rest[strlen(name)] == '=')
                        return rest + strlen(name) + 1;
        }
        return NULL;
}

#define LOCAL "http://127.0.0.1:4566"

static const struct {
        const char *name;
        const char *environment[5];
        const char *profile[5];
        const char *option_url, *option_region, *call_region;
        int fips, allow_http;
        const char *url;     /* of the request; NULL: none is made */
        const char *refusal; /* then the sentence */
        const char *signed_for;
} cases[] = {
        { .name = "the region alone",
          .option_region = "eu-west-1",
          .url = "https://sts.eu-west-1.amazonaws.com/",
          .signed_for = "/eu-west-1/sts/" },
        { .name = "the call's region goes before the client's",
          .option_region = "eu-west-1",
          .call_region = "eu-west-3",
          .environment = { "AWS_REGION=us-east-1" },
          .url = "https://sts.eu-west-3.amazonaws.com/",
          .signed_for = "/eu-west-3/sts/" },
        { .name = "the option's region before the environment's",
          .option_region = "eu-west-1",
          .environment = { "AWS_REGION=us-east-1" },
          .url = "https://sts.eu-west-1.amazonaws.com/" },
        { .name = "AWS_REGION before AWS_DEFAULT_REGION",
          .environment = { "AWS_DEFAULT_REGION=us-east-2", "AWS_REGION=us-east-1" },
          .url = "https://sts.us-east-1.amazonaws.com/" },
        { .name = "the environment's region before the profile's",
          .environment = { "AWS_DEFAULT_REGION=us-east-2" },
          .profile = { "region=eu-west-1" },
          .url = "https://sts.us-east-2.amazonaws.com/" },
        { .name = "the profile's region",
          .profile = { "region=eu-west-1" },
          .url = "https://sts.eu-west-1.amazonaws.com/" },
        { .name = "another partition",
          .option_region = "cn-north-1",
          .url = "https://sts.cn-north-1.amazonaws.com.cn/" },

        { .name = "the option before all",
          .option_region = "eu-west-1",
          .option_url = "https://option.example",
          .environment = { "AWS_ENDPOINT_URL_STS=https://sts.example", "AWS_ENDPOINT_URL=https://all.example" },
          .url = "https://option.example/",
          .signed_for = "/eu-west-1/sts/" },
        { .name = "the service's variable before the common one",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=https://all.example", "AWS_ENDPOINT_URL_STS=https://sts.example/base/" },
          .url = "https://sts.example/base/",
          .signed_for = "/eu-west-1/sts/" },
        { .name = "the common variable before the profile",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=https://all.example" },
          .profile = { "sts.endpoint_url=https://profile.example" },
          .url = "https://all.example/" },
        { .name = "another service's variable is not ours",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL_S3=https://s3.example" },
          .url = "https://sts.eu-west-1.amazonaws.com/" },
        { .name = "the profile's service before the profile",
          .option_region = "eu-west-1",
          .profile = { "endpoint_url=https://profile.example", "sts.endpoint_url=https://sts.profile.example" },
          .url = "https://sts.profile.example/" },
        { .name = "the profile",
          .option_region = "eu-west-1",
          .profile = { "endpoint_url=https://profile.example:8443" },
          .url = "https://profile.example:8443/" },
        { .name = "a blank variable is unset",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL_STS= ", "AWS_ENDPOINT_URL=" },
          .url = "https://sts.eu-west-1.amazonaws.com/" },
        { .name = "ignored on request",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=https://all.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=True" },
          .url = "https://sts.eu-west-1.amazonaws.com/" },
        { .name = "ignored on request of the profile",
          .option_region = "eu-west-1",
          .profile = { "endpoint_url=https://profile.example", "ignore_configured_endpoint_urls=true" },
          .url = "https://sts.eu-west-1.amazonaws.com/" },
        { .name = "but not the option",
          .option_region = "eu-west-1",
          .option_url = "https://option.example",
          .environment = { "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true" },
          .url = "https://option.example/" },

        { .name = "FIPS by option",
          .option_region = "us-east-1",
          .fips = 1,
          .url = "https://sts-fips.us-east-1.amazonaws.com/" },
        { .name = "FIPS by variable",
          .option_region = "us-east-1",
          .environment = { "AWS_USE_FIPS_ENDPOINT=true" },
          .url = "https://sts-fips.us-east-1.amazonaws.com/" },
        { .name = "FIPS by profile",
          .option_region = "us-east-1",
          .profile = { "use_fips_endpoint=true" },
          .url = "https://sts-fips.us-east-1.amazonaws.com/" },
        { .name = "the environment can switch the profile's FIPS off",
          .option_region = "us-east-1",
          .environment = { "AWS_USE_FIPS_ENDPOINT=false" },
          .profile = { "use_fips_endpoint=true" },
          .url = "https://sts.us-east-1.amazonaws.com/" },
        { .name = "dual-stack by variable",
          .option_region = "us-east-1",
          .environment = { "AWS_USE_DUALSTACK_ENDPOINT=true" },
          .url = "https://sts.us-east-1.api.aws/" },

        { .name = "http to this machine",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=" LOCAL },
          .url = LOCAL "/" },
        { .name = "http to localhost",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=http://localhost:4566" },
          .url = "http://localhost:4566/" },
        { .name = "http to ::1",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=http://[::1]:4566" },
          .url = "http://[::1]:4566/" },
        { .name = "http elsewhere",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=http://sts.example" },
          .refusal = "the endpoint of sts: an http:// endpoint that is not on this machine is refused" },
        { .name = "http elsewhere, by the profile",
          .option_region = "eu-west-1",
          .profile = { "endpoint_url=http://sts.example" },
          .refusal = "is refused" },
        { .name = "http to a name that begins like this machine's",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=http://127.0.0.1.example" },
          .refusal = "is refused" },
        { .name = "http to localhost.example",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=http://localhost.example" },
          .refusal = "is refused" },
        { .name = "http to the metadata address",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=http://169.254.169.254" },
          .refusal = "is refused" },
        { .name = "http elsewhere, asked for",
          .option_region = "eu-west-1",
          .allow_http = 1,
          .environment = { "AWS_ENDPOINT_URL=http://sts.example" },
          .url = "http://sts.example/" },
        { .name = "another scheme",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=ftp://sts.example" },
          .refusal = "the endpoint of sts" },
        { .name = "no URL",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=sts.example" },
          .refusal = "the endpoint of sts" },
        { .name = "a password",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=https://me:CANARY@sts.example" },
          .refusal = "the endpoint of sts" },
        { .name = "a query",
          .option_region = "eu-west-1",
          .environment = { "AWS_ENDPOINT_URL=https://sts.example/?CANARY" },
          .refusal = "has a query" },

        { .name = "no region at all", .refusal = "sts needs a region, and none is set" },
        { .name = "no host label: ;", .option_region = "us-east-1;x", .refusal = "is no region" },
        { .name = "no host label: ../", .option_region = "../", .refusal = "is no region" },
        { .name = "no host label: a dot",
          .environment = { "AWS_REGION=us-east-1.evil.example" },
          .refusal = "is no region" },
        { .name = "no host label: @", .environment = { "AWS_REGION=x@evil" }, .refusal = "is no region" },
        { .name = "no host label: a slash", .environment = { "AWS_REGION=evil.example/" }, .refusal = "is no region" },
        { .name = "no host label: a space", .environment = { "AWS_REGION=us-east-1 " }, .refusal = "is no region" },
        { .name = "no host label: a line",
          .environment = { "AWS_REGION=us-east-1\nHost: x" },
          .refusal = "is no region" },
        { .name = "no host label: a hyphen", .environment = { "AWS_REGION=-us" }, .refusal = "is no region" },
        { .name = "no host label, by the profile", .profile = { "region=a/b" }, .refusal = "is no region" },
        { .name = "no host label, by the call", .call_region = "%2e", .refusal = "is no region" },
        { .name = "no host label, though the URL is set",
          .option_region = "us-east-1/../x",
          .option_url = "https://option.example",
          .refusal = "is no region" },
};

START_TEST(goes_where_it_should)
{
        static const struct fake_answer answer = ANSWER(200, NULL, "<GetCallerIdentityResponse/>");
        AUTO_CLEAR(fake_wire) wire = { .answers = { answer } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        AUTO_PTR(bakery_error) err = NULL;
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_client_options options = fake_options(&wire);
        const char *name = cases[_i].name;

        memcpy(wire.environment, cases[_i].environment, sizeof cases[_i].environment);
        options.region = cases[_i].option_region;
        options.endpoint_url = cases[_i].option_url;
        options.use_fips = cases[_i].fips;
        options.allow_http = cases[_i].allow_http;
        profile_lines = cases[_i].profile;
        bakery__client_set_profile(fake_client_with(&wire, &options), get_setting, NULL, NULL);

        bakery_status st = bakery_sts_get_caller_identity(wire.client, keys, cases[_i].call_region, &identity, &err);
        ck_assert_msg(st != BAKERY_OK, "%s", name);
        ck_assert_msg(wire.requests == (cases[_i].url ? 1 : 0), "%s: %u requests: %s", name, wire.requests,
                      bakery_error_message(err));
        if (cases[_i].refusal) {
                ck_says(err, cases[_i].refusal);
                ck_assert_msg(bakery_error_hint(err), "%s: what to do next is not said", name);
        } else {
                ck_assert_msg(strcmp(wire.last.url, cases[_i].url) == 0, "%s: %s", name, wire.last.url);
        }
        if (cases[_i].signed_for)
                ck_assert_msg(strstr(fake_header(&wire, "Authorization"), cases[_i].signed_for), "%s: %s", name,
                              fake_header(&wire, "Authorization"));
}
END_TEST

/* What is sent to this machine in the clear must not be handed to a proxy. */
static const struct {
        const char *url;
        bool bypass;
} proxied[] = {
        { LOCAL, true },
        { "http://localhost:4566", true },
        { "http://[::1]:4566", true },
        { "https://127.0.0.1:4566", true },
        { "https://sts.example", false },
        { "https://localhost.example", false },
        { NULL, false },
};

START_TEST(this_machine_is_reached_without_a_proxy)
{
        static const struct fake_answer answer = ANSWER(200, NULL, "<GetCallerIdentityResponse/>");
        AUTO_CLEAR(fake_wire) wire = { .answers = { answer } };
        AUTO_PTR(bakery_credentials) keys = fake_keys();
        bakery_identity identity = BAKERY_IDENTITY_INIT;
        bakery_client_options options = fake_options(&wire);

        options.region = "us-east-1";
        options.endpoint_url = proxied[_i].url;
        fake_client_with(&wire, &options);
        bakery_sts_get_caller_identity(wire.client, keys, NULL, &identity, NULL);
        ck_assert_uint_eq(wire.requests, 1);
        ck_assert_msg(wire.last.bypass_proxy == proxied[_i].bypass, "%s", proxied[_i].url);
}
END_TEST

static bakery_status ignore(const struct iam_entry *entry, void *context, bakery_error **err)
{
        (void)entry, (void)context, (void)err;
        return BAKERY_OK;
}

/* IAM has one endpoint a partition, and its own variable. */
START_TEST(iam_has_an_endpoint_of_its_own)
{
        static const struct {
                const char *region, *variable, *url, *signed_for;
        } iam[] = {
                { "eu-west-1", NULL, "https://iam.amazonaws.com/", "/us-east-1/iam/" },
                { "cn-northwest-1", NULL, "https://iam.cn-north-1.amazonaws.com.cn/", "/cn-north-1/iam/" },
                { "us-gov-east-1", NULL, "https://iam.us-gov.amazonaws.com/", "/us-gov-west-1/iam/" },
                { "eu-west-1", "AWS_ENDPOINT_URL_IAM=" LOCAL, LOCAL "/", "/us-east-1/iam/" },
                { "eu-west-1", "AWS_ENDPOINT_URL_STS=" LOCAL, "https://iam.amazonaws.com/", "/us-east-1/iam/" },
        };

        for (size_t i = 0; i < N_ELEMENTS(iam); i++) {
                static const struct fake_answer answer = ANSWER(200, NULL, "<ListUsersResponse/>");
                AUTO_CLEAR(fake_wire) wire = { .answers = { answer }, .environment = { iam[i].variable } };
                AUTO_PTR(bakery_credentials) keys = fake_keys();
                bakery_client_options options = fake_options(&wire);

                options.region = iam[i].region;
                fake_client_with(&wire, &options);
                bakery__iam_list(&(struct aws_access){ wire.client, keys, NULL }, IAM_USERS, NULL, ignore, NULL, NULL);
                ck_assert_str_eq(wire.last.url, iam[i].url);
                ck_assert_msg(strstr(fake_header(&wire, "Authorization"), iam[i].signed_for), "%s: %s", iam[i].region,
                              fake_header(&wire, "Authorization"));
        }
}
END_TEST

Suite *endpoint_url_suite(void)
{
        Suite *suite = suite_create("endpoint_url");
        TCase *tcase = tcase_create("table");

        tcase_add_loop_test(tcase, goes_where_it_should, 0, (int)N_ELEMENTS(cases));
        tcase_add_loop_test(tcase, this_machine_is_reached_without_a_proxy, 0, (int)N_ELEMENTS(proxied));
        tcase_add_test(tcase, iam_has_an_endpoint_of_its_own);
        suite_add_tcase(suite, tcase);
        return suite;
}

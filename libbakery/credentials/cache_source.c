/* What a session depends on besides the request: whose keys, and which STS. */
#include "credentials/cache.h"
#include "credentials/describe.h"

/* Two STS, the real one and a local one, must not answer for each other. */
void bakery__cache_key_endpoint(struct cache_key *key, bakery_client *client)
{
        static const char *const variables[] = {
                "AWS_ENDPOINT_URL_STS",  "AWS_ENDPOINT_URL",           "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                "AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
        };
        const bakery_client_options *options = bakery__client_options(client);

        bakery__cache_key_text(key, "endpoint", options->endpoint_url);
        bakery__cache_key_number(key, "fips", options->use_fips != 0);
        bakery__cache_key_number(key, "dual stack", options->use_dual_stack != 0);
        for (size_t i = 0; i < N_ELEMENTS(variables); i++)
                bakery__cache_key_text(key, variables[i], bakery__client_getenv(client, variables[i]));
}

void bakery__cache_key_source(struct cache_key *key, bakery_client *client, const bakery_chain_options *chain,
                              const char *region)
{
        AUTO_CLEAR(buf) source = { .max = 128 << 10, .secret = true };

        if (bakery__chain_describe(client, chain, &source, NULL) || bakery__buf_status(&source, "source", NULL))
                key->unusable = true;
        bakery__cache_key_text(key, "source", source.at);
        bakery__cache_key_text(key, "region", region ? region : bakery__client_region(client));
        bakery__cache_key_endpoint(key, client);
}

#include <bakery/versions.h>

#include <cjson/cJSON.h>
#include <cyaml/cyaml.h>
#include <yaml.h>

#include "aws/curl.h"
#include "base/mem.h"
#include "formats/crypto.h"

static const char *crypto_version(void)
{
        return bakery__crypto_version(NULL);
}

static const char *curl_version_text(void)
{
        return bakery__curl_version(NULL);
}

static const char *libcyaml_version(void)
{
        return cyaml_version_str;
}

static const struct {
        const char *name;
        const char *(*version)(void);
} libraries[] = {
        { "libcyaml", libcyaml_version }, { "libyaml", yaml_get_version_string }, { "cJSON", cJSON_Version },
        { "libcrypto", crypto_version },  { "libcurl", curl_version_text },
};

int bakery_versions(size_t i, const char **ret_name, const char **ret_version)
{
        if (i >= N_ELEMENTS(libraries))
                return 0;

        const char *version = libraries[i].version();
        *ret_name = libraries[i].name;
        *ret_version = version ? version : "missing";
        return 1;
}

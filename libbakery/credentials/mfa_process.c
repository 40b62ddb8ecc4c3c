#include "credentials/mfa_process.h"

#include <string.h>

#include "credentials/command.h"

enum { OUTPUT_MAX_BYTES = 1024 };

bool bakery__mfa_code_is_well_formed(const char *code)
{
        return strspn(code, "0123456789") == MFA_CODE_DIGITS && code[MFA_CODE_DIGITS] == '\0';
}

static bakery_status read_code(const struct buf *output, const char *program, char ret_code[MFA_CODE_DIGITS + 1],
                               bakery_error **err)
{
        struct span text = bakery__span_trim((struct span){ output->at ? output->at : "", output->len });
        char code[MFA_CODE_DIGITS + 1] = "";

        if (text.len == MFA_CODE_DIGITS)
                memcpy(code, text.at, text.len);
        if (!bakery__mfa_code_is_well_formed(code)) {
                bakery__fail(err, BAKERY_ERR_CREDENTIALS, "what %.200s prints is no MFA code of six digits", program);
                bakery__error_hint(err, "it must print the code and nothing else; messages belong on standard error");
                return BAKERY_ERR_CREDENTIALS;
        }
        memcpy(ret_code, code, sizeof code);
        explicit_bzero(code, sizeof code);
        return BAKERY_OK;
}

bakery_status bakery__mfa_process(bakery_client *client, const struct ini_section *profile,
                                  char ret_code[MFA_CODE_DIGITS + 1], bakery_error **err)
{
        AUTO_CLEAR(command_words) words = { .n = 0 };
        AUTO_CLEAR(buf) output = { .max = OUTPUT_MAX_BYTES, .secret = true };
        bakery_status st = bakery__command_run(client, profile, "mfa_process", &words, &output, err);

        if (!st)
                st = read_code(&output, words.at[0], ret_code, err);
        return st ? bakery__wrap(err, st, "profile %s: mfa_process", profile->name) : BAKERY_OK;
}

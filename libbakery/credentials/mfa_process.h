/* mfa_process: a program of the user's that prints an MFA code. */
#ifndef BAKERY_CREDENTIALS_MFA_PROCESS_H
#define BAKERY_CREDENTIALS_MFA_PROCESS_H

#include "credentials/profile.h"

enum { MFA_CODE_DIGITS = 6 };

/* True for six digits: what STS takes. */
bool bakery__mfa_code_is_well_formed(const char *code);

/*
 * Runs the mfa_process of profile as a credential_process is run, and gives the six digits that it prints, with white
 * space round them or not. Gives BAKERY_ERR_CREDENTIALS, naming profile and program, when it cannot be run, fails,
 * takes too long, prints anything else, or is running already, further out; BAKERY_ERR_CANCELLED, BAKERY_ERR_MEMORY.
 * What it prints is in no message.
 */
bakery_status bakery__mfa_process(bakery_client *client, const struct ini_section *profile,
                                  char ret_code[MFA_CODE_DIGITS + 1], bakery_error **err);

#endif

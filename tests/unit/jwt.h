/* A key, and a reader of the JSON Web Tokens that are signed with it, by libcrypto and not by our own code. */
#ifndef BAKERY_TESTS_JWT_H
#define BAKERY_TESTS_JWT_H

#include "formats/json.h"

/* openssl ecparam -name prime256v1 -genkey -noout; the second one is the same key as PKCS #8. */
#define JWT_KEY                                                              \
        "-----BEGIN EC PRIVATE KEY-----\n"                                   \
        "MHcCAQEEIFg3rL3dqQ6VbehkFj6JwvWpN7cg8cYfhGtVzsUm9SoJoAoGCCqGSM49\n" \
        "AwEHoUQDQgAE+rEH89l3tFFqUEhvzZJG+o86RS6UtUMQjPt+4kaSYHcBGWtI2QKE\n" \
        "4/8sQwrLDOU5xUwxQa6qFzI1TyTPqnLlEw==\n"                             \
        "-----END EC PRIVATE KEY-----\n"
#define JWT_KEY_PKCS8                                                        \
        "-----BEGIN PRIVATE KEY-----\n"                                      \
        "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWDesvd2pDpVt6GQW\n" \
        "PonC9ak3tyDxxh+Ea1XOxSb1KgmhRANCAAT6sQfz2Xe0UWpQSG/Nkkb6jzpFLpS1\n" \
        "QxCM+37iRpJgdwEZa0jZAoTj/yxDCssM5TnFTDFBrqoXMjVPJM+qcuUT\n"         \
        "-----END PRIVATE KEY-----\n"
/* The public one, as a JSON Web Key has it. */
#define JWT_KEY_X "-rEH89l3tFFqUEhvzZJG-o86RS6UtUMQjPt-4kaSYHc"
#define JWT_KEY_Y "ARlrSNkChOP_LEMKywzlOcVMMUGuqhcyNU8kz6py5RM"

/* Gives the two documents of a token; the test fails when it is none, or its signature is not that of the key. */
void read_jwt(const char *jwt, struct json *ret_header, struct json *ret_claims);

#endif

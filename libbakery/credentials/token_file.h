/* The file that holds a token: of a web identity, or for a container's credentials. */
#ifndef BAKERY_CREDENTIALS_TOKEN_FILE_H
#define BAKERY_CREDENTIALS_TOKEN_FILE_H

#include "base/buf.h"

/*
 * Appends the token in path to into, a secret buffer, white space round it dropped. The file is read anew at each call,
 * because its writer replaces it before it expires. Gives BAKERY_ERR_IO when it cannot be read, BAKERY_ERR_FORMAT when
 * it is empty or has white space or control bytes inside, BAKERY_ERR_LIMIT when it is longer than 20,000 bytes (STS
 * takes no more), BAKERY_ERR_MEMORY.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
 */
bakery_status bakery__token_file_read(const char *path, struct buf *into, bakery_error **err);

/* No byte of text would end a header's line, or a word. */
bool bakery__token_is_clean(struct span text);

#endif

#include "credentials/token_file.h"

#include "base/fs.h"

enum { TOKEN_MAX_BYTES = 20000 };

bool bakery__token_is_clean(struct span text)
{
        for (size_t i = 0; i < text.len; i++)
                if ((unsigned char)text.at[i] <= 0x20 || text.at[i] == 0x7f)
                        return false;
        return true;
}

bakery_status bakery__token_file_read(const char *path, struct buf *into, bakery_error **err)
{
        AUTO_CLEAR(buf) text = { .max = TOKEN_MAX_BYTES, .secret = true };
        bakery_status st = bakery__fs_read(path, &text, err);

        if (st)
                return st;

        struct span token = bakery__span_trim((struct span){ text.at ? text.at : "", text.len });
        if (token.len == 0)
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s is empty: it should hold a token", path);
        if (!bakery__token_is_clean(token))
                return bakery__fail(err, BAKERY_ERR_FORMAT, "%s has white space inside: it should hold a token", path);
        bakery__buf_add(into, token.at, token.len);
        return bakery__buf_status(into, path, err);
}

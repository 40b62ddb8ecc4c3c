/* The page, put together from the files in page/ by the build. Its report goes between the two. */
#ifndef BAKERY_ACCESS_PAGE_H
#define BAKERY_ACCESS_PAGE_H

#include "base/buf.h"

/* Text that ends in NUL. */
extern const char bakery__page_head[], bakery__page_tail[];

/* Adds JSON as it may stand in a script element: nothing in it ends the element. */
void bakery__page_put_json(struct buf *into, struct span json);

#endif

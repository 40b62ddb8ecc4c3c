/* The page, as files in the tree have it: page/page.html, page.css and page.js, put here by the build. */
#ifndef BAKERY_ACCESS_PAGE_H
#define BAKERY_ACCESS_PAGE_H

/* Text that ends in NUL. page.html has each of PAGE_STYLE, PAGE_SCRIPT and PAGE_ACCESS once. */
extern const char bakery__page_html[], bakery__page_css[], bakery__page_js[];

#define PAGE_STYLE "@STYLE@"
#define PAGE_SCRIPT "@SCRIPT@"
#define PAGE_ACCESS "@ACCESS@"

#endif

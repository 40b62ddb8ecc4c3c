/* Files: read whole within a bound, written whole or not at all. */
#ifndef BAKERY_BASE_FS_H
#define BAKERY_BASE_FS_H

#include "base/buf.h"

/*
 * Appends the regular file in path to into, whose max bounds it. Never waits: a FIFO or a device is refused.
 * Gives BAKERY_ERR_IO, BAKERY_ERR_LIMIT (the size is told before anything is read), BAKERY_ERR_MEMORY.
 */
bakery_status bakery__fs_read(const char *path, struct buf *into, bakery_error **err);

/*
 * Puts bytes into path: a file beside it is written, synced and renamed, so that path holds either the old
 * bytes or the new ones, whatever happens. mode, less the umask, is that of a new file; an existing one keeps its
 * own, and a link stays: what it leads to is written.
 */
bakery_status bakery__fs_write(const char *path, struct span bytes, unsigned mode, bakery_error **err);

/* Makes the folder in path, and those above it that are missing. */
bakery_status bakery__fs_make_folder(const char *path, bakery_error **err);

/* "a/b.yml" and "c.json" make "a/c.json"; an absolute name stays itself. NULL when memory is gone; free(). */
char *bakery__fs_beside(const char *path, const char *name);

#endif

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
 * own, and a link stays: what it leads to is written. What is there and is no regular file is refused.
 */
bakery_status bakery__fs_write(const char *path, struct span bytes, unsigned mode, bakery_error **err);

/*
 * The same in two steps, for files that belong together: all are prepared, which is where a full disk shows, and then
 * put in place one after the other; the folders are synced when all are there. Begin with { 0 }; what was not put in
 * place is gone when it is cleared.
 */
struct fs_pending {
        char *path;   /* as it was named */
        char *target; /* where it goes */
        char *beside; /* where it is; NULL: in its place */
};
bakery_status bakery__fs_prepare(const char *path, struct span bytes, unsigned mode, struct fs_pending *ret,
                                 bakery_error **err);
bakery_status bakery__fs_put_in_place(struct fs_pending *pending, bakery_error **err);
void bakery__fs_sync_folder_of(const char *path);
void bakery__fs_pending_clear(struct fs_pending *pending);
DEFINE_AUTO_CLEAR(fs_pending, bakery__fs_pending_clear)

/*
 * Puts bytes into path as a new file of its own, 0600, whatever stood there: for secrets. A link is not followed, what
 * it led to stays as it is. Otherwise as bakery__fs_write().
 */
bakery_status bakery__fs_replace(const char *path, struct span bytes, bakery_error **err);

/* Makes the folder in path, and those above it that are missing. */
bakery_status bakery__fs_make_folder(const char *path, bakery_error **err);

/* "a/b.yml" and "c.json" make "a/c.json"; an absolute name stays itself. NULL when memory is gone; free(). */
char *bakery__fs_beside(const char *path, const char *name);

#endif

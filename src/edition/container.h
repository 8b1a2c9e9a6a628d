/* An EPUB container: a ZIP file that is the same every time. */
#ifndef DIURNA_EDITION_CONTAINER_H
#define DIURNA_EDITION_CONTAINER_H

#include "core/buf.h"
#include "core/status.h"

struct container;

/* Begins with the file "mimetype", stored. NULL: no memory or no ZIP in libarchive. */
struct container *container_new(const char *media_type);
enum status container_add(struct container *container, const char *path, const struct buf *text);
/* Writes the whole ZIP to `to` and frees the container. */
enum status container_finish(struct container *container, struct buf *to);

#endif

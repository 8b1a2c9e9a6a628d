/* A growing run of bytes, always followed by a NUL that does not count. */
#ifndef DIURNA_CORE_BUF_H
#define DIURNA_CORE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;   /* NULL while empty and never written */
	size_t len;   /* bytes in use */
	size_t space; /* bytes allocated, one kept for the NUL */
};

/* A buf of zeros is empty and ready. */

void buf_finish(struct buf *buf);
/* Empties it, keeps the memory. */
void buf_clear(struct buf *buf);
void buf_truncate(struct buf *buf, size_t len);
/* Room for size more bytes; returns where they go (buf_added tells how many were written). */
char *buf_reserve(struct buf *buf, size_t size);
void buf_added(struct buf *buf, size_t size);
void buf_put(struct buf *buf, const void *data, size_t len);
void buf_puts(struct buf *buf, const char *s);
void buf_putc(struct buf *buf, char c);
void buf_put_utf8(struct buf *buf, unsigned code_point);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));
/* Escapes & < > " ' for HTML and XML. */
void buf_put_escaped(struct buf *buf, const char *s);
/* Drops len bytes from the front. */
void buf_drop_front(struct buf *buf, size_t len);
/* Its text; "" while empty. Valid until the next change. */
const char *buf_text(const struct buf *buf);
/* Gives the memory away, to be freed by the caller; the buf is empty afterwards. Never NULL. */
char *buf_take(struct buf *buf);

#endif

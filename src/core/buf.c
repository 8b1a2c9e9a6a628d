#include "core/buf.h"

#include "core/mem.h"
#include "core/utf8.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_finish(struct buf *buf)
{
	if (!buf)
		return;
	free(buf->data);
	memset(buf, 0, sizeof(*buf));
}

void buf_clear(struct buf *buf)
{
	buf_truncate(buf, 0);
}

void buf_truncate(struct buf *buf, size_t len)
{
	if (len > buf->len || !buf->data)
		return;
	buf->len = len;
	buf->data[len] = '\0';
}

char *buf_reserve(struct buf *buf, size_t size)
{
	size_t need, space = buf->space;

	if (__builtin_add_overflow(buf->len, size, &need) || need >= SIZE_MAX / 2)
		abort();
	need++;
	if (need > space) {
		space = space < 64 ? 64 : space;
		while (space < need)
			space += space / 2;
		buf->data = xrealloc(buf->data, space);
		buf->space = space;
		buf->data[buf->len] = '\0'; /* also when nothing follows */
	}
	return buf->data + buf->len;
}

void buf_added(struct buf *buf, size_t size)
{
	buf->len += size;
	buf->data[buf->len] = '\0';
}

void buf_put(struct buf *buf, const void *data, size_t len)
{
	char *to = buf_reserve(buf, len);

	if (len)
		memcpy(to, data, len);
	buf_added(buf, len);
}

void buf_puts(struct buf *buf, const char *s)
{
	buf_put(buf, s, strlen(s));
}

void buf_putc(struct buf *buf, char c)
{
	buf_put(buf, &c, 1);
}

void buf_put_utf8(struct buf *buf, unsigned code_point)
{
	char bytes[4];

	buf_put(buf, bytes, utf8_encode(code_point, bytes));
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
	va_list again;
	int len;

	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		abort();
	vsnprintf(buf_reserve(buf, (size_t)len), (size_t)len + 1, format, again);
	va_end(again);
	buf_added(buf, (size_t)len);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(buf, format, args);
	va_end(args);
}

void buf_put_escaped(struct buf *buf, const char *s)
{
	size_t run;

	while (*s) {
		run = strcspn(s, "&<>\"'");
		buf_put(buf, s, run);
		s += run;
		switch (*s) {
		case '&': buf_puts(buf, "&amp;"); break;
		case '<': buf_puts(buf, "&lt;"); break;
		case '>': buf_puts(buf, "&gt;"); break;
		case '"': buf_puts(buf, "&quot;"); break;
		case '\'': buf_puts(buf, "&#39;"); break;
		default: return;
		}
		s++;
	}
}

void buf_drop_front(struct buf *buf, size_t len)
{
	if (len >= buf->len) {
		buf_clear(buf);
		return;
	}
	memmove(buf->data, buf->data + len, buf->len - len);
	buf_truncate(buf, buf->len - len);
}

const char *buf_text(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

char *buf_take(struct buf *buf)
{
	char *data = buf->data ? buf->data : xstrdup("");

	memset(buf, 0, sizeof(*buf));
	return data;
}
